"""Reads transitions of the Generic Module Framework: how a state goes on."""

from collections.abc import Mapping
from typing import Any

from sim.engine.gmf_logic import logic
from sim.engine.gmf_place import Place, short
from sim.engine.kinds import Compare, Test
from sim.engine.lookup import Tables, lookup_branches
from sim.engine.model import Branch, Logic, Option

TELEMEDICINE = 43903.0
"""The day, 2020-03-15, from which patients may be seen by telemedicine (assumed)."""

CARE_BEFORE = {"ambulatory": 0.85, "emergency": 0.15}
CARE_SINCE = {"ambulatory": 0.75, "emergency": 0.15, "telemedicine": 0.10}
"""How patients of a `type_of_care_transition` are seen before and since that day (assumed)."""

_TRANSITIONS = (
    "direct_transition",
    "distributed_transition",
    "conditional_transition",
    "complex_transition",
    "lookup_table_transition",
    "type_of_care_transition",
)

State = Mapping[str, Any]


def branches(place: Place, state: State, tables: Tables) -> tuple[Branch, ...]:
    """Reads the transition of a state; a state without one has no branches."""
    given = [key for key in state if key.endswith("_transition") and key != "alt_direct_transition"]
    for key in given:
        if key not in _TRANSITIONS:
            place.fail(f"unknown transition {short(key)}, expected one of {', '.join(_TRANSITIONS)}")
    if len(given) > 1:
        place.fail(f"expected one transition, found {' and '.join(given)}")
    if not given:
        return ()
    key, value = given[0], state[given[0]]
    if key == "direct_transition":
        return (Branch((Option(place.text(value, f'"{key}"')),)),)
    if key == "type_of_care_transition":
        return _type_of_care(place, value)
    items = place.items(value, f'"{key}"')
    if key == "lookup_table_transition":
        return lookup_branches(place, items, tables)
    if key == "distributed_transition":
        return (Branch(_options(place, items)),)
    return tuple(_branch(place, item) for item in items)


def adds_up(options: tuple[Option, ...]) -> bool:
    """Whether the probabilities add up to 1, give or take their rounding.

    Where they do not, the last way takes what is left, and ways after a sum of 1 are never taken.
    """
    total = sum(option.weight for option in options)
    return any(option.attribute for option in options) or 0.98 <= total <= 1.02


def _type_of_care(place: Place, value: object) -> tuple[Branch, ...]:
    part = place.mapping(value, '"type_of_care_transition"')
    ways = {key: place.text(part.get(key), f'"{key}" of "type_of_care_transition"') for key in CARE_SINCE}
    before = Logic(Test.DATE, Compare.LESS, value=TELEMEDICINE)
    return (
        Branch(tuple(Option(ways[key], share) for key, share in CARE_BEFORE.items()), before),
        Branch(tuple(Option(ways[key], share) for key, share in CARE_SINCE.items())),
    )


def _branch(place: Place, value: object) -> Branch:
    item = place.mapping(value, "a branch of the transition")
    condition = logic(place, item["condition"]) if item.get("condition") is not None else None
    if item.get("distributions") or item.get("transition") is None:
        return Branch(_options(place, place.items(item.get("distributions"), '"distributions"')), condition)
    return Branch((Option(place.text(item.get("transition"), '"transition"')),), condition)


def _options(place: Place, items: list[Any]) -> tuple[Option, ...]:
    return tuple(_option(place, item) for item in items)


def _option(place: Place, value: object) -> Option:
    item = place.mapping(value, "a part of the transition")
    target = place.text(item.get("transition"), '"transition"')
    share = item.get("distribution")
    if isinstance(share, dict):
        default = place.number(share.get("default", 0.0), '"default"')
        return Option(
            target, default, place.text(share.get("attribute"), 'the "attribute" of "distribution"')
        )
    weight = place.number(share, '"distribution"')
    if weight < 0.0:
        place.fail(f'expected "distribution" to be a probability, found {weight:g}')
    return Option(target, weight)
