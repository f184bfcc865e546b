"""What goes wrong in messages: segments and elements that are missing, parts in the wrong order."""

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.exchange.hl7 import Message, Segment, parse
from sim.systems.bundles import BUNDLES
from sim.systems.messages import MESSAGES
from sim.systems.planting import choose

UNKNOWN_SYSTEM = "urn:oid:2.999.1"
"""A code system that nobody knows: an arc of object identifiers kept for examples."""


@defect(
    "D25",
    "A message lacks a segment or element, has components in the wrong order or an unknown code system",
    tables=tuple(table.name_at(code) for table in (MESSAGES, BUNDLES) for code in table.facilities),
    rate=0.02,
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
        The table, and the ledger with the whole text before and after.
    """
    rows = choose(pd.Series(True, index=table.index), rate, minimum, rng)
    fate = rng.integers(0, 3, len(table))[rows]
    key = "bundle_id" if "bundle_id" in table else "message_id"
    clean = table["text"].iloc[rows].tolist()
    spoil = spoil_bundle if key == "bundle_id" else spoil_message
    dirty = [spoil(text, int(kind)) for text, kind in zip(clean, fate, strict=True)]
    records = table[key].iloc[rows].to_numpy()
    return _replaced(table, rows, dirty), write_ledger(records, "text", clean, dirty)


def spoil_message(text: str, kind: int) -> str:
    """Spoils an HL7 message.

    Args:
        text: A message in order.
        kind: 0 takes away PV1 (ADT) or OBR (ORU), 1 turns round the components of PID-3 and 2 those of
            OBX-3 (ORU) or DG1-3; where there is no such segment, those of PID-3.
    """
    message = parse(text)
    names = {segment.name for segment in message.segments}
    if kind == 0:
        lost = "OBR" if "OBR" in names else "PV1"
        return Message(tuple(s for s in message.segments if s.name != lost)).write()
    place = "PID" if kind == 1 else next((name for name in ("OBX", "DG1") if name in names), "PID")
    return Message(tuple(_turned(s) if s.name == place else s for s in message.segments)).write()


def _turned(segment: Segment) -> Segment:
    """Turns round the components of the third field."""
    turned = tuple(repetition[::-1] for repetition in segment.fields[2])
    return Segment(segment.name, (*segment.fields[:2], turned, *segment.fields[3:]))


def spoil_bundle(text: str, kind: int) -> str:
    """Spoils a FHIR bundle.

    Args:
        text: A bundle in order.
        kind: 0 gives the last coded resource a code system that nobody knows; others, and 0 where there is
            no coded resource, take away the visit's class.
    """
    bundle, visit, coded = _parts(text)
    if kind == 0 and coded:
        coded[-1]["code"]["coding"][0]["system"] = UNKNOWN_SYSTEM
    else:
        del visit["class"]
    return _written(bundle)


Parts = tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]


def _parts(text: str) -> Parts:
    """Returns a bundle, its visit and its coded resources."""
    bundle: dict[str, Any] = json.loads(text)
    resources = [entry["resource"] for entry in bundle["entry"]]
    visit = next(resource for resource in resources if resource["resourceType"] == "Encounter")
    return bundle, visit, [resource for resource in resources if resource.get("code", {}).get("coding")]


def _written(bundle: dict[str, Any]) -> str:
    return json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))


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
        The table, and the ledger with the whole text before and after.
    """
    rows = choose(pd.Series(True, index=table.index), rate, minimum, rng)
    clean = table["text"].iloc[rows].tolist()
    dirty = [_local(text) for text in clean]
    return _replaced(table, rows, dirty), write_ledger(
        table["bundle_id"].iloc[rows].to_numpy(), "text", clean, dirty
    )


def _local(text: str) -> str:
    bundle, visit, _ = _parts(text)
    visit["period"] = {name: time[:19] for name, time in visit["period"].items()}
    return _written(bundle)


def _replaced(table: pd.DataFrame, rows: npt.NDArray[np.intp], texts: list[str]) -> pd.DataFrame:
    """Returns the table with new texts in some rows."""
    every = table["text"].astype(object).to_numpy(copy=True)
    every[rows] = texts
    return table.assign(text=pd.Series(every, index=table.index, dtype="str"))
