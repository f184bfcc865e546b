"""What goes wrong in messages: segments and elements that are missing, parts in the wrong order."""

import json
from typing import Any

import numpy as np
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
    key = "bundle_id" if "bundle_id" in table else "message_id"
    fate = rng.integers(0, 3, len(table))[rows]
    clean = table["text"].iloc[rows].tolist()
    spoil = spoil_bundle if key == "bundle_id" else spoil_message
    dirty = [spoil(text, int(kind)) for text, kind in zip(clean, fate, strict=True)]
    texts = table["text"].astype(object).to_numpy(copy=True)
    texts[rows] = dirty
    spoiled = table.assign(text=pd.Series(texts, index=table.index, dtype="str"))
    return spoiled, write_ledger(table[key].iloc[rows].to_numpy(), "text", clean, dirty)


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
        kind: 0 gives the last coded resource a code system that nobody knows, 1 takes away the visit's
            status, 2 takes away the offsets of the visit's times.
    """
    bundle: dict[str, Any] = json.loads(text)
    resources = [entry["resource"] for entry in bundle["entry"]]
    visit = next(resource for resource in resources if resource["resourceType"] == "Encounter")
    coded = [resource for resource in resources if resource.get("code", {}).get("coding")]
    if kind == 0 and coded:
        coded[-1]["code"]["coding"][0]["system"] = UNKNOWN_SYSTEM
    elif kind == 1:
        del visit["status"]
    else:
        visit["period"] = {name: time[:19] for name, time in visit["period"].items()}
    return json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))
