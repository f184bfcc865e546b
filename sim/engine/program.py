"""Clinical modules compiled to flat arrays: what the machine runs, and what its events mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.flatten import Flattener
from sim.engine.gmf_load import load_modules
from sim.engine.hooks.immunisation import VACCINES
from sim.engine.hooks.mortality import survival
from sim.engine.kinds import Kind, Op, Source
from sim.engine.model import Code, Module, Node
from sim.engine.natural_death import FILE, read_shares, weakened
from sim.engine.sources import OWN_MODULES
from sim.engine.tables import TABLES
from sim.engine.usage import (
    attributes_read,
    attributes_set,
    deferred_onsets,
    every_node,
    symptom_causes,
)

__all__ = ["OWN_MODULES", "Program", "State", "compile_program", "hook_state", "load_program"]


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
        type: Its type word in the file, for example "MedicationOrder"; "" for hooks.
        codes: All its concepts; `code` is the first.
        words: What values from `TEXT_BASE` on mean, of an observation that may be a text; the same for
            all states of a program that have any.
        details: Prescription, series, supplies and other parts of the file that only records need.
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
    type: str = ""
    codes: tuple[Code, ...] = ()
    words: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Program:
    """Checked modules, ready to run.

    Attributes:
        modules: The modules as read; the oracle runs these.
        states: What each state number means.
        tables: The same as flat arrays, one record of `tables.TABLES`; the machine runs these.
        living: Share alive at each birthday as far as no module kills, men and women.
        numbers: State number of (module path, state name).
        texts: Number of each text that an attribute may hold.
        asked: Attributes that modules read and never set.
        causes: For each symptom the attributes that hold it, one for each cause.
        deferred: For each encounter, by module path and name, the onsets that wait for it.
        files: The file of each module path.
        notes: What is not executed exactly, one sentence each.
    """

    modules: tuple[Module, ...]
    states: tuple[State, ...]
    tables: NDArray[Any]
    living: NDArray[np.float64]
    numbers: Mapping[tuple[str, str], int]
    texts: Mapping[str, int]
    asked: frozenset[str]
    causes: Mapping[str, tuple[str, ...]]
    deferred: Mapping[tuple[str, str], list[tuple[Module, Node]]]
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
    living = survival()
    if FILE in loaded.extras:
        file = loaded.extras[FILE]
        living = weakened(living, read_shares(file.content, file.label, living.shape[1] - 1))
    return compile_program(list(loaded.modules), loaded.files, loaded.notes, living)


def compile_program(
    modules: list[Module],
    files: Mapping[str, str],
    notes: tuple[str, ...] = (),
    living: NDArray[np.float64] | None = None,
) -> Program:
    """Compiles checked modules to flat arrays.

    Args:
        modules: The modules.
        files: The file of each module path, for errors.
        notes: What is not executed exactly.
        living: Share alive at each birthday as far as no module kills; the life table by default.
    """
    flat = Flattener(modules)
    living = survival() if living is None else living
    tables = np.zeros(1, dtype=TABLES)
    flat.fill(tables)
    words = _words(modules, flat)
    states = [
        _describe(module, number, flat, words)
        for module in modules
        for number in range(*flat.spans[module.path])
    ]
    for name, described in _HOOK_STATES.items():
        tables[name] = len(states)
        states += described
    tables["ages"] = living.shape[1]
    tables["living"][0, :, : living.shape[1]] = living
    return Program(
        modules=tuple(modules),
        states=tuple(states),
        tables=tables,
        living=living,
        numbers=flat.numbers,
        texts=flat.texts,
        asked=frozenset(attributes_read(modules) - attributes_set(modules)),
        causes=symptom_causes(modules),
        deferred=deferred_onsets(modules),
        files=files,
        notes=notes,
    )


def hook_state(program: Program, name: str) -> int:
    """Returns the number of the first state of a hook, by its field in `tables.TABLES`."""
    return int(program.tables[name][0])


def _visit(display: str, code: str, encounter_class: str = "wellness") -> State:
    name = "Check-up" if encounter_class == "wellness" else "Symptoms"
    return State("hook", name, Kind.ENCOUNTER, "SNOMED-CT", code, display, encounter_class=encounter_class)


_HOOK_STATES = {
    "child_visit": [_visit("Well child visit (procedure)", "410620009")],
    "adult_visit": [_visit("General examination of patient (procedure)", "162673000")],
    "urgent_visit": [_visit("Encounter for symptom", "185345009", "urgentcare")],
    "emergency_visit": [_visit("Emergency room admission (procedure)", "50849002", "emergency")],
    "vaccines": [
        State("hook", "Immunisation", Kind.IMMUNIZATION, "CVX", vaccine.code, vaccine.display)
        for vaccine in VACCINES
    ],
    "death": [State("hook", "Background mortality", Kind.DEATH)],
}
"""States of what happens outside the modules, by their field in `tables.TABLES`."""


def _words(modules: list[Module], flat: Flattener) -> tuple[str, ...]:
    """Returns what each text says: the name of the concept whose code it is, or itself."""
    concepts = [node.value_code for _, node in every_node(modules) if node.value_code]
    names = {concept.code: concept.display for concept in concepts}
    return tuple(names.get(text, text) for text in flat.texts)


def _describe(module: Module, number: int, flat: Flattener, words: tuple[str, ...]) -> State:
    node = flat.nodes[number]
    first = node.codes[0] if node.codes else Code("", "", "")
    icd = next((code for code in node.codes if code.system == "ICD-10-CM"), Code("", "", ""))
    return State(
        module=module.name,
        name=node.name,
        kind=node.kind,
        type=node.type,
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
        codes=node.codes,
        words=words if node.op == Op.OBSERVE and node.source == Source.ATTRIBUTE else (),
        details=node.details,
    )
