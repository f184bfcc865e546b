"""Which attributes modules read and set, and which causes a symptom has."""

from collections.abc import Iterable, Iterator

from sim.engine.kinds import Op, Source, Test
from sim.engine.model import Logic, Module, Node


def every_node(modules: Iterable[Module]) -> Iterator[tuple[Module, Node]]:
    """Yields all states in the order of their numbers, a panel's observations after the panel."""
    for module in modules:
        for node in module.nodes.values():
            yield module, node
            for child in node.children:
                yield module, child


def every_question(logic: Logic | None) -> Iterator[Logic]:
    """Yields a question and all its parts."""
    if logic is not None:
        yield logic
        for term in logic.terms:
            yield from every_question(term)


def record_name(node: Node) -> str:
    """Returns the attribute that remembers the last observation with a state's code."""
    return "observation:" + node.codes[0].code


def attributes_read(modules: Iterable[Module]) -> set[str]:
    """Returns the names of the attributes that any module asks for."""
    found = set()
    for _, node in every_node(modules):
        found |= {option.attribute for branch in node.branches for option in branch.options}
        if node.source == Source.ATTRIBUTE:
            found.add(node.reads)
        found |= {node.ends_attribute, node.reason}
        for logic in (node.allow, *(branch.condition for branch in node.branches)):
            found |= {
                part.name
                for part in every_question(logic)
                if part.test in (Test.ATTRIBUTE, Test.ACTIVE_REFERENCE)
            }
    return found - {""}


def attributes_set(modules: Iterable[Module]) -> set[str]:
    """Returns the names of the attributes that any module gives a value."""
    found = set()
    for _, node in every_node(modules):
        found.add(node.attribute)
        if node.op == Op.OBSERVE:
            found.add(record_name(node))
    return found - {""}


def symptom_causes(modules: Iterable[Module]) -> dict[str, tuple[str, ...]]:
    """Returns, for each symptom, the attributes that hold it: one for each cause."""
    found: dict[str, dict[str, None]] = {}
    for _, node in every_node(modules):
        if node.op == Op.SYMPTOM:
            name = node.attribute.removeprefix("symptom:").partition("|")[0]
            found.setdefault(name, {})[node.attribute] = None
    return {name: tuple(causes) for name, causes in found.items()}


def deferred_onsets(modules: Iterable[Module]) -> dict[tuple[str, str], list[tuple[Module, Node]]]:
    """Returns, for each encounter, the onsets that wait for it."""
    found: dict[tuple[str, str], list[tuple[Module, Node]]] = {}
    for module, node in every_node(modules):
        if node.target:
            found.setdefault((node.target_module or module.path, node.target), []).append((module, node))
    return found


def states_asked(modules: Iterable[Module]) -> set[tuple[str, str]]:
    """Returns path and name of the states of which somebody asks when, or whether, they were left."""
    found = set()
    for module, node in every_node(modules):
        found.add((node.reason_module or module.path, node.reason))
        for logic in (node.allow, *(branch.condition for branch in node.branches)):
            for part in every_question(logic):
                if part.test == Test.PRIOR:
                    found |= {(module.path, part.name), (module.path, part.since)}
    return found


def shared_paths(modules: Iterable[Module]) -> set[str]:
    """Returns the paths of modules whose states more than one module may pass: all that are called."""
    return {node.submodule for _, node in every_node(modules) if node.op == Op.CALL}
