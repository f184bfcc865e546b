"""Checks that every number in compiled tables lies where the machine may read.

The machine checks nothing while it runs. What it reads is right by construction, and this proves it
for a program at hand; tests run it over broken modules.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.kinds import VITALS, Op, Source, Test
from sim.engine.program import Program
from sim.engine.tables import FAILS

_INDICES = {
    "attribute": "attribute_count",
    "ends_attribute": "attribute_count",
    "reason_attribute": "attribute_count",
    "record": "attribute_count",
    "code": "code_count",
    "target": "state_count",
    "ends": "state_count",
    "reason": "state_count",
    "call": "state_count",
}
"""Columns of a state that are -1 or an index, and into how many."""

_NEEDED = {
    Op.SET: "attribute",
    Op.COUNT: "attribute",
    Op.SYMPTOM: "attribute",
    Op.START: "code",
    Op.CALL: "call",
}
"""Columns that a state of this kind must have."""

_RANGES = {"branch": "branches", "cut": "cuts", "test": "tests", "codes": "listed", "deferred": "listed"}
"""Columns of a state that are a range [from, to), and of what."""


def check_tables(program: Program) -> list[str]:
    """Returns what is out of range in a program's tables, one sentence each; none when all is well."""
    tables = program.tables[0]
    states = tables["states"][: tables["state_count"]]
    return [*_states(tables, states), *_ways(tables, states), *_others(tables, states)]


def _outside(values: NDArray[Any], count: int, what: str, least: int = -1) -> Iterator[str]:
    wrong = (values < least) | (values >= count)
    if wrong.any():
        yield f"{what} is {values[wrong][0]}, expected {least} to {count - 1}"


def _states(tables: Any, states: NDArray[Any]) -> Iterator[str]:
    for column, counted in _INDICES.items():
        yield from _outside(states[column], int(tables[counted]), column)
    for op, column in _NEEDED.items():
        yield from _outside(states[column][states["op"] == op], np.iinfo(np.int32).max, column, 0)
    vital = states["source"] == Source.VITAL
    yield from _outside(states["reads"][vital], len(VITALS), "a vital sign", 0)
    read = states["source"] == Source.ATTRIBUTE
    yield from _outside(states["reads"][read], int(tables["attribute_count"]), "reads", 0)
    for name, array in _RANGES.items():
        yield from _range(states, name, len(tables[array]))
    panels = states[states["op"] == Op.PANEL]
    yield from _range(panels, "child", len(states))
    for row in panels:
        if (states["op"][row["child_from"] : row["child_to"]] != Op.OBSERVE).any():
            yield "a panel reports what is no observation"


def _range(rows: NDArray[Any], name: str, count: int) -> Iterator[str]:
    begin, end = rows[f"{name}_from"], rows[f"{name}_to"]
    used = end > begin
    if (begin[used] < 0).any() or (end > count).any():
        yield f"{name} reaches beyond {count}"


def _ways(tables: Any, states: NDArray[Any]) -> Iterator[str]:
    """Checks the branches and options that a state leads to, and all questions."""
    for row in states:
        yield from _outside(row["asks"][None], int(row["test_to"]), "a question", FAILS)
        for branch in tables["branches"][row["branch_from"] : row["branch_to"]]:
            options = tables["options"][branch["option_from"] : branch["option_to"]]
            if not len(options):
                yield "a branch has no options"
            yield from _outside(options["target"], len(states), "a target", 0)
            yield from _outside(options["attribute"], int(tables["attribute_count"]), "a weight")
            yield from _outside(branch["asks"][None], int(tables["test_count"]), "a question", FAILS)
    yield from _questions(tables)


def _questions(tables: Any) -> Iterator[str]:
    """Checks that questions ask for what there is and lead to earlier ones only, so that they end."""
    tests = tables["tests"][: tables["test_count"]]
    counts = {
        Test.ATTRIBUTE: (tables["attribute_count"], 0),
        Test.ACTIVE_REFERENCE: (tables["attribute_count"], 0),
        Test.ACTIVE: (tables["code_count"], 0),
        Test.PRIOR: (tables["state_count"], 0),
        Test.SYMPTOM: (tables["symptom_count"], -1),
        Test.VITAL: (len(VITALS), 0),
    }
    for test, (count, least) in counts.items():
        yield from _outside(tests["name"][tests["test"] == test], int(count), test.name, least)
    yield from _outside(tests["since"][tests["test"] == Test.PRIOR], int(tables["state_count"]), "since")
    for way in ("yes", "no"):
        if ((tests[way] >= np.arange(len(tests))) | (tests[way] < FAILS)).any():
            yield "a question does not lead to an earlier one"


def _others(tables: Any, states: NDArray[Any]) -> Iterator[str]:
    yield from _outside(tables["starts"]["state"][: tables["module_count"]], len(states), "a start", 0)
    yield from _outside(tables["overrides"], int(tables["attribute_count"]), "an override")
    listed = tables["listed"]
    for row in states:
        codes = listed[max(row["codes_from"], 0) : max(row["codes_to"], 0)]
        yield from _outside(codes, int(tables["code_count"]), "a code that ends", 0)
        waiting = listed[max(row["deferred_from"], 0) : max(row["deferred_to"], 0)]
        yield from _outside(waiting, len(states), "an onset that waits", 0)
        for cut in tables["cuts"][row["cut_from"] : row["cut_to"]]:
            branches = listed[cut["listed_from"] : cut["listed_to"]] - row["branch_from"]
            yield from _outside(branches, int(row["branch_to"] - row["branch_from"]), "a branch", 0)
    for symptom in tables["symptoms"][: tables["symptom_count"]]:
        causes = listed[symptom["causes_from"] : symptom["causes_to"]]
        yield from _outside(causes, int(tables["attribute_count"]), "a cause", 0)
