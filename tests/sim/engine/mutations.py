"""Module files as a careless editor, a broken tool or an attacker leaves them."""

import copy
import json
from typing import Any

import every_state
from hypothesis import strategies as st

from sim.engine.sources import OWN_MODULES

Document = dict[str, Any]
Where = tuple[Any, ...]


def documents() -> dict[str, Document]:
    """Returns real modules and the one that uses every state, by path."""
    found = {"own": {"name": "own", "gmf_version": 2, "states": every_state.STATES}}
    for file in sorted(OWN_MODULES.glob("*.json")):
        found[file.stem] = json.loads(file.read_text(encoding="utf-8"))
    return found


SUBMODULES: dict[str, Document] = {
    "sub/inner": {"name": "inner", "states": every_state.INNER},
    **{
        file.relative_to(OWN_MODULES).with_suffix("").as_posix(): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(OWN_MODULES.glob("*/*.json"))
    },
}
"""What modules call."""

DOCUMENTS = documents()


def places(value: Any, path: Where = ()) -> list[Where]:
    """Returns the way to everything that a document holds."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


PLACES = {name: [p for p in places(document) if p[0] == "states"] for name, document in DOCUMENTS.items()}
PIECES = [(name, place) for name in ("own", "asthma", "diabetes") for place in PLACES[name] if len(place) > 1]

_TYPES = ["Initial", "Terminal", "Guard", "Delay", "CallSubmodule", "SetAttribute", "Physiology"]
_OTHERS = ["sub/inner", "own", "years", "seconds", "GAUSSIAN", "TRIANGULAR", "is nil", "<", "At Most"]
WORDS = st.sampled_from([*every_state.STATES, *_TYPES, *_OTHERS])
WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**30),
    st.floats(),
    st.text(max_size=5),
    WORDS,
    st.sampled_from(
        [[], {}, [[]], {"": None}, "\ud800", "a\nb", 1e308, -1e300, 10**400, 0, -0.0, 1e12, 2e12]
    ),
)


def lookup(document: Any, place: Where) -> Any:
    """Returns what a document holds at a place."""
    for key in place:
        document = document[key]
    return document


_SAME_KIND = {
    "operator": ["<", "<=", "==", ">=", ">", "!=", "is nil", "is not nil"],
    "unit": ["years", "months", "weeks", "days", "hours", "minutes", "seconds"],
    "gender": ["M", "F"],
    "action": ["increment", "decrement"],
    "encounter_class": ["ambulatory", "emergency", "inpatient", "outpatient", "virtual"],
    "condition_type": ["And", "Or"],
    "attribute": ["diabetes", "smoker", "illness", "drug", "n", "p", "word"],
    "code": ["1", "2", "5", "6"],
    "vital_sign": ["BMI", "Heart Rate", "Aura"],
}
"""Words of which each may stand where another stood."""

LEAVES = {
    name: [p for p in found if isinstance(lookup(DOCUMENTS[name], p), str | int | float) and p[-1] != "type"]
    for name, found in PLACES.items()
}


@st.composite
def alterations(draw: st.DrawFn, name: str) -> Document:
    """Returns a module in which up to eight values are others of their kind; most such modules load."""
    document = copy.deepcopy(DOCUMENTS[name])
    names = st.sampled_from(sorted(document["states"]))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.sampled_from(LEAVES[name]))
        inside, value = lookup(document, place[:-1]), lookup(document, place)
        key = place[-1]
        if isinstance(value, bool):
            inside[key] = not value
        elif isinstance(value, int | float):
            inside[key] = draw(st.sampled_from([0, 1, value * 2, value / 2, -value, 0.5, 1000, 1e6, 1e9]))
        elif value in document["states"]:
            inside[key] = draw(names)
        elif key in _SAME_KIND:
            inside[key] = draw(st.sampled_from(_SAME_KIND[key]))
    return document


@st.composite
def changes(draw: st.DrawFn, name: str) -> Document:
    """Returns a module with one to four changes: something removed, replaced, renamed or transplanted."""
    document = copy.deepcopy(DOCUMENTS[name])
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(PLACES[name]))
        try:
            inside = lookup(document, place[:-1])
            inside[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
        if isinstance(inside, str):
            continue
        match draw(st.sampled_from(["remove", "replace", "rename", "transplant"])):
            case "remove":
                del inside[place[-1]]
            case "rename" if isinstance(inside, dict):
                inside[draw(st.one_of(WORDS, st.text(max_size=4)))] = inside.pop(place[-1])
            case "transplant":
                origin, piece = draw(st.sampled_from(PIECES))
                inside[place[-1]] = copy.deepcopy(lookup(DOCUMENTS[origin], piece))
            case _:
                inside[place[-1]] = draw(WRONG)
    return document
