"""Turns parsed modules into flat arrays: names become numbers, logic becomes postfix."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.kinds import FLAGS, VITALS, Compare, Op, Source, Test
from sim.engine.model import Branch, Code, Logic, Module, Node, Value
from sim.engine.streams import word_of

TEXT_BASE = 1e12
"""An attribute that holds text number k of the program is the number TEXT_BASE + k."""

REFERENCE_BASE = 2e12
"""An attribute that holds the onset made by state k is the number REFERENCE_BASE + k."""

# fmt: off
_INTEGERS = (
    "op", "kind", "draw", "source", "scheduled", "branch_from", "branch_to", "test_from", "test_to",
    "attribute", "reads", "code", "target", "ends", "ends_attribute", "reason", "reason_attribute",
    "child_from", "child_to", "call", "record", "deferred_from", "deferred_to",
)
_FLOATS = ("a", "b", "low", "high", "value", "probability", "birthday")
# fmt: on

STATE = np.dtype([(n, np.int32) for n in _INTEGERS] + [(n, np.float64) for n in _FLOATS], align=True)
BRANCH = np.dtype([(n, np.int32) for n in ("test_from", "test_to", "option_from", "option_to")], align=True)
OPTION = np.dtype([("target", np.int32), ("attribute", np.int32), ("weight", np.float64)], align=True)
TEST = np.dtype(
    [
        ("test", np.int32),
        ("compare", np.int32),
        ("name", np.int32),
        ("since", np.int32),
        ("value", np.float64),
    ],
    align=True,
)

_Row = dict[str, Any]


class Flattener:
    """Collects the rows of all modules.

    Args:
        modules: Checked modules; a state's number is its place in them.
    """

    def __init__(self, modules: list[Module]) -> None:
        """Numbers everything and builds the rows."""
        self.attributes: dict[str, int] = {name: i for i, name in enumerate(FLAGS)}
        self.codes: dict[tuple[str, str], int] = {}
        self.texts: dict[str, int] = {}
        self.numbers: dict[tuple[str, str], int] = {}
        self.nodes: list[Node] = []
        self.parents: dict[int, int] = {}
        self.spans: dict[str, tuple[int, int]] = {}
        self.rows: list[_Row] = []
        self._branches: list[tuple[int, int, int, int]] = []
        self._options: list[tuple[int, int, float]] = []
        self._tests: list[tuple[int, int, int, int, float]] = []
        self._deferred: list[int] = []
        self._modules = modules
        for module in modules:
            self._number(module)
        for module in modules:
            for number in range(*self.spans[module.path]):
                self.rows.append(self._row(module, number))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Returns the arrays of `Tables` that modules decide, by name."""
        tops = [module for module in self._modules if not module.submodule]
        states = np.array([tuple(row[n] for n in STATE.names or ()) for row in self.rows], dtype=STATE)
        overrides = [self.attributes.get(f"vital:{name}", -1) for name in VITALS]
        words = [word_of("module " + module.path) for module in tops]
        return {
            "states": states,
            "branches": np.array(self._branches, dtype=BRANCH),
            "options": np.array(self._options, dtype=OPTION),
            "tests": np.array(self._tests, dtype=TEST),
            "deferred": np.array(self._deferred, dtype=np.int32),
            "starts": np.array([self.numbers[module.path, "Initial"] for module in tops], dtype=np.int32),
            "words": np.array(words, dtype=np.int64),
            "flags": np.array([self.attributes[name] for name in FLAGS], dtype=np.int32),
            "overrides": np.array(overrides, dtype=np.int32),
        }

    def _number(self, module: Module) -> None:
        begin = len(self.nodes)
        for name, node in module.nodes.items():
            number = len(self.nodes)
            self.numbers[module.path, name] = number
            self.nodes.append(node)
            for child in node.children:
                self.parents[len(self.nodes)] = number
                self.numbers[module.path, child.name] = len(self.nodes)
                self.nodes.append(child)
        self.spans[module.path] = (begin, len(self.nodes))

    def _attribute(self, name: str) -> int:
        return self.attributes.setdefault(name, len(self.attributes)) if name else -1

    def _code(self, codes: tuple[Code, ...]) -> int:
        key = (codes[0].system, codes[0].code)
        return self.codes.setdefault(key, len(self.codes))

    def _value(self, value: Value) -> float:
        if isinstance(value, str):
            return TEXT_BASE + self.texts.setdefault(value, len(self.texts))
        return float("nan") if value is None else value

    def _row(self, module: Module, number: int) -> _Row:
        node = self.nodes[number]
        row: _Row = dict.fromkeys(_INTEGERS, -1)
        row |= {"op": node.op, "kind": -1 if node.kind is None else node.kind}
        row |= {"draw": node.amount.draw, "source": node.source, "probability": node.probability}
        row |= {"a": node.amount.a, "b": node.amount.b, "low": node.amount.low, "high": node.amount.high}
        row |= {"value": self._value(node.value), "attribute": self._attribute(node.attribute)}
        row["scheduled"] = int(node.encounter_class not in ("emergency", "inpatient", "urgentcare"))
        row["branch_from"], row["branch_to"] = self._add_branches(module, node.branches)
        row["test_from"], row["test_to"] = self._add_logic(module, node.allow)
        row["birthday"] = _birthday(node.allow)
        row["child_from"], row["child_to"] = number + 1, number + 1 + len(node.children)
        row["deferred_from"], row["deferred_to"] = self._add_deferred(module, node)
        return row | self._links(module, node)

    def _links(self, module: Module, node: Node) -> _Row:
        row: _Row = {"ends_attribute": self._attribute(node.ends_attribute)}
        codes = module.nodes[node.ends].codes if node.ends else node.codes
        if codes:
            row["code"] = self._code(codes)
        if node.op == Op.OBSERVE:
            row["record"] = self._attribute("observation:" + node.codes[0].code)
        if node.reads:
            vital = node.source == Source.VITAL
            row["reads"] = VITALS.index(node.reads) if vital else self._attribute(node.reads)
        for key in ("target", "ends"):
            if getattr(node, key):
                row[key] = self.numbers[module.path, getattr(node, key)]
        if (module.path, node.reason) in self.numbers:
            row["reason"] = self.numbers[module.path, node.reason]
        else:
            row["reason_attribute"] = self._attribute(node.reason)
        if node.op == Op.CALL:
            row["call"] = self.numbers[node.submodule, "Initial"]
        return row

    def _add_deferred(self, module: Module, node: Node) -> tuple[int, int]:
        begin = len(self._deferred)
        if node.op in (Op.ENCOUNTER, Op.WELLNESS):
            self._deferred += [
                self.numbers[module.path, other.name]
                for other in module.nodes.values()
                if other.target == node.name
            ]
        return begin, len(self._deferred)

    def _add_branches(self, module: Module, branches: tuple[Branch, ...]) -> tuple[int, int]:
        rows = []
        for branch in branches:
            tests = self._add_logic(module, branch.condition)
            begin = len(self._options)
            for option in branch.options:
                target = self.numbers[module.path, option.target]
                self._options.append((target, self._attribute(option.attribute), option.weight))
            rows.append((*tests, begin, len(self._options)))
        begin = len(self._branches)
        self._branches += rows
        return begin, len(self._branches)

    def _add_logic(self, module: Module, logic: Logic | None) -> tuple[int, int]:
        begin = len(self._tests)
        if logic is not None:
            self._push(module, logic)
        return begin, len(self._tests)

    def _push(self, module: Module, logic: Logic) -> None:
        for term in logic.terms:
            self._push(module, term)
        if logic.test == Test.ACTIVE:
            self._push_active(logic.codes)
            return
        name, since, value = len(logic.terms), logic.count, self._value(logic.value)
        if logic.test in (Test.ATTRIBUTE, Test.ACTIVE_REFERENCE):
            name = self._attribute(logic.name)
        elif logic.test == Test.VITAL:
            name = VITALS.index(logic.name)
        elif logic.test == Test.PRIOR:
            name = self.numbers[module.path, logic.name]
            since = self.numbers[module.path, logic.since] if logic.since else -1
        self._tests.append((logic.test, logic.compare, name, since, value))

    def _push_active(self, codes: tuple[Code, ...]) -> None:
        for code in codes:
            self._tests.append((Test.ACTIVE, 0, self._code((code,)), 0, 0.0))
        if len(codes) > 1:
            self._tests.append((Test.OR, 0, len(codes), 0, 0.0))


def _birthday(logic: Logic | None) -> float:
    """Returns the age in days that a guard waits for, or -1 when it asks anything else."""
    if logic is None or logic.test != Test.AGE or logic.compare != Compare.GREATER_EQUAL:
        return -1.0
    return float(logic.value or 0.0)
