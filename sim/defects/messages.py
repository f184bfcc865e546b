"""What goes wrong in messages: segments and elements that are missing, parts in the wrong order."""

import re
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect
from sim.systems.bundles import BUNDLES
from sim.systems.messages import MESSAGES
from sim.systems.planting import choose

UNKNOWN_SYSTEM = "urn:oid:2.999.404"
"""A code system that nobody knows: an arc of object identifiers kept for examples."""

CODED = re.compile(r'"code":\{"coding":\[\{"system":"([^"]*)"')
CLASS = re.compile(r'(,"class":\{[^}]*"code":"([^"]*)"\})')
PERIOD = re.compile(r'"period":\{"start":"([^"]*)","end":"([^"]*)"\}')
RESOURCE = re.compile(r'"resourceType":"(\w+)"')
"""Places in a bundle. None of them can stand within a text, whose quotation marks are escaped. Bundles are
changed as text, so that every other character stays as it was."""

Change = tuple[str, str, str | None]
"""What was changed: the place, what stood there, and what stands there now (None where it is gone)."""


@defect(
    "D25",
    "A message lacks a segment or element, has components in the wrong order or an unknown code system",
    tables=tuple(table.name_at(code) for table in (MESSAGES, BUNDLES) for code in table.facilities),
    rate=0.04,
    minimum=45,
    limits="One fault a message; no message is lost, cut off, or sent to the wrong address.",
)
def spoil_messages(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spoils the text of some messages; each keeps its row.

    Args:
        table: Working table of `messages` or `bundles`.
        rate: Share of messages.
        minimum: Least number of messages.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger: the place in the message ("PID-3", "PV1", "Encounter.class") and what stood
        and stands there; nothing where it is gone.
    """
    key = "bundle_id" if "bundle_id" in table else "message_id"
    spoil = spoil_bundle if key == "bundle_id" else spoil_message
    rows = choose(pd.Series(True, index=table.index), rate, minimum, rng)
    fate = rng.integers(0, 3, len(table))[rows].tolist()
    return _change(table, key, rows, [partial(spoil, kind=kind) for kind in fate])


def spoil_message(text: str, kind: int) -> tuple[str, list[Change]]:
    """Spoils an HL7 message.

    Args:
        text: A message in order.
        kind: 0 takes away the segment PV1 (ADT) or OBR (ORU), 1 turns round the components of PID-3, 2 leaves
            PV1-2 (ADT) or OBX-11 of the first result (ORU) blank.

    Returns:
        The spoiled text, and what was changed.
    """
    lines = text.split("\r")
    names = [line[:3] for line in lines]
    results = "OBR" in names
    if kind == 0:
        lost = lines.pop(names.index("OBR" if results else "PV1"))
        return "\r".join(lines), [(lost[:3], lost, None)]
    name, number = ("PID", 3) if kind == 1 else ("OBX", 11) if results else ("PV1", 2)
    place = names.index(name)
    sign, component = lines[0][3], lines[0][4]
    fields = lines[place].split(sign)
    clean = fields[number]
    fields[number] = component.join(reversed(clean.split(component))) if kind == 1 else ""
    lines[place] = sign.join(fields)
    return "\r".join(lines), [(f"{name}-{number}", clean, fields[number] or None)]


def spoil_bundle(text: str, kind: int) -> tuple[str, list[Change]]:
    """Spoils a FHIR bundle.

    Args:
        text: A bundle in order.
        kind: 0 and 1 give the last coded resource a code system that nobody knows; 2, and the others where
            there is no coded resource, takes away the visit's class.

    Returns:
        The spoiled text, and what was changed.
    """
    coded = list(CODED.finditer(text)) if kind < 2 else []
    found = coded[-1] if coded else CLASS.search(text)
    if found is None:
        raise ValueError("A bundle without a class has been spoiled before.")
    begin, end = found.span(1)
    if coded:
        kinds = RESOURCE.findall(text, 0, begin)
        return f"{text[:begin]}{UNKNOWN_SYSTEM}{text[end:]}", [
            (f"{kinds[-1]}.code.coding.system", found[1], UNKNOWN_SYSTEM)
        ]
    return text[:begin] + text[end:], [("Encounter.class", found[2], None)]


@defect(
    "D41",
    "A visit's times are local, without an offset, which FHIR does not allow",
    tables=tuple(BUNDLES.name_at(code) for code in BUNDLES.facilities),
    rate=0.1,
    minimum=45,
    limits="Only begin and end of the visit; times of results keep their offset.",
)
def drop_offsets(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Takes away the offsets of begin and end of some visits.

    Args:
        table: Working table of `bundles`.
        rate: Share of bundles.
        minimum: Least number of bundles.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger: two rows a bundle, begin and end before and after.
    """
    rows = choose(pd.Series(True, index=table.index), rate, minimum, rng)
    return _change(table, "bundle_id", rows, [local] * len(rows))


def local(text: str) -> tuple[str, list[Change]]:
    """Takes away the offsets of a visit's begin and end in a bundle."""
    found = PERIOD.search(text)
    if found is None:
        raise ValueError("A bundle without a period cannot lose its offsets.")
    changes: list[Change] = [
        (f"Encounter.period.{name}", time, time[:19])
        for name, time in (("start", found[1]), ("end", found[2]))
    ]
    period = f'"period":{{"start":"{found[1][:19]}","end":"{found[2][:19]}"}}'
    return text[: found.start()] + period + text[found.end() :], changes


def _change(
    table: pd.DataFrame,
    key: str,
    rows: npt.NDArray[np.intp],
    changes: list[Callable[[str], tuple[str, list[Change]]]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Changes the texts of some rows and writes the ledger."""
    every = table["text"].to_numpy(dtype=object, copy=True)
    ledger = []
    for row, record, change in zip(rows.tolist(), table[key].iloc[rows].tolist(), changes, strict=True):
        every[row], changed = change(every[row])
        ledger += [(record, *each) for each in changed]
    told = pd.DataFrame(ledger, columns=["record", "field", "clean", "dirty"], dtype="str")
    return table.assign(text=pd.Series(every, index=table.index, dtype="str")), told
