"""What goes wrong when facilities submit to the supervising body, and what one of them does on purpose."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.planting import choose
from sim.systems.supervision import DEADLINE, GAMES, LATE, OTHER_CODES, OTHER_VACCINE, SMALL

SMALL_WRONG = 4
"""The small facility has no coder of its own and codes wrongly so many times as often as others (assumed)."""

Frame = pd.DataFrame
Rows = npt.NDArray[np.intp]


def _of(
    table: Frame, allowed: "pd.Series[bool]", rate: float, minimum: int, rng: np.random.Generator
) -> Rows:
    """Draws messages: the share is one of the messages that are allowed."""
    where = np.flatnonzero(allowed.to_numpy())
    some = choose(pd.Series(True, index=range(len(where))), rate, minimum, rng)
    rows: Rows = where[some]
    return rows


def _change(table: Frame, rows: Rows, field: str, values: npt.NDArray[Any]) -> tuple[Frame, Frame]:
    """Returns the table with other values in a field of some messages, and the ledger."""
    changed = table.copy()
    changed.loc[rows, field] = values
    clean, dirty = table[field].iloc[rows].to_numpy(), changed[field].iloc[rows].to_numpy()
    return changed, write_ledger(table["message_id"].iloc[rows].to_numpy(), field, clean, dirty)


@defect(
    "D61",
    "An event is never submitted",
    tables=("submissions",),
    rate=0.04,
    minimum=40,
    limits="A share of the messages of all but the facility that games, which sends everything. All events "
    "alike. The ledger names the event.",
)
def submit_nothing(table: Frame, rate: float, minimum: int, rng: np.random.Generator) -> tuple[Frame, Frame]:
    """Removes some messages.

    Args:
        table: Working table of `submissions`.
        rate: Share of messages.
        minimum: Least number of messages.
        rng: Stream to draw from.

    Returns:
        The table and the ledger: record the event's number, and the day of sending that is lacking.
    """
    rows = _of(table, table["_role"] != GAMES, rate, minimum, rng)
    gone = np.zeros(len(table), dtype=bool)
    gone[rows] = True
    sent = table["sent_on"].iloc[rows].dt.strftime("%Y-%m-%d").to_numpy()
    ledger = write_ledger(table["event_id"].iloc[rows].to_numpy(), "sent_on", sent, None)
    kept: Frame = table[~gone].reset_index(drop=True)
    return kept, ledger


@defect(
    "D62",
    "A message is sent after the deadline",
    tables=("submissions",),
    rate=0.55,
    minimum=100,
    limits="A share of the messages of one facility, the honest one that is late; others are late by chance. "
    "Lateness does not depend on the event.",
)
def send_late(table: Frame, rate: float, minimum: int, rng: np.random.Generator) -> tuple[Frame, Frame]:
    """Sends some messages of one facility late; arguments and result as for `submit_nothing`."""
    rows = _of(table, table["_role"] == LATE, rate, minimum, rng)
    wait = pd.to_timedelta(rng.integers(DEADLINE + 1, 60, len(rows)), unit="D")
    late = table.copy()
    late.loc[rows, "sent_on"] = (table["_day"].iloc[rows] + wait).to_numpy()
    clean, dirty = (t["sent_on"].iloc[rows].dt.strftime("%Y-%m-%d").to_numpy() for t in (table, late))
    return late, write_ledger(table["message_id"].iloc[rows].to_numpy(), "sent_on", clean, dirty)


@defect(
    "D64",
    "A facility sends codes that say nothing, to pass every check",
    tables=("submissions",),
    rate=0.6,
    minimum=150,
    limits="A share of the messages of one facility. Which events it spares is chance; it sends no other "
    "wrong code, nor one that is not valid.",
    local=True,
)
def send_other_codes(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Replaces codes of one facility by "other"; arguments and result as for `submit_nothing`."""
    rows = _of(table, table["_role"] == GAMES, rate, minimum, rng)
    drawn = rng.choice(np.array(OTHER_CODES[country], dtype=object), len(rows))
    registry = (table["facility"].iloc[rows] == "R1").to_numpy()
    return _change(table, rows, "code", np.where(registry, OTHER_VACCINE, drawn))


@defect(
    "D65",
    "An event is coded wrongly in good faith",
    tables=("submissions",),
    rate=0.046,
    minimum=60,
    source="MCDONALD2022: mapping error rate, all results",
    limits="A share of the messages of all but the facility that games. The wrong code is another of the "
    "same facility; the small one errs four times as often as others. The source counted laboratory results.",
)
def code_wrongly(table: Frame, rate: float, minimum: int, rng: np.random.Generator) -> tuple[Frame, Frame]:
    """Puts codes of other events of the facility on some messages; otherwise as `submit_nothing`."""
    honest = np.flatnonzero((table["_role"] != GAMES).to_numpy())
    weight = np.where(table["_role"].iloc[honest] == SMALL, SMALL_WRONG, 1)
    count = min(len(honest), max(round(len(honest) * rate), minimum))
    priority = rng.random(len(honest)) / weight
    rows = np.sort(honest[np.argsort(priority, kind="stable")[:count]])
    pools = table.groupby("facility")["_code"].unique().to_dict()
    draws = rng.random(len(rows))
    wrong = []
    for place, own, draw in zip(table["facility"].iloc[rows], table["_code"].iloc[rows], draws, strict=True):
        others = [code for code in pools[place] if code != own] or [own]
        wrong.append(others[int(draw * len(others))])
    return _change(table, rows, "code", np.array(wrong, dtype=object))


@defect(
    "D63",
    "A message is not valid",
    tables=("submissions",),
    rate=0.06,
    minimum=60,
    limits="A share of the messages of all but the facility that games. One fault a message: the code is "
    "blank or begins with a question mark, the date is turned round, or the code system is unknown.",
)
def send_invalid(table: Frame, rate: float, minimum: int, rng: np.random.Generator) -> tuple[Frame, Frame]:
    """Spoils the form of some messages; arguments and result as for `submit_nothing`."""
    rows = _of(table, table["_role"] != GAMES, rate, minimum, rng)
    fault = rng.integers(0, 4, len(rows))
    day = table["_day"].iloc[rows].dt.strftime("%d/%m/%Y").to_numpy(dtype=object)
    code = "?" + table["code"].iloc[rows].to_numpy(dtype=object)
    spoiled, ledgers = table, []
    for number, field, values in (
        (0, "code", np.full(len(rows), None)),
        (1, "event_date", day),
        (2, "code_system", np.full(len(rows), "urn:local:codes")),
        (3, "code", code),
    ):
        hit = fault == number
        spoiled, ledger = _change(spoiled, rows[hit], field, values[hit])
        ledgers.append(ledger)
    return spoiled, pd.concat(ledgers, ignore_index=True)
