"""Task 1.7: what a blank hides, estimated, bounded and decided upon."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from grading.compare import close, is_number, share_right
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

ESTIMANDS = ("hba1c_high", "diabetes")
NUMBERS = ("tested", "missing_as_negative", "mar", "low", "high")
ANSWERS = ("yes", "no", "cannot-tell")
REASONS = ("bounds", "curve", "crosses")
DELTAS = [0.25, 0.5, 1.0, 2.0, 4.0]
OTHER_DELTAS = [0.2, 1.0, 3.0]


# ---- Cases -------------------------------------------------------------------------------------------

_PEOPLE = [
    # age sex bmi thirst dx drug hba1c p_ordered
    (71, "F", 33.0, True, True, True, 6.1, 0.8),
    (64, "M", 35.5, True, True, True, 9.9, 0.8),
    (58, "F", 31.0, True, False, False, 11.4, 0.5),
    (49, "M", 29.0, False, False, False, 5.5, 0.25),
    (37, "F", 24.0, False, False, False, 5.3, 0.2),
    (80, "M", 28.0, False, False, True, None, 0.5),
    (29, "F", 22.0, False, False, False, None, 0.1),
    (45, "M", 27.5, False, False, False, None, 0.25),
    (53, "F", 30.0, True, False, False, None, 0.4),
    (33, "M", 23.0, False, False, False, None, 0.1),
]


def example() -> pd.DataFrame:
    """Returns ten invented adults, five of them tested; their mean HbA1c lies above 6.5 %."""
    columns = ["age", "sex", "bmi", "thirst", "dx_diabetes", "on_drug", "hba1c", "p_ordered"]
    table = pd.DataFrame(_PEOPLE, columns=columns)
    table.insert(0, "mrn", [f"E{number:02d}" for number in range(1, 11)])
    return table.astype({"mrn": "str", "sex": "str", "hba1c": "float64"})


def fixtures() -> list[Case]:
    """Gives ten people and nine decisions; worked out by hand in the comments."""
    # Weights (1-p)/p of the five tested: .25 .25 1 3 4 = 8.5; positive are the second and the third.
    high = {"tested": 0.4, "missing_as_negative": 0.2, "mar": 0.273529, "low": 0.2, "high": 0.7}
    high_curve = [0.239683, 0.273529, 0.328205]
    # Diagnosed or treated: rows 1, 2, 6. Weights of the tested others: 1 3 4 = 8, the first is positive.
    diabetes = {"tested": 0.6, "missing_as_negative": 0.4, "mar": 0.45, "low": 0.4, "high": 0.8}
    diabetes_curve = [0.426667, 0.45, 0.488889]
    expected = {
        "hba1c_high": {**high, "curve": high_curve},
        "diabetes": {**diabetes, "curve": diabetes_curve},
    }
    wide = {**diabetes, "low": 0.12, "high": 0.8, "mar": 0.2, "curve": [0.14, 0.2, 0.3]}
    return [
        Case("blank_bias", "ten people", (example(), [0.5, 1.0, 2.0]), "fixture", expected),
        _decision("every bound above", wide, 0.10, "yes", "bounds"),
        _decision("every bound below", wide, 0.85, "no", "bounds"),
        _decision("only the curve above", wide, 0.13, "yes", "curve"),
        _decision("only the curve below", wide, 0.40, "no", "curve"),
        _decision("the curve crosses", wide, 0.18, "cannot-tell", "crosses"),
        _decision("at the lower bound", wide, 0.12, "yes", "curve"),
        _decision("at the upper bound", wide, 0.80, "no", "bounds"),
        _decision("at the lowest point", wide, 0.14, "cannot-tell", "crosses"),
        _decision("at the highest point", wide, 0.30, "no", "curve"),
    ]


def _decision(name: str, part: Mapping[str, Any], cutoff: float, answer: str, reason: str) -> Case:
    return Case("decide", name, (part, cutoff), "fixture", {"answer": answer, "reason": reason})


def district(world: World) -> list[Case]:
    """Gives the district's cohort, the same under other numbers with other deltas, and decisions."""
    cohort = world.tables["diabetes_cohort"]
    other = widened(shuffled(renamed(cohort, {"mrn": new_ids(cohort["mrn"], "P")}), "1.7"))
    truth = _truth(world)
    expected = REFERENCE if truth else None
    return [
        Case("blank_bias", "the district's adults", (cohort, DELTAS), "district", expected, truth),
        Case("blank_bias", "other numbers and deltas", (other, OTHER_DELTAS), "variant", expected, truth),
        *_decisions(len(cohort), expected),
    ]


def _truth(world: World) -> dict[str, float]:
    if world.truth is None:
        return {}
    return {"diabetes": float(world.truth.cohort["diabetes_true"].mean())}


def _decisions(rows: int, expected: Any) -> list[Case]:
    """Gives decisions on both sides of every line, with numbers that vary with the district."""
    shift = (rows % 50) / 1000
    part = {
        "tested": 0.45 + shift,
        "missing_as_negative": 0.08 + shift,
        "mar": 0.14 + shift,
        "low": 0.08 + shift,
        "high": 0.75 + shift,
        "curve": [0.10 + shift, 0.12 + shift, 0.14 + shift, 0.19 + shift, 0.27 + shift],
    }
    cutoffs = {
        "far below": 0.07,
        "just below": 0.09,
        "inside": 0.15,
        "inside, low": 0.11,
        "high": 0.3,
        "top": 0.76,
    }
    return [
        Case("decide", f"a limit {name}", (part, round(cutoff + shift, 6)), "district", expected)
        for name, cutoff in cutoffs.items()
    ]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    return _bias_form(case, value) if case.function == "blank_bias" else _decision_form(value)


def _bias_form(case: Case, value: Any) -> str | None:
    if not isinstance(value, dict) or not all(isinstance(value.get(name), dict) for name in ESTIMANDS):
        return 'blank_bias() must return {"hba1c_high": {…}, "diabetes": {…}}.'
    for name in ESTIMANDS:
        part = value[name]
        if not all(is_number(part.get(key)) for key in NUMBERS):
            return f"blank_bias(): {name} must hold the numbers {', '.join(NUMBERS)}."
        curve = part.get("curve")
        if not isinstance(curve, list) or len(curve) != len(case.args[1]) or not all(map(is_number, curve)):
            return f"blank_bias(): the curve of {name} must be a list with one number for each delta."
    return None


def _decision_form(value: Any) -> str | None:
    if (
        not isinstance(value, dict)
        or value.get("answer") not in ANSWERS
        or value.get("reason") not in REASONS
    ):
        return (
            f'decide() must return {{"answer": one of {", ".join(ANSWERS)}, '
            f'"reason": one of {", ".join(REASONS)}}}.'
        )
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _near(tolerance: float, *keys: str) -> Callable[[Case, Any], float]:
    """Scores the share of the named numbers of both estimands that lie within a tolerance."""

    def score(case: Case, value: Any) -> float:
        shares = [
            share_right(value[name], {key: case.expected[name][key] for key in keys}, tolerance)
            for name in ESTIMANDS
        ]
        return sum(shares) / len(shares)

    return score


def _curve_right(case: Case, value: Any) -> float:
    return sum(_one_curve(value[name]["curve"], case.expected[name]["curve"]) for name in ESTIMANDS) / 2


def _one_curve(got: list[float], wanted: list[float]) -> float:
    """Scores a curve: every point near, and never falling as delta grows."""
    rising = all(a <= b + 1e-12 for a, b in pairwise(got))
    return float(rising and all(close(a, b, 0.005) for a, b in zip(got, wanted, strict=True)))


def _right_side(case: Case, value: Any) -> float:
    """Scores on which side of the truth the naive numbers lie, and that the bounds hold it."""
    truth, part = case.truth["diabetes"], value["diabetes"]
    sides = (
        part["tested"] > truth,
        part["missing_as_negative"] < truth,
        value["hba1c_high"]["mar"] < truth,
        part["low"] <= truth <= part["high"] and part["high"] - part["low"] > 0.05,
    )
    return sum(sides) / len(sides) if _near(0.005, "mar")(case, value) == 1 else 0.0


def _example_right(case: Case, value: Any) -> float:
    return (
        4 * _near(0.002, "tested", "missing_as_negative", "mar", "low", "high")(case, value)
        + _curve_right(case, value)
    ) / 5


def _decided(case: Case, value: Any) -> float:
    return float(value == case.expected)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _takes_for_mar(key: str) -> Callable[[Case, Any], bool]:
    """Whether the share of tested high results, or a bound, was given as the estimate."""

    def shows(case: Case, value: Any) -> bool:
        wrong, right = (case.expected["hba1c_high"][name] for name in (key, "mar"))
        return abs(wrong - right) > 0.03 and close(value["hba1c_high"]["mar"], wrong, 0.002)

    return shows


def _lab_is_disease(case: Case, value: Any) -> bool:
    both = (case.expected["diabetes"]["tested"], case.expected["hba1c_high"]["tested"])
    return both[0] != both[1] and close(value["diabetes"]["tested"], both[1], 0.0001)


def _one_number(case: Case, value: Any) -> bool:
    return all(close(value[name]["low"], value[name]["high"], 0.0001) for name in ESTIMANDS)


def _decides_anyway(case: Case, value: Any) -> bool:
    return bool(case.expected["answer"] == "cannot-tell" and value["answer"] != "cannot-tell")


BLANKS = Task(
    id="1.7",
    title="Does the blank bias?",
    functions=("blank_bias", "decide"),
    checks=(
        Check(
            "1.7.example",
            "The ten example people",
            1.5,
            "blank_bias",
            _example_right,
            ("fixture",),
            expected="All numbers of both shares, within .002, and both curves.",
        ),
        Check(
            "1.7.counts",
            "The two naive shares",
            1.5,
            "blank_bias",
            _near(0.001, "tested", "missing_as_negative"),
            expected="The share among the tested, and the share if a blank meant 'no', within .001.",
        ),
        Check(
            "1.7.bounds",
            "The bounds",
            1.5,
            "blank_bias",
            _near(0.001, "low", "high"),
            expected="The smallest and the largest share that the data allow, within .001.",
        ),
        Check(
            "1.7.mar",
            "The estimate under the ordering model",
            2.0,
            "blank_bias",
            _near(0.005, "mar"),
            expected="Both estimates within .005.",
        ),
        Check(
            "1.7.curve",
            "The sensitivity curve",
            1.5,
            "blank_bias",
            _curve_right,
            expected="Every point within .005, and never falling as delta grows.",
        ),
        Check(
            "1.7.side",
            "On the right side of the truth",
            1.0,
            "blank_bias",
            _right_side,
            expected="Naive shares err to the side they must, and the bounds hold the true share.",
        ),
        Check(
            "1.7.decide_example",
            "Decisions on the examples",
            1.0,
            "decide",
            _decided,
            ("fixture",),
            expected="The answer that the bounds or the curve allow, and which of the two allows it.",
        ),
        Check(
            "1.7.decide",
            "Decisions on other numbers",
            2.0,
            "decide",
            _decided,
            expected="Yes or no only if the bounds, or else the whole curve, lie on one side of the limit.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC163", "blank_bias", _one_number),
        Symptom("MC162", "blank_bias", _lab_is_disease),
        Symptom("MC22", "blank_bias", _takes_for_mar("tested")),
        Symptom("MC23", "blank_bias", _takes_for_mar("high")),
        Symptom("MC165", "blank_bias", _takes_for_mar("low")),
        Symptom("MC163", "decide", _decides_anyway),
    ),
    hints=(
        "Sort everybody into three heaps: known yes, known no, not known. Only the third heap needs a guess.",
        "Bounds come from two extreme guesses about the third heap. The estimate comes from asking: how many "
        "untested people does each tested person stand for?",
        "A person tested with probability p stands for (1-p)/p untested ones. Take the weighted share of "
        "positives among the tested whose answer was open, multiply its odds by delta, apply it to the heap.",
    ),
)
