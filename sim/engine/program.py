"""Clinical modules compiled to flat arrays: what the machine runs, and what its events mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.flatten import Flattener
from sim.engine.gmf_load import load_modules
from sim.engine.hooks.mortality import survival
from sim.engine.kinds import Kind
from sim.engine.model import Code, Module
from sim.engine.sources import OWN_MODULES

__all__ = ["OWN_MODULES", "Program", "State", "Tables", "compile_program", "load_program"]


@dataclass(frozen=True, slots=True)
class State:
    """What the number in `events.state` means.

    Attributes:
        module: Title of the module, or "hook".
        name: Name of the state in it.
        kind: Kind of event it emits, or None.
        system: Code system of `code`, for example "SNOMED-CT"; "" when the state has no code.
        code: The code, as text.
        display: What it means.
        icd10: ICD-10-CM code of a condition where the module gives one, else "".
        icd10_display: What that code means.
        unit: Unit of an observation, UCUM.
        category: FHIR category of an observation.
        encounter_class: Class of an encounter.
        reason: State number of the stated reason, or -1.
        value_code: Concept that is the observation's value, or None.
        parent: State number of the panel that reports this observation, or -1.
        details: Prescription and other parts of the file that the engine does not use.
    """

    module: str
    name: str
    kind: Kind | None
    system: str = ""
    code: str = ""
    display: str = ""
    icd10: str = ""
    icd10_display: str = ""
    unit: str = ""
    category: str = ""
    encounter_class: str = ""
    reason: int = -1
    value_code: Code | None = None
    parent: int = -1
    details: Mapping[str, Any] = field(default_factory=dict)


class Tables(NamedTuple):
    """The arrays the machine reads. Ranges are [from, to) into the array they name."""

    states: NDArray[Any]
    branches: NDArray[Any]
    options: NDArray[Any]
    tests: NDArray[Any]
    deferred: NDArray[np.int32]
    starts: NDArray[np.int32]
    words: NDArray[np.int64]
    flags: NDArray[np.int32]
    overrides: NDArray[np.int32]
    living: NDArray[np.float64]
    attributes: int
    codes: int
    child_visit: int
    adult_visit: int
    death: int


@dataclass(frozen=True, slots=True)
class Program:
    """Checked modules, ready to run.

    Attributes:
        modules: The modules as read; the oracle runs these.
        states: What each state number means.
        tables: The same as flat arrays; the machine runs these.
        numbers: State number of (module path, state name).
        files: The file of each module path.
        notes: What is not executed exactly, one sentence each.
    """

    modules: tuple[Module, ...]
    states: tuple[State, ...]
    tables: Tables
    numbers: Mapping[tuple[str, str], int]
    files: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def where(self, number: int) -> str:
        """Returns file and name of a state, for errors."""
        state = self.states[number]
        path = next((path for (path, name), n in self.numbers.items() if n == number), "")
        return f'{self.files.get(path, state.module)}, state "{state.name}"'


def load_program(source: Path | str | None = None) -> Program:
    """Reads, checks and compiles modules.

    Args:
        source: A folder, a zip or jar, or the name of an installed package; see
            `sources.open_source`. The package's own modules by default.

    Raises:
        HilabError: If a module is wrong; the sentence names file and state.
    """
    loaded = load_modules(source)
    return compile_program(list(loaded.modules), loaded.files, loaded.notes)


def compile_program(modules: list[Module], files: Mapping[str, str], notes: tuple[str, ...] = ()) -> Program:
    """Compiles checked modules to flat arrays.

    Args:
        modules: The modules.
        files: The file of each module path, for errors.
        notes: What is not executed exactly.
    """
    flat = Flattener(modules)
    states = [
        _describe(module, number, flat) for module in modules for number in range(*flat.spans[module.path])
    ]
    states += [
        _visit("Well child visit (procedure)", "410620009"),
        _visit("General examination of patient (procedure)", "162673000"),
        State("hook", "Background mortality", Kind.DEATH),
    ]
    tables = Tables(
        **flat.arrays(),
        living=survival(),
        attributes=len(flat.attributes),
        codes=len(flat.codes),
        child_visit=len(states) - 3,
        adult_visit=len(states) - 2,
        death=len(states) - 1,
    )
    return Program(tuple(modules), tuple(states), tables, flat.numbers, files, notes)


def _visit(display: str, code: str) -> State:
    return State("hook", "Check-up", Kind.ENCOUNTER, "SNOMED-CT", code, display, encounter_class="wellness")


def _describe(module: Module, number: int, flat: Flattener) -> State:
    node = flat.nodes[number]
    first = node.codes[0] if node.codes else Code("", "", "")
    icd = next((code for code in node.codes if code.system == "ICD-10-CM"), Code("", "", ""))
    return State(
        module=module.name,
        name=node.name,
        kind=node.kind,
        system=first.system,
        code=first.code,
        display=first.display,
        icd10=icd.code,
        icd10_display=icd.display,
        unit=node.unit,
        category=node.category,
        encounter_class=node.encounter_class,
        reason=int(flat.rows[number]["reason"]),
        value_code=node.value_code,
        parent=flat.parents.get(number, -1),
        details=node.details,
    )
