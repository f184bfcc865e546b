"""The supervising body: what six facilities submit every quarter, and the events they should have sent."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from sim.systems.facilities import FACILITIES
from sim.systems.planting import LAB_PEOPLE, days
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

SUPERVISED_EVENTS = Table(
    "supervised_events",
    "One event of 2025 that a facility had to submit: a visit, or at the registry a dose. The supervising "
    "body has the list from the facilities' own books, and had a sample of the records read again.",
    "event_id",
    (
        Column("event_id", "text", 'Number of the event, "G" and six digits'),
        Column("facility", "text", "Code of the facility"),
        Column("quarter", "text", "Quarter of the event, such as 2025Q1"),
        Column("event_date", "text", "Day of the event, YYYY-MM-DD"),
        Column(
            "reread_code", "text", "Code given by an independent reader; blank if the record was not read"
        ),
    ),
    facilities=("R1",),
)

SUBMISSIONS = Table(
    "submissions",
    "One message about such an event. What makes a message valid, and until when it must be sent, stands in "
    "`submission_rules.yaml`.",
    "message_id",
    (
        Column("message_id", "text", 'Number of the message, "S" and six digits, in the order of arrival'),
        Column("facility", "text", "Code of the facility that sent it"),
        Column("quarter", "text", "Quarter of the event"),
        Column("event_id", "text", "Number of the event"),
        Column("event_date", "text", "Day of the event, as sent"),
        Column("sent_on", "text", "Day on which the message arrived, YYYY-MM-DD"),
        Column("code", "text", "Main diagnosis (ICD) or vaccine (CVX), as sent"),
        Column("code_system", "text", "URI of the code system, as sent"),
    ),
    facilities=("R1",),
)

GAMES, LATE, SMALL, ORDINARY = "games", "late", "small", "ordinary"
"""What a facility is like; one of the six is of each of the first three kinds, three are ordinary."""

DEADLINE = 14
"""Days within which a message must be sent (assumed)."""

MEAN_DELAY = 3.5
"""Mean days from an event to its message (assumed)."""

EVENTS = {SMALL: (62, 74), ORDINARY: (110, 190)}
"""Events a quarter that fall under supervision in a district of 2,000 people, least and most (assumed). The
small one has joined with one of its departments only."""

READ_AGAIN = {SMALL: 10, ORDINARY: 40}
"""Records a quarter that are read again, in a district of 2,000 people (assumed)."""

ICD = {
    "us": ("http://hl7.org/fhir/sid/icd-10-cm", r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?"),
    "cn": ("http://hl7.org/fhir/sid/icd-10", r"[A-Z]\d[0-9A-Z](\.[0-9A-Zx]{1,4})?"),
}
"""Code system of diagnoses by country, and how its codes look."""

CVX = ("http://hl7.org/fhir/sid/cvx", r"\d{2,3}")

OTHER_CODES = {"us": ("R69", "R68.89", "Z76.89"), "cn": ("R69.x00", "R68.800", "Z76.800")}
"""Diagnoses that say nothing and are valid."""

OTHER_VACCINE = "999"
"""The vaccine that says nothing: CVX for "unknown"."""

UNSPECIFIED = "R69"
"""Events with this true diagnosis are not supervised."""

DATE = r"2025-\d\d-\d\d"

QUARTERS = ("2025Q1", "2025Q2", "2025Q3", "2025Q4")


def roles(setting: Setting) -> dict[str, str]:
    """Returns what each of the six facilities is like; it differs from district to district."""
    order = setting.stream("roles").permutation(np.array(list(FACILITIES), dtype=object)).tolist()
    kinds = [GAMES, LATE, SMALL] + [ORDINARY] * (len(order) - 3)
    return dict(sorted(zip(order, kinds, strict=True)))


def submit(setting: Setting) -> dict[str, pd.DataFrame]:
    """Lists the events and sends each in one message, right and nearly always in time.

    Returns:
        Working tables of `supervised_events` (with `_person` and `_code`, the true code) and `submissions`
        (with `_person`, `_code`, `_role` and `_day`, the true day; `sent_on` is a time).
    """
    rng = setting.stream("supervision")
    kinds = roles(setting)
    events = pd.concat([_visits(setting), _doses(setting)], ignore_index=True)
    events = _joined(events, kinds, setting.size, rng)
    table = pd.DataFrame(
        {
            "event_id": [f"G{number:06d}" for number in range(1, len(events) + 1)],
            "facility": events["facility"],
            "quarter": events["quarter"],
            "event_date": days(events["day"]),
            "reread_code": events["code"].where(_read(events, kinds, setting.size, rng)),
            "_person": events["person"],
            "_code": events["code"],
        }
    )
    delay = 1 + np.floor(-np.log1p(-rng.random(len(events))) * MEAN_DELAY).astype(np.int64)
    icd = ICD[setting.country][0]
    messages = table.drop(columns="reread_code").assign(
        message_id=table["event_id"],
        sent_on=events["day"] + pd.to_timedelta(delay, unit="D"),
        code=events["code"],
        code_system=np.where(table["facility"] == "R1", CVX[0], icd),
        _role=table["facility"].map(kinds),
        _day=events["day"],
    )
    return {"supervised_events": table, "submissions": messages}


def _visits(setting: Setting) -> pd.DataFrame:
    """Returns the visits of the year: facility, person, day, code."""
    visits = setting.visits
    year = visits["start"].dt.year == setting.today.year
    kept = visits[year & ~visits["dx_code"].str.startswith(UNSPECIFIED)]
    return pd.DataFrame(
        {
            "facility": kept["facility"],
            "person": kept["person"],
            "day": kept["start"].dt.normalize(),
            "code": kept["dx_code"],
        }
    )


def _doses(setting: Setting) -> pd.DataFrame:
    """Returns the doses of the year, as events of the registry."""
    doses = setting.records.tables.get("immunizations")
    doses = pd.DataFrame(columns=["ENCOUNTER", "CODE"]) if doses is None else doses[["ENCOUNTER", "CODE"]]
    found = doses.merge(setting.visits[["person", "start"]], left_on="ENCOUNTER", right_index=True)
    found = found[found["start"].dt.year == setting.today.year]
    return pd.DataFrame(
        {
            "facility": "R1",
            "person": found["person"],
            "day": found["start"].dt.normalize(),
            "code": found["CODE"],
        }
    )


def _joined(
    events: pd.DataFrame, kinds: dict[str, str], people: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Returns the events that fall under supervision, in order of their days."""
    quarter = events["day"].dt.year.astype("str") + "Q" + events["day"].dt.quarter.astype("str")
    events = events.assign(quarter=quarter).sort_values(["day", "facility", "person", "code"])
    spans = [EVENTS[SMALL if kinds[f] == SMALL else ORDINARY] for f in kinds for _ in QUARTERS]
    wanted = [_share(int(rng.integers(*span)), people) for span in spans]
    cells = pd.Series(wanted, index=pd.MultiIndex.from_product([kinds, QUARTERS]))
    kept = (
        _rank(events, rng)
        < cells.reindex(pd.MultiIndex.from_frame(events[["facility", "quarter"]])).to_numpy()
    )
    return events[kept].reset_index(drop=True)


def _share(count: int, people: int) -> int:
    """Returns a count for a district of that many people."""
    return max(4, count * min(people, LAB_PEOPLE) // LAB_PEOPLE)


def _rank(events: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Ranks the events of each facility and quarter at random, from 0."""
    draws = pd.Series(rng.random(len(events)), index=events.index)
    ranks = draws.groupby([events["facility"], events["quarter"]]).rank().to_numpy()
    return np.asarray(ranks - 1, dtype=np.int64)


def _read(
    events: pd.DataFrame, kinds: dict[str, str], people: int, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Says which records are read again."""
    count = {f: _share(READ_AGAIN[SMALL if kind == SMALL else ORDINARY], people) for f, kind in kinds.items()}
    return np.asarray(_rank(events, rng) < events["facility"].map(count).to_numpy(), dtype=np.bool_)


def number_messages(
    name: str, table: pd.DataFrame, ledger: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gives messages their numbers in the order of arrival, in the table and in its ledger.

    Args:
        name: "submissions"; "supervised_events" is left as it is.
        table: Working table whose `message_id` is the event's number; `sent_on` is a time.
        ledger: Ledger whose records are events' numbers. Events without a message keep theirs.
    """
    if name != "submissions":
        return table, ledger
    order = table.sort_values(["sent_on", "event_id"], ignore_index=True)
    final = [f"S{number:06d}" for number in range(1, len(order) + 1)]
    name_of = dict(zip(order["message_id"], final, strict=True))
    record = ledger["record"].map(name_of).fillna(ledger["record"]).astype("str")
    return order.assign(message_id=final, sent_on=days(order["sent_on"])), ledger.assign(record=record)


@cache
def rules(country: str) -> dict[str, object]:
    """Returns what makes a message valid: the content of `submission_rules.yaml`.

    Example:
        >>> rules("us")["deadline_days"]
        14
    """
    systems = [{"uri": uri, "codes": pattern} for uri, pattern in (ICD[country], CVX)]
    return {
        "note": "A message is valid if no required field is blank, event_date matches its pattern, and the "
        "code system is listed and its pattern matches the whole code.",
        "required": ["message_id", "facility", "event_id", "event_date", "sent_on", "code", "code_system"],
        "event_date": DATE,
        "code_systems": systems,
        "deadline_days": DEADLINE,
    }


def is_valid(messages: pd.DataFrame, country: str) -> "pd.Series[bool]":
    """Says which messages are valid by the rules.

    Args:
        messages: `submissions` or its working table.
        country: Code of the country.
    """
    good = messages["event_date"].str.fullmatch(DATE, na=False)
    known = pd.Series(False, index=messages.index)
    for uri, pattern in (ICD[country], CVX):
        mine = messages["code_system"] == uri
        known |= mine & messages["code"].str.fullmatch(pattern, na=False)
    return good & known


def tell_supervision(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about submissions.

    `submission_roles` (submitter, role: games, late, small or ordinary), `submission_codes` (message_id,
    code: the true one, agrees) and `submission_indicators` (submitter, quarter, events, messages, coverage,
    conformance, timeliness, agreement: of all messages, not only of those read again).
    """
    events, messages = tables["supervised_events"], tables["submissions"]
    agrees = messages["code"] == messages["_code"]
    wait = (pd.to_datetime(messages["sent_on"]) - messages["_day"]).dt.days
    told = messages.assign(
        conformance=is_valid(messages, setting.country), timeliness=wait <= DEADLINE, agreement=agrees
    )
    keys = ["facility", "quarter"]
    counts = events.groupby(keys).size().rename("events").to_frame()
    counts["messages"] = told.groupby(keys).size()
    counts["coverage"] = told.groupby(keys)["event_id"].nunique() / counts["events"]
    shares = told.groupby(keys)[["conformance", "timeliness", "agreement"]].mean()
    indicators = counts.join(shares).reset_index().rename(columns={"facility": "submitter"})
    codes = pd.DataFrame({"message_id": messages["message_id"], "code": messages["_code"], "agrees": agrees})
    kinds = pd.DataFrame({"submitter": list(roles(setting)), "role": list(roles(setting).values())})
    return {
        "submission_roles": kinds,
        "submission_codes": codes.reset_index(drop=True),
        "submission_indicators": indicators,
    }


def _files(setting: Setting, tables: Tables) -> dict[str, bytes]:
    text = yaml.safe_dump(rules(setting.country), sort_keys=False, allow_unicode=True, width=100)
    return {"submission_rules.yaml": text.encode("utf-8")}


RECORDERS = (
    Recorder(
        "supervision",
        (SUPERVISED_EVENTS, SUBMISSIONS),
        submit,
        finish=number_messages,
        files=_files,
        facts=tell_supervision,
    ),
)
