"""Messages as tables: results (ORU) and movements of patients (ADT)."""

import pandas as pd

from sim.exchange.hl7.batch import read_all
from sim.exchange.hl7.message import NULL, Message, Segment

RESULT = (
    *("control_id", "facility", "sent_at", "mrn", "name_1", "name_2", "birth_date", "sex", "specimen_id"),
    *("test_code", "test_name", "code_system", "value", "unit", "status", "collected_at", "reported_at"),
    "comment",
)
"""Columns of results. name_1 and name_2 are the first components of PID-5, whatever the sender means; comment
is what the notes after a result say (NTE-3)."""

MOVEMENT = (
    *("control_id", "facility", "sent_at", "event", "mrn", "prior_mrn", "name_1", "name_2", "birth_date"),
    *("sex", "visit_id", "class", "ward", "admitted_at", "discharged_at", "dx_code", "dx_text"),
)
"""Columns of movements; prior_mrn is the number that a merge (A40) puts an end to."""

PERSON = ("mrn", "name_1", "name_2", "birth_date", "sex", "address", "area", "phone")
"""Columns of patients."""


def read_results(content: bytes | str) -> pd.DataFrame:
    """Reads the results of the ORU messages that are in order; others are passed over.

    Args:
        content: A file of messages.

    Returns:
        One row an OBX, in order, all text; missing where the message says nothing, '""' where it says
        null. Several repetitions of a value, and several notes, are joined by a line break; sign and number
        of a structured number stand together. Times stand as sent.
    """
    rows = [
        row
        for message in read_all(content)
        if isinstance(message, Message) and message.kind[0] == "ORU"
        for row in _results(message)
    ]
    return pd.DataFrame(rows, columns=RESULT, dtype="str")


def read_movements(content: bytes | str) -> pd.DataFrame:
    """Reads the ADT messages that are in order, one row each; others are passed over.

    Args:
        content: A file of messages.

    Returns:
        All text; missing where the message says nothing, '""' where it says null.
    """
    rows = [
        _movement(message)
        for message in read_all(content)
        if isinstance(message, Message) and message.kind[0] == "ADT"
    ]
    return pd.DataFrame(rows, columns=MOVEMENT, dtype="str")


def read_patients(content: bytes | str) -> pd.DataFrame:
    """Reads whom the messages that are in order are about; each patient as the last message tells.

    Args:
        content: A file of messages.

    Returns:
        All text, one row a record number; missing where the message says nothing, '""' where it says null.
    """
    rows = [
        [pid.text(3), *_patient(message), pid.text(11), pid.text(11, 5), pid.text(13)]
        for message in read_all(content)
        if isinstance(message, Message)
        for pid in message.all("PID")[:1]
    ]
    table = pd.DataFrame(rows, columns=PERSON, dtype="str")
    return table.drop_duplicates("mrn", keep="last", ignore_index=True)


def standing(movements: pd.DataFrame) -> pd.DataFrame:
    """Returns each visit as it stands after all that was told of it.

    What a later message tells replaces what an earlier one told, field by field. An admission that was
    cancelled (A11) takes everything told before with it, a cancelled discharge (A13) the end.

    Args:
        movements: Of `read_movements`, from one sender.

    Returns:
        One row a visit, in the order of the visits' first messages, with the columns of `movements`.
    """
    told = movements[movements["visit_id"].notna()]
    told = told.iloc[told["sent_at"].argsort(kind="stable")].reset_index(drop=True)
    cancelled = told["event"] == "A11"
    gone = cancelled[::-1].groupby(told["visit_id"][::-1]).cummax()[::-1]
    told = told[~gone]
    told = told.assign(discharged_at=told["discharged_at"].mask(told["event"] == "A13", NULL))
    last = told.groupby("visit_id", sort=False).last().reset_index()[list(movements.columns)]
    return last.mask(last == NULL)


def latest(results: pd.DataFrame) -> pd.DataFrame:
    """Returns what holds now: the last version of each result, and none that is cancelled.

    A repeat is another specimen and stays; a message sent again is the same version and counts once.

    Args:
        results: Of `read_results`, from one sender.
    """
    versions = results.sort_values(["reported_at", "sent_at"], kind="stable")
    newest = versions.drop_duplicates(["mrn", "specimen_id", "test_code"], keep="last").sort_index()
    return newest[~newest["status"].isin(["X", "D", "W"])].reset_index(drop=True)


def _sender(message: Message) -> list[str | None]:
    header = message.header
    return [header.text(10), header.text(4), header.text(7)]


def _patient(message: Message) -> list[str | None]:
    pid = message.all("PID")[0]
    return [pid.text(5, 1), pid.text(5, 2), pid.text(7), pid.text(8)]


def _results(message: Message) -> list[list[str | None]]:
    mrn = message.all("PID")[0].text(3)
    rows: list[list[str | None]] = []
    order, about = Segment("OBR", ()), ""
    for segment in message.segments:
        about = segment.name if segment.name in ("OBR", "OBX") else about
        if segment.name == "OBR":
            order = segment
        if segment.name == "NTE" and about == "OBX":
            rows[-1][-1] = "\n".join(filter(None, (rows[-1][-1], segment.text(3))))
        if segment.name == "OBX":
            parts = None if segment.text(2) == "SN" else 1
            value = ["".join(part[0] for part in repetition[:parts]) for repetition in segment.field(5)]
            rows.append(
                [
                    *(*_sender(message), mrn, *_patient(message), order.text(3)),
                    *(segment.text(3, part) for part in (1, 2, 3)),
                    *("\n".join(value) or None, segment.text(6), segment.text(11)),
                    *(segment.text(14) or order.text(7), order.text(22), None),
                ]
            )
    return rows


def _movement(message: Message) -> list[str | None]:
    nothing = Segment("", ())
    visit, merge, diagnosis = (next(iter(message.all(name)), nothing) for name in ("PV1", "MRG", "DG1"))
    return [
        *_sender(message),
        message.kind[1],
        message.all("PID")[0].text(3),
        merge.text(1),
        *_patient(message),
        *(visit.text(19), visit.text(2), visit.text(3), visit.text(44), visit.text(45)),
        *(diagnosis.text(3), diagnosis.text(3, 2)),
    ]
