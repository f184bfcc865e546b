"""Task 0.6: a hand-in that was repaired."""

from typing import Any

import numpy as np

from grading.compare import is_whole
from grading.tasks import Case, Check, History, Symptom, Task
from sim.world import World


def _same(case: Case, value: Any) -> float:
    return float(type(value) is type(case.expected) and value == case.expected)


def _beds_fixtures() -> list[Case]:
    return [
        Case("free_beds", "24 beds, 20 patients", (24, 20), expected=4),
        Case("free_beds", "24 beds, 24 patients", (24, 24), expected=0),
        Case("free_beds", "an empty ward of 8", (8, 0), expected=8),
    ]


def _beds_district(world: World) -> list[Case]:
    """Gives the crowded days: only for marks, so that the drill's first answer is a surprise."""
    if world.truth is None:
        return []
    patients = len(world.tables["his_patients"]) % 40
    return [
        Case("free_beds", "a crowded ward", (20, 21 + patients), "district", 0),
        Case("free_beds", "a closed ward", (0, 2), "district", 0),
        Case("free_beds", "a large ward", (400, 300 + patients), "district", 100 - patients),
    ]


def _beds_drawn(rng: np.random.Generator) -> list[Case]:
    """Draws wards from what is known of them: so many places are free, or so many patients too many."""
    patients, places, surplus = rng.integers(1, 60, size=(3, 8)).tolist()
    roomy = [(n + free, n, free) for n, free in zip(patients, places, strict=True)]
    crowded = [(n, n + more, 0) for n, more in zip(patients, surplus, strict=True)]
    wards = enumerate([*roomy, *crowded], start=1)
    return [
        Case("free_beds", f"ward {n}", (beds, people), expected=free) for n, (beds, people, free) in wards
    ]


def _beds_contract(case: Case, value: Any) -> str | None:
    return None if is_whole(value) else "free_beds() must return a whole number (an int)."


def _twice(history: History) -> float:
    return float(history.attempts >= 2)


DRILL = Task(
    id="0.6",
    title="Hand in twice",
    functions=("free_beds",),
    checks=(
        Check(
            "0.6.ordinary",
            "Right on ordinary days",
            0.4,
            "free_beds",
            _same,
            ("fixture",),
            expected="The number of further patients that the ward can take.",
        ),
        Check(
            "0.6.crowded",
            "Right on every day",
            0.6,
            "free_beds",
            _same,
            combine="worst",
            expected="A ward with more patients than beds can take none.",
        ),
        Check(
            "0.6.twice",
            "Two different answers were handed in",
            1.0,
            "free_beds",
            expected="A first hand-in, its feedback, and a second hand-in that differs.",
            history=_twice,
        ),
    ),
    contract=_beds_contract,
    fixtures=_beds_fixtures,
    district=_beds_district,
    properties=_beds_drawn,
    symptoms=(Symptom("MC08", "free_beds", lambda case, value: case.args[1] > case.args[0] and value < 0),),
    hints=(
        "Which days did you not try?",
        "Put more patients than beds into your function and read the answer aloud as the clerk would.",
        "What is the smallest number of patients who can still come? Python has a function for such a limit.",
    ),
)
