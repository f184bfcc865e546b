"""Turns parsed modules into flat rows: names become numbers, logic becomes postfix."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import tables as tb
from sim.engine import usage
from sim.engine.cuts import cut
from sim.engine.hooks.lifecycle import BORN, Choices
from sim.engine.hooks.risk import CHOICES, YEARLY
from sim.engine.kinds import FLAGS, VITALS, Compare, Op, Source, Test
from sim.engine.model import Branch, Code, Logic, Module, Node, Value
from sim.engine.questions import Questions
from sim.engine.streams import word_of
from sim.engine.tables import REFERENCE_BASE, TEXT_BASE
from sim.errors import HilabError

__all__ = ["REFERENCE_BASE", "TEXT_BASE", "Flattener"]

_Row = dict[str, Any]
_BLANK: _Row = dict.fromkeys(tb.STATE.names or (), -1)
_URGENT = ("emergency", "inpatient", "urgentcare")


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
        self._modules = modules
        self._branches: list[tuple[int, int, int]] = []
        self._options: list[tuple[int, int, float]] = []
        self._questions = Questions(self)
        self._cuts: list[tuple[int, int, float]] = []
        self._listed: list[int] = []
        self._deferred: dict[tuple[str, str], list[int]] = {}
        self._bits: dict[str, dict[int, int]] = {"attribute": {}, "code": {}}
        self._read = usage.attributes_read(modules)
        self._shared = usage.shared_paths(modules)
        self._causes = usage.symptom_causes(modules)
        self.symptoms = {name: i for i, name in enumerate(self._causes)}
        self._remembered = usage.states_asked(modules)
        for module in modules:
            self._number(module)
        for module in modules:
            for number in range(*self.spans[module.path]):
                self.rows.append(self._row(module, number))

    def fill(self, tables: NDArray[Any]) -> None:
        """Writes the rows into `tables.TABLES`.

        Raises:
            HilabError: If there are more of something than there is room for.
        """
        tops = [module for module in self._modules if not module.submodule]
        starts = [(self.numbers[top.path, "Initial"], word_of("module " + top.path)) for top in tops]
        symptoms = [self._list(map(self.attribute, causes)) for causes in self._causes.values()]
        supplied = usage.attributes_set(self._modules)
        born = self._supplied([name for name, _ in BORN], dict(BORN), supplied)
        yearly = self._supplied(list(YEARLY), dict(CHOICES), supplied)
        tables["overrides"][0] = [self.attributes.get(f"vital:{name}", -1) for name in VITALS]
        states = [tuple(row[n] for n in tb.STATE.names or ()) for row in self.rows]
        for name, written, what in (
            ("starts", starts, "modules"),
            ("states", states, "states"),
            ("branches", self._branches, "branches"),
            ("cuts", self._cuts, "branches"),
            ("options", self._options, "transitions"),
            ("tests", self._questions.rows, "conditions"),
            ("listed", self._listed, "codes"),
            ("symptoms", symptoms, "symptoms"),
            ("born", born, "attributes"),
            ("yearly", yearly, "attributes"),
            ("attribute_bits", _dense(self._bits["attribute"], len(self.attributes)), "attributes"),
            ("code_bits", _dense(self._bits["code"], len(self.codes)), "codes"),
        ):
            _write(tables, name, written, what)
        for name, counted in (
            ("module_count", tops),
            ("state_count", self.rows),
            ("attribute_count", self.attributes),
            ("code_count", self.codes),
            ("symptom_count", symptoms),
            ("test_count", self._questions.rows),
            ("born_count", born),
            ("yearly_count", yearly),
        ):
            tables[name] = len(counted)

    def _number(self, module: Module) -> None:
        begin = len(self.nodes)
        for name, node in module.nodes.items():
            number = len(self.nodes)
            self.numbers[module.path, name] = number
            self.nodes.append(node)
            if node.target:
                place = (node.target_module or module.path, node.target)
                self._deferred.setdefault(place, []).append(number)
            for child in node.children:
                self.parents[len(self.nodes)] = number
                self.numbers[module.path, child.name] = len(self.nodes)
                self.nodes.append(child)
        self.spans[module.path] = (begin, len(self.nodes))

    def attribute(self, name: str) -> int:
        """Returns the number of an attribute, -1 for no name."""
        return self.attributes.setdefault(name, len(self.attributes)) if name else -1

    def code(self, code: Code) -> int:
        """Returns the number of a concept."""
        return self.codes.setdefault((code.system, code.code), len(self.codes))

    def _text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def value(self, value: Value) -> float:
        """Returns the number that stands for a value: itself, that of a text, or NaN for nothing."""
        if isinstance(value, str):
            return TEXT_BASE + self._text(value)
        return float("nan") if value is None else value

    def _list(self, numbers: Any) -> tuple[int, int]:
        begin = len(self._listed)
        self._listed += numbers
        return begin, len(self._listed)

    def _supplied(
        self, names: list[str], choices: dict[str, Choices] | dict[str, tuple[str, ...]], given: set[str]
    ) -> list[tuple[int, int, int]]:
        """Returns the attributes that a hook supplies: those that modules read and never set."""
        rows = []
        for which, name in enumerate(names):
            if name in self._read and name not in given:
                words = choices.get(name)
                begin = self._list(map(self._text, words))[0] if words else -1
                rows.append((which, self.attribute(name), begin))
        return rows

    def _row(self, module: Module, number: int) -> _Row:
        node, given = self.nodes[number], self.nodes[number].amount
        row = dict(_BLANK)
        row |= {"op": node.op, "kind": -1 if node.kind is None else node.kind, "draw": given.draw}
        row |= {"source": node.source, "probability": node.probability}
        row |= {"a": given.a, "b": given.b, "low": given.low, "high": given.high}
        row |= {"value": self.value(node.value), "attribute": self.attribute(node.attribute)}
        row["scale"] = 10.0**given.decimals if given.decimals >= 0 else 0.0
        row["scheduled"] = int(node.encounter_class not in _URGENT)
        row["branch_from"], row["branch_to"] = self._add_branches(module, node.branches)
        row["next"] = self._only_target(module, node.branches)
        row |= self._add_cuts(node.branches, row["branch_from"])
        row["test_from"] = len(self._questions.rows)
        row["asks"] = self._questions.ask(module.path, node.allow)
        row["test_to"] = len(self._questions.rows)
        row["remembered"] = int((module.path, node.name) in self._remembered)
        row["child_from"], row["child_to"] = number + 1, number + 1 + len(node.children)
        waiting = self._deferred.get((module.path, node.name), [])
        row["deferred_from"], row["deferred_to"] = self._list(waiting)
        return row | self._links(module, node) | self._attention(module, node)

    def _links(self, module: Module, node: Node) -> _Row:
        row: _Row = {"ends_attribute": self.attribute(node.ends_attribute)}
        if node.codes:
            row["code"] = self.code(node.codes[0])
        if node.op == Op.OBSERVE:
            record = usage.record_name(node)
            row["record"] = self.attribute(record) if record in self._read else -1
            row["needed"] = int(record in self._read or bool(node.attribute))
        if node.op == Op.END:
            row["codes_from"], row["codes_to"] = self._list(map(self.code, node.codes))
        if node.reads:
            vital = node.source == Source.VITAL
            row["reads"] = VITALS.index(node.reads) if vital else self.attribute(node.reads)
        if node.target:
            row["target"] = self.numbers[node.target_module or module.path, node.target]
        if node.ends:
            row["ends"] = self.numbers[node.ends_module or module.path, node.ends]
        row["reason"] = self.numbers.get((node.reason_module or module.path, node.reason), -1)
        if row["reason"] < 0:
            row["reason_attribute"] = self.attribute(node.reason)
        if node.op == Op.CALL:
            row["call"] = self.numbers[node.submodule, "Initial"]
        return row

    def _attention(self, module: Module, node: Node) -> _Row:
        """Returns what wakes a guard: what it reads, an age alone, or every step."""
        row: _Row = {"listens": 0, "polls": 0, "birthday": -1.0}
        for part in usage.every_question(node.allow):
            row["listens"] |= self._listens(part)
            shared = part.test == Test.PRIOR and module.path in self._shared
            row["polls"] |= int(part.test == Test.VITAL or shared)
        age = node.allow
        if age is not None and age.test == Test.AGE and age.compare == Compare.GREATER_EQUAL:
            row["birthday"] = float(age.value or 0.0)
        return row

    def _listens(self, part: Logic) -> int:
        if part.test == Test.ACTIVE:
            return _united(self._bit("code", self.code(code)) for code in part.codes)
        if part.test == Test.SYMPTOM:
            causes = self._causes.get(part.name, ())
            return _united(self._bit("attribute", self.attribute(cause)) for cause in causes)
        if part.test == Test.ATTRIBUTE:
            return self._bit("attribute", self.attribute(part.name))
        if part.test == Test.ACTIVE_REFERENCE:
            return self._bit("attribute", self.attribute(part.name)) | tb.ANY_CODE
        return 0

    def _bit(self, what: str, number: int) -> int:
        """Returns the bit that tells of a change of an attribute or code; several may share one."""
        known = self._bits[what]
        if number not in known:
            place = sum(map(len, self._bits.values())) % (tb.LAST_BIT - tb.FIRST_BIT + 1)
            known[number] = 1 << (tb.FIRST_BIT + place)
        return known[number]

    def _add_branches(self, module: Module, branches: tuple[Branch, ...]) -> tuple[int, int]:
        rows = []
        for branch in branches:
            asks = self._questions.ask(module.path, branch.condition)
            begin = len(self._options)
            for option in branch.options:
                target = self.numbers[module.path, option.target]
                self._options.append((target, self.attribute(option.attribute), option.weight))
            rows.append((asks, begin, len(self._options)))
        begin = len(self._branches)
        self._branches += rows
        return begin, len(self._branches)

    def _only_target(self, module: Module, branches: tuple[Branch, ...]) -> int:
        if branches and branches[0].condition is None and len(branches[0].options) == 1:
            return self.numbers[module.path, branches[0].options[0].target]
        return -1

    def _add_cuts(self, branches: tuple[Branch, ...], first: int) -> _Row:
        by, cuts = cut(branches)
        begin = len(self._cuts)
        self._cuts += [(*self._list(first + i for i in places), at) for at, places in cuts]
        return {"cut_by": -1 if by is None else by, "cut_from": begin, "cut_to": len(self._cuts)}


def _united(bits: Any) -> int:
    found = 0
    for bit in bits:
        found |= bit
    return found


def _dense(bits: dict[int, int], count: int) -> list[int]:
    return [bits.get(number, 0) for number in range(count)]


def _write(tables: NDArray[Any], name: str, rows: list[Any], what: str) -> None:
    room = tables[name][0]
    if len(rows) > len(room):
        raise HilabError(f"modules: expected at most {len(room)} {what}, found {len(rows)}.")
    room[: len(rows)] = np.array(rows, dtype=room.dtype)
