"""Reads clinical modules in the Generic Module Framework 1.0 and 2.0 (the JSON format of Synthea).

Whatever is wrong with a file gives one sentence that names the file, the state and what was
expected.
"""

import json
from collections.abc import Iterator
from typing import Any

from sim.engine.gmf_details import details
from sim.engine.gmf_place import Place, short
from sim.engine.gmf_states import READERS, State
from sim.engine.gmf_transitions import adds_up, branches
from sim.engine.lookup import Tables
from sim.engine.model import Module, Node
from sim.errors import HilabError


def read_module(
    content: bytes, file: str, path: str, submodule: bool = False, tables: Tables | None = None
) -> Module:
    """Reads one module.

    Args:
        content: The bytes of the JSON file.
        file: The file, for errors.
        path: Where it lies below the folder of modules, without ".json".
        submodule: Whether it only runs when called.
        tables: The lookup tables that its transitions may name.

    Raises:
        HilabError: If it is no module; names file, state and what was expected.
    """
    place = Place(file)
    document = place.mapping(_json(content, file), "the file")
    states = place.mapping(document.get("states"), '"states"')
    reader = _StateReader(path, tables or {})
    nodes = {key: reader.node(Place(file, key), value) for key, value in states.items()}
    if "Initial" not in nodes:
        place.fail('expected a state called "Initial"')
    title = place.text(document.get("name"), '"name"')
    specialty = place.text(document["specialty"], '"specialty"') if document.get("specialty") else ""
    remarks = tuple((kind, key) for key, node in nodes.items() for kind in _remarks(states[key], node))
    return Module(title, path, nodes, submodule, specialty, remarks)


def _json(content: bytes, file: str) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_unique)
    except HilabError as error:
        raise HilabError(f"{file}: {error}") from None
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise HilabError(f"{file}: expected a module in JSON, encoded in UTF-8 ({reason}).") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise HilabError(f"expected each name once, found {short(key)} twice.")
        found[key] = value
    return found


def _remarks(state: State, node: Node) -> Iterator[str]:
    """Yields what is to be said about a state: what is not executed exactly, what looks wrong."""
    if node.type == "Physiology":
        yield "physiology"
    if "type_of_care_transition" in state:
        yield "type of care"
    reported = state["observations"] if node.children else []
    if any(item.get("expression") is not None for item in (state, *reported)):
        yield "expression"
    if node.type in ("MultiObservation", "DiagnosticReport") and not node.children:
        yield "empty panel"
    if not all(adds_up(branch.options) for branch in node.branches):
        yield "probabilities"


class _StateReader:
    """Reads the states of one module."""

    def __init__(self, path: str, tables: Tables) -> None:
        """Remembers the module's path and the lookup tables."""
        self._path = path
        self._tables = tables

    def node(self, place: Place, value: object) -> Node:
        """Reads a state."""
        place.text(place.state, "the name of a state")
        state = place.mapping(value, "a state")
        word = place.text(state.get("type"), '"type"')
        reader = READERS.get(word)
        if reader is None:
            place.fail(f"unknown state type {short(word)}")
        if word == "Physiology" and state.get("alt_direct_transition") is not None:
            state = {**state, "direct_transition": state["alt_direct_transition"]}
        going_on = branches(place, state, self._tables)
        fields = reader(place, state, word)
        if word == "Symptom" and fields["attribute"].endswith("|"):
            fields["attribute"] += self._path
        if word == "Terminal":
            going_on = ()
        elif not going_on:
            place.fail("expected a transition")
        return Node(place.state, word, branches=going_on, details=details(place, state), **fields)
