"""A clinical module after parsing: checked, named, and nothing decided about how to run it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.engine.kinds import Compare, Draw, Kind, Op, Source, Test


@dataclass(frozen=True, slots=True)
class Code:
    """A concept of a code system.

    Attributes:
        system: "SNOMED-CT", "LOINC", "RxNorm", "ICD-10-CM", "CVX" ...
        code: The code, as text.
        display: What it means.
    """

    system: str
    code: str
    display: str


Value = float | str | None
"""What an attribute holds: a number (booleans are 1 and 0), a text, or nothing."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, perhaps drawn: of days, or of the unit of an observation.

    Attributes:
        draw: The kind of distribution.
        a: Exact value, low, mean, or minimum.
        b: High, standard deviation, or mode.
        low: Lowest value allowed of a Gaussian or exponential; else unused.
        high: Highest value allowed of a Gaussian or exponential; for a triangle, its maximum.
        decimals: Places it is rounded to, floor(x * 10**decimals + 0.5) / 10**decimals, or -1 for
            as it was drawn.
    """

    draw: Draw = Draw.EXACT
    a: float = 0.0
    b: float = 0.0
    low: float = -1e300
    high: float = 1e300
    decimals: int = -1


@dataclass(frozen=True, slots=True)
class Logic:
    """A question about a person.

    Attributes:
        test: What is asked.
        compare: How the answer is compared with `value`.
        name: Attribute, vital sign, symptom or state asked about. SYMPTOM asks for the highest
            number among the attributes "symptom:NAME|CAUSE" of all causes, 0 where none is set.
        value: What it is compared with; for PRIOR the longest time ago, in days; for DATE a day
            since 1900 with which the moment of asking is compared.
        since: For PRIOR, the state after which it must have been.
        codes: For ACTIVE, any of these.
        count: For AT_LEAST and AT_MOST, how many.
        terms: The parts of AND, OR, AT_LEAST, AT_MOST and NOT.
    """

    test: Test
    compare: Compare = Compare.EQUAL
    name: str = ""
    value: Value = None
    since: str = ""
    codes: tuple[Code, ...] = ()
    count: int = 0
    terms: tuple["Logic", ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go on.

    Attributes:
        target: Name of the next state.
        weight: Probability.
        attribute: An attribute that holds the probability where it is set, or "".
    """

    target: str
    weight: float = 1.0
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """Ways to go on under a condition; the first branch whose condition holds is taken."""

    options: tuple[Option, ...]
    condition: Logic | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A state of a module.

    Attributes:
        name: Its name in the module; a reported observation inside a panel is "Panel / 1".
        type: The type word of the file.
        op: What the machine does with it. A Physiology state, and a SetAttribute whose expression
            is not computed, is SIMPLE; the loader says so.
        kind: The event it emits, or None.
        branches: How it goes on. Lookup tables are branches too: one a row, the defaults last.
        codes: Its concepts; the first is used, an ICD-10-CM one maps a condition. An END ends
            what is active under any of its codes.
        allow: For GUARD, when it lets pass.
        amount: Length of a delay, value of an observation or attribute, time to death.
        source: Where the value of an attribute or observation comes from.
        attribute: Attribute that it sets or counts. For START and PROCEDURE the one to which the
            state itself is assigned, for OBSERVE the one that takes the value, "" for none. For
            SYMPTOM "symptom:NAME|CAUSE", the cause being the module's path where none is named.
            For a SET of a vital sign "vital:NAME".
        reads: Attribute or vital sign that a value is read from. A vital sign that no hook knows
            is read from the attribute "vital:NAME".
        value: Constant value of an attribute or observation; it may be a text.
        value_code: Concept that is the value.
        probability: Of a symptom.
        wellness: Whether an encounter is the scheduled check-up.
        encounter_class: "ambulatory", "emergency", "inpatient", "outpatient", "wellness" ...
        target: Encounter to which an onset is deferred.
        target_module: Path of the module in which that encounter lies (one that calls this
            module), or "" for this one.
        ends: State whose onset, order, plan or device this one ends.
        ends_module: Path of the module in which that state lies, or "" for this one.
        ends_attribute: Attribute that holds it.
        reason: State that is the reason, or the attribute that holds it. For DIE the condition
            that killed; the event's link names it as an encounter's link names its reason.
        reason_module: Path of the module in which that state lies, or "" for this one. Where that
            module has no such state, `reason` is an attribute.
        submodule: For CALL.
        unit: Unit of an observation, UCUM.
        category: FHIR category of an observation.
        children: Reported observations of a panel.
        details: Everything else that records need, checked, in the file's own shape (codes are
            texts): prescription, chronic, administration, activities, goals, series, reactions,
            allergy_type, category, supplies, discharge_disposition, telemedicine_possibility,
            sampled_data, attachment ...
    """

    name: str
    type: str
    op: Op
    kind: Kind | None = None
    branches: tuple[Branch, ...] = ()
    codes: tuple[Code, ...] = ()
    allow: Logic | None = None
    amount: Amount = Amount()
    source: Source = Source.AMOUNT
    attribute: str = ""
    reads: str = ""
    value: Value = None
    value_code: Code | None = None
    probability: float = 1.0
    wellness: bool = False
    encounter_class: str = ""
    target: str = ""
    target_module: str = ""
    ends: str = ""
    ends_module: str = ""
    ends_attribute: str = ""
    reason: str = ""
    reason_module: str = ""
    submodule: str = ""
    unit: str = ""
    category: str = ""
    children: tuple["Node", ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Module:
    """A clinical module.

    Attributes:
        name: Its title.
        path: Where it lies below the folder, without ".json"; submodules are called by it.
        nodes: Its states by name, in the order of the file.
        submodule: Whether it only runs when called.
        specialty: The specialty of its clinicians, for example "CARDIOLOGY", or "".
        remarks: What the loader has to say about states: the kind of remark and the state's name.
    """

    name: str
    path: str
    nodes: Mapping[str, Node]
    submodule: bool = False
    specialty: str = ""
    remarks: tuple[tuple[str, str], ...] = ()
