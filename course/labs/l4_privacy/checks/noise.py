"""Task 4.7: counts with noise of the right size, means, and a ledger of what has been spent."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.compare import is_number
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from sim.world import World

NEIGHBOURS = ("add-remove", "replace")
FAULTS = ("bias", "budget", "seed", "sensitivity")
ALPHA = 1e-6
"""How often a right mechanism may fail one test by chance."""

DRAWS, FEW = 20_000, 4000

Floats = npt.NDArray[np.float64]


# ---- Cases -------------------------------------------------------------------------------------------

_DESIGN: dict[str, Any] = {
    "budget": 1.0,
    "neighbours": "add-remove",
    "seed": "fresh",
    "negatives": "kept",
    "summed": True,
    "queries": [{"kind": "count", "eps": 0.4, "sensitivity": 1.0}],
}


def _queries(*told: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Gives queries: kind, epsilon, sensitivity; of a mean also its bounds and number of values."""
    names = ("kind", "eps", "sensitivity", "low", "high", "n")
    return [dict(zip(names, one, strict=False)) for one in told]


def fixtures() -> list[Case]:
    """Gives small counts, four ages, four ledgers and seven designs, worked out by hand."""
    asks = (
        (1.0, [0.5, 0.5, 0.1], [True, True, False]),
        (1.0, [0.6, 0.6, 0.3], [True, False, True]),
        (0.3, [0.1, 0.1, 0.1], [True, True, True]),
        (2.0, [2.5, 1.0, 1.5, 1.0], [False, True, False, True]),
    )
    designs = (
        ("nothing wrong", {}, []),
        ("two counts", {"queries": _queries(("count", 0.7, 1.0), ("count", 0.7, 1.0))}, ["budget"]),
        ("a mean", {"queries": _queries(("mean", 0.5, 0.1, 0, 100, 1000))}, []),
        (
            "a histogram, one person replaced",
            {"neighbours": "replace", "queries": _queries(("histogram", 1.0, 1.0))},
            ["sensitivity"],
        ),
        ("a seed, and no negatives", {"seed": "fixed", "negatives": "set to 0"}, ["bias", "seed"]),
        (
            "two means, both stated too small",
            {"queries": _queries(*[("mean", 0.5, 0.05, 10, 100, 1000)] * 2)},
            ["sensitivity"],
        ),
        ("no negatives, nothing summed", {"negatives": "set to 0", "summed": False}, []),
    )
    return [
        Case("noisy", "three groups", ([0, 5, 100], 1.0, "add-remove", FEW), expected="noise of scale 1"),
        Case("noisy", "three groups, replaced", ([0, 5, 100], 0.5, "replace", FEW), expected="of scale 4"),
        Case("noisy_mean", "four ages", ([20, 40, 60, 250], 0, 100, 2.0, FEW), expected="around 55"),
        *(
            Case("ledger", f"budget {budget}, asked {asked}", (budget, asked), expected=told)
            for budget, asked, told in asks
        ),
        *(Case("faults", name, (_DESIGN | change,), expected=told) for name, change, told in designs),
    ]


def district(world: World) -> list[Case]:
    """Gives counts of the hospital's visits, ages of its patients, and further ledgers and designs."""
    known = world.truth is not None
    told = "noise of the right size" if known else None
    visits = world.tables["his_encounters"]
    sizes = visits["dx_code"].str[:3].value_counts()
    counts = [int(sizes.iloc[0]), int(sizes.iloc[len(sizes) // 4]), 0]
    ages = (2025 - world.tables["his_patients"]["birth_date"].str[:4].astype("int64")).tolist()
    return [
        Case("noisy", "diagnoses", (counts, 0.5, "add-remove", DRAWS), "district", told),
        Case("noisy", "diagnoses, replaced", (counts, 0.2, "replace", DRAWS), "district", told),
        Case("noisy_mean", "ages", ([*ages[:400], 900], 0, 110, 0.1, DRAWS), "district", told),
        Case("noisy_mean", "ages of few", (ages[400:440], 18, 90, 1.0, DRAWS), "district", told),
        *_ledgers(len(visits), known),
        *_designs(len(visits), known),
    ]


def _ledgers(number: int, known: bool) -> Iterator[Case]:
    for k in range(8):
        budget = (0.5, 1.0, 2.0)[k % 3]
        asked = [((number * (j + 1) + k) % 9 + 1) / 10 for j in range(6 + k)]
        yield Case("ledger", f"ledger {k + 1}", (budget, asked), "district", REFERENCE if known else None)


def _designs(number: int, known: bool) -> Iterator[Case]:
    for k in range(12):
        n = 100 + number % 50 + k
        mean = ("mean", 0.2, (1.0, 90 / n, 45 / n)[k % 3], 10, 100, n)
        change = {
            "seed": "fixed" if k % 2 else "fresh",
            "negatives": "set to 0" if k % 4 == 2 else "kept",
            "neighbours": NEIGHBOURS[k // 6],
            "queries": _queries(
                mean, ("histogram", 0.3, 1.0 + k % 2), ("count", (0.1, 0.5, 0.9)[k % 3], 1.0)
            ),
        }
        answer = REFERENCE if known else None
        yield Case("faults", f"design {k + 1}", (_DESIGN | change,), "district", answer)


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if not isinstance(value, list):
        return f"{case.function}() must return a list."
    if case.function == "ledger":
        right = len(value) == len(case.args[1]) and all(isinstance(one, bool) for one in value)
        return None if right else "ledger() must return True or False for each question."
    if case.function == "faults":
        right = all(one in FAULTS for one in value)
        return None if right else f"faults() must return a list of some of {', '.join(FAULTS)}."
    if len(value) != case.args[-1]:
        return f"{case.function}() must return n draws."
    if case.function == "noisy_mean":
        return None if all(map(is_number, value)) else "noisy_mean() must return a list of numbers."
    width = len(case.args[0])
    right = all(isinstance(row, list) and len(row) == width and all(map(is_number, row)) for row in value)
    return None if right else "noisy() must return a list of n lists, each with a number for every count."


# ---- Scores ------------------------------------------------------------------------------------------


def _laplace(x: Floats, scale: float) -> Floats:
    """Returns the distribution function of Laplace noise."""
    tail = 0.5 * np.exp(-np.abs(x) / scale)
    return np.where(x < 0, tail, 1 - tail)


def _discrete(x: Floats, scale: float) -> Floats:
    """Returns the distribution function of discrete Laplace noise, at whole numbers."""
    p = math.exp(-1 / scale)
    return np.where(x < 0, p ** np.minimum(-x, 700) / (1 + p), 1 - p ** np.minimum(x + 1, 700) / (1 + p))


def _apart(noise: Floats, scale: float) -> float:
    """Returns the largest distance of the noise from Laplace noise, whole or rounded where it is whole."""
    ordered = np.sort(noise)
    n = len(ordered)
    if np.all(ordered == np.round(ordered)):
        points, ends = np.unique(ordered, return_index=True)
        share = np.append(ends[1:], n) / n
        ways = (_discrete(points, scale), _laplace(points + 0.5, scale))
        return min(float(np.abs(share - way).max()) for way in ways)
    wanted = _laplace(ordered, scale)
    steps = np.arange(n + 1) / n
    return float(max((steps[1:] - wanted).max(), (wanted - steps[:-1]).max()))


def _bound(n: int) -> float:
    """Returns how far right noise strays in n draws, but for one time in a million."""
    return math.sqrt(math.log(2 / ALPHA) / (2 * n))


def _fits(noise: Floats, scale: float) -> bool:
    """Whether draws are Laplace noise of a scale, one not telling the next."""
    n = len(noise)
    if _apart(noise, scale) > _bound(n):
        return False
    return abs(float(np.corrcoef(noise[:-1], noise[1:])[0, 1])) < 6 / math.sqrt(n)


def _noise(case: Case, value: Any) -> Floats:
    return np.array(value, dtype=np.float64) - np.array(case.args[0], dtype=np.float64)


def _right_noise(case: Case, value: Any) -> float:
    """The share of groups whose noise is right; nothing if groups share their noise."""
    _, eps, neighbours, n = case.args
    noise = _noise(case, value)
    together = np.corrcoef(noise.T)
    apart = together[~np.eye(len(together), dtype=bool)]
    if not bool((np.abs(apart) < 6 / math.sqrt(n)).all()):
        return 0.0
    scale = _scale(eps, neighbours)
    return sum(_fits(column, scale) for column in noise.T) / noise.shape[1]


def _scale(eps: float, neighbours: str) -> float:
    return (1 if neighbours == NEIGHBOURS[0] else 2) / eps


def _mean_of(case: Case) -> tuple[float, float]:
    """Returns the mean of a case within its bounds, and the scale of the noise that it needs."""
    values, low, high, eps, _ = case.args
    return float(np.clip(values, low, high).mean()), (high - low) / len(values) / eps


def _right_mean(case: Case, value: Any) -> float:
    middle, scale = _mean_of(case)
    return float(_fits(np.array(value, dtype=np.float64) - middle, scale))


def _same(case: Case, value: Any) -> float:
    return float(value == case.expected)


def _same_faults(case: Case, value: Any) -> float:
    return float(sorted(value) == sorted(case.expected))


# ---- Misconceptions ----------------------------------------------------------------------------------


def _never_negative(case: Case, value: Any) -> bool:
    return bool(min(case.args[0]) == 0 and np.array(value).min() >= 0)


def _one_for_all(case: Case, value: Any) -> bool:
    """Whether noise was made as for a sensitivity of 1 where it is another."""
    _, eps, neighbours, _ = case.args
    return neighbours == NEIGHBOURS[1] and all(_fits(column, 1 / eps) for column in _noise(case, value).T)


def _mean_of_one(case: Case, value: Any) -> bool:
    middle, scale = _mean_of(case)
    return scale * case.args[3] != 1 and _fits(np.array(value) - middle, 1 / case.args[3])


def _overspends(case: Case, value: Any) -> bool:
    budget, asked = case.args
    return sum(eps for eps, told in zip(asked, value, strict=True) if told) > budget + 1e-9


def _misses(fault: str) -> Callable[[Case, Any], bool]:
    return lambda case, value: fault in case.expected and fault not in value


NOISE = Task(
    id="4.7",
    title="Noise with a budget",
    functions=("noisy", "noisy_mean", "ledger", "faults"),
    checks=(
        Check(
            "4.7.noise_example",
            "Three groups",
            1.0,
            "noisy",
            _right_noise,
            ("fixture",),
            expected="Laplace noise of the right scale, plain or in whole numbers, for each group its own.",
        ),
        Check(
            "4.7.noise",
            "Counts of the hospital",
            3.0,
            "noisy",
            _right_noise,
            expected="Laplace noise of the right scale, plain or in whole numbers, for each group its own.",
        ),
        Check(
            "4.7.mean_example",
            "Four ages",
            1.0,
            "noisy_mean",
            _right_mean,
            ("fixture",),
            expected="The mean within the bounds, with noise of the right scale.",
        ),
        Check(
            "4.7.mean",
            "Means of the hospital",
            2.0,
            "noisy_mean",
            _right_mean,
            expected="The mean within the bounds, with noise of the right scale.",
        ),
        Check(
            "4.7.ledger_example",
            "The example ledgers",
            1.0,
            "ledger",
            _same,
            ("fixture",),
            expected="Answered is what the budget still covers.",
        ),
        Check(
            "4.7.ledger",
            "Other ledgers",
            2.5,
            "ledger",
            _same,
            expected="Answered is what the budget still covers.",
        ),
        Check(
            "4.7.faults_example",
            "The example designs",
            1.0,
            "faults",
            _same_faults,
            ("fixture",),
            expected="Every fault of a design, and no other.",
        ),
        Check(
            "4.7.faults",
            "Other designs",
            2.5,
            "faults",
            _same_faults,
            expected="Every fault of a design, and no other.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC69", "noisy", _never_negative),
        Symptom("MC67", "noisy", _one_for_all),
        Symptom("MC67", "noisy_mean", _mean_of_one),
        Symptom("MC66", "ledger", _overspends),
        Symptom("MC68", "faults", _misses("seed")),
        Symptom("MC69", "faults", _misses("bias")),
    ),
    hints=(
        "How much can one single person change the answer at most? That is the sensitivity.",
        "The noise has the scale sensitivity divided by epsilon, anew for each number and each draw. What "
        "was spent adds "
        "up over all answers.",
        "NumPy's Generator has a method laplace(loc, scale, size). A mean of n values within bounds moves "
        "by at most "
        "(high - low) / n when one of them is replaced.",
    ),
)
