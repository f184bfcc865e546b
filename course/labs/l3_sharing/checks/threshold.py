"""Task 3.4: from how many points on two records are linked: one threshold for treatment, one for counting."""

import math
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grading.compare import close, is_number, ramp
from grading.tasks import REFERENCE, Case, Check, Symptom, Task, load_module
from grading.variants import shuffled, widened
from sim.defects.between import nicknames
from sim.exchange.linkage.likeness import likeness
from sim.exchange.linkage.tokens import normalise
from sim.policy.linking import Linking
from sim.policy.review import review_sample
from sim.seeds import PUBLIC_KEY, Seeds
from sim.world import World

_HOSPITALS = load_module(Path(__file__).with_name("hospitals.py"), "hilab_lab_l3_sharing_hospitals")

PAIRS = 400
"""Pairs that clerks look at."""

EDGES = (-5.0, 2.0, 8.0, 14.0, 20.0, 24.0, 27.0, 30.0, math.inf)
"""Where the strata begin, in points of `likeness`. Pairs below the first are not looked at."""

SCALES = {"points": (1.0, 0.0), "points of another unit": (math.log(2), -8.0), "tenths": (10.0, 50.0)}
"""Linkage units write points in their own way: a factor and what is added."""

NEED = {"precision": 0.995, "recall": 0.8}
COSTS = {"false_link": (1.0, 2.0), "missed_link": (1.0, 3.0)}
"""What treatment needs, and between which costs one may state one's own for statistics."""

NEAR = 0.002

Frame = pd.DataFrame
Numbers = npt.NDArray[np.float64]
Weighed = list[tuple[float, float, float]]
"""Points, and how many pairs of one person and of two people have them."""


# ---- Cases -------------------------------------------------------------------------------------------

_SAMPLE = [
    (3, False, 1, 200), (6, False, 1, 200), (9, False, 1, 200),
    (11, False, 2, 20), (12, True, 2, 20), (13, True, 2, 20), (14, True, 2, 20), (16, False, 2, 20),
    (18, True, 2, 20),
    (22, True, 3, 100), (25, True, 3, 100), (28, True, 3, 100),
    (31, True, 4, 1), (33, False, 4, 1),
    (36, True, 5, 100), (39, True, 5, 100),
]  # fmt: skip
_OFFERS = {"A": 12.0, "B": 18.0, "C": 25.0, "D": 34.0, "E": 50.0}
_ASKED: list[tuple[str, dict[str, float], str, dict[str, float], str | None]] = [
    ("for treatment", {}, "treatment", NEED, "B"),
    ("for statistics", {}, "statistics", {"false_link": 1, "missed_link": 1}, "A"),
    ("false links are dear", {}, "statistics", {"false_link": 5, "missed_link": 1}, "B"),
    ("nothing is good enough", {"A": 12.0, "C": 25.0, "E": 50.0}, "treatment", NEED, None),
    ("nobody may be confused", {}, "treatment", {"precision": 1.0, "recall": 0.3}, "D"),
    ("nobody may be missed", {}, "treatment", {"precision": 0.96, "recall": 1.0}, "A"),
    ("no link is best", {"A": 12.0, "E": 50.0}, "statistics", {"false_link": 50, "missed_link": 1}, "E"),
]


def _small() -> Frame:
    table = pd.DataFrame(_SAMPLE, columns=["score", "match", "stratum", "stands_for"])
    return table.astype({"score": "float64", "stands_for": "float64"})


def fixtures() -> list[Case]:
    """Gives sixteen pairs that were looked at, and seven choices, worked out by hand."""
    sample = _small()
    good = {"A": (581 / 602, 1.0), "B": (521 / 522, 521 / 581), "D": (1.0, 200 / 581), "E": (1.0, 0.0)}
    cases = [Case("thresholds", "sixteen pairs", (sample,), expected={"pairs": weighed(sample)})]
    for name, offers, use, need, letter in _ASKED:
        precision, recall = good.get(letter or "", (None, None))
        answer = {"offer": letter, "precision": precision, "recall": recall}
        cases.append(Case("pick", name, (sample, offers or _OFFERS, use, need), expected=answer))
    return cases


def district(world: World) -> list[Case]:
    """Gives three samples of the district's pairs, each in other points, one in another form, and choices."""
    answer = REFERENCE if world.truth is not None else None
    scored = None if world.truth is None else scored_pairs(world)
    cases = []
    for name, (factor, plus) in SCALES.items():
        if scored is None:
            told, truth = review_sample(Linking()), None
        else:
            told = sampled(scored, name)
            truth = {"pairs": _counted(scored.assign(score=_turned(scored["score"], factor, plus)))}
        sample = told.assign(score=_turned(told["score"], factor, plus))
        cases.append(Case("thresholds", name, (sample,), "district", truth))
        cases += [
            Case("pick", f"{name}: {number}", (sample, offers, use, need), "district", answer)
            for number, (offers, use, need) in enumerate(_choices(factor, plus), start=1)
        ]
    other = widened(shuffled(sample, "3.4"))
    return [*cases, Case("thresholds", "shuffled, with another column", (other,), "variant", truth)]


def _turned(points: "pd.Series[float]", factor: float, plus: float) -> "pd.Series[float]":
    return (points * factor + plus).round(2)


def scored_pairs(world: World) -> Frame:
    """Returns the pairs of two hospitals' records that are worth comparing: score, and match."""
    tables: dict[str, Frame] = _HOSPITALS.registered(world)
    short = {normalise(name): normalise(called) for name, called in nicknames().items()}
    parts = []
    for one, two in _HOSPITALS.COUPLES:
        pairs = _HOSPITALS.candidates(tables[one], tables[two])
        true = set(_HOSPITALS.true_pairs(world, one, two, tables))
        first = _HOSPITALS.rows_of(tables[one], [a for a, _ in pairs])
        second = _HOSPITALS.rows_of(tables[two], [b for _, b in pairs])
        match = [pair in true for pair in pairs]
        parts.append(pd.DataFrame({"score": likeness(first, second, short), "match": match}))
    return pd.concat(parts, ignore_index=True)


def sampled(scored: Frame, name: str) -> Frame:
    """Draws the pairs that clerks look at: as many from each stratum, as true as the stratum.

    A stratum with fewer pairs is taken whole, and the others give more.
    """
    stream = Seeds(PUBLIC_KEY, "lab", "3.4").stream(name)
    strata = [scored[scored["score"].between(low, high, "left")] for low, high in pairwise(EDGES)]
    sizes = shared_out([len(stratum) for stratum in strata], PAIRS)
    parts = []
    for number, (stratum, size) in enumerate(zip(strata, sizes, strict=True), start=1):
        if not size:
            continue
        kinds = [stratum[stratum["match"]], stratum[~stratum["match"]]]
        true = round(size * len(kinds[0]) / len(stratum))
        rows = [
            kind.iloc[stream.permutation(len(kind))[:count]]
            for kind, count in zip(kinds, (true, size - true), strict=True)
        ]
        parts.append(pd.concat(rows).assign(stratum=number, stands_for=len(stratum) / size))
    return pd.concat(parts, ignore_index=True).sort_values(["stratum", "score"], ignore_index=True)


def shared_out(there: list[int], total: int) -> list[int]:
    """Shares a number out evenly, to nobody more than is there."""
    sizes = [0] * len(there)
    while sum(sizes) < min(total, sum(there)):
        open_ = [at for at, size in enumerate(sizes) if size < there[at]]
        for at in open_[: total - sum(sizes)]:
            sizes[at] += 1
    return sizes


def _choices(factor: float, plus: float) -> Iterable[tuple[dict[str, float], str, dict[str, float]]]:
    """Gives thresholds that are offered, and what for."""
    sets = ((9.0, 13.5, 28.0, 34.0, 70.0), (5.0, 11.0, 23.5, 29.5, 90.0), (-2.0, 15.0, 21.0, 36.0, 80.0))
    uses: tuple[tuple[str, dict[str, float]], ...] = (
        ("treatment", NEED),
        ("statistics", {"false_link": 1, "missed_link": 2}),
        ("statistics", {"false_link": 4, "missed_link": 1}),
    )
    for points in sets:
        named = zip("BDAEC", points, strict=True)
        offers = {letter: round(point * factor + plus, 2) for letter, point in named}
        for use, need in uses:
            yield dict(sorted(offers.items())), use, dict(need)


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "thresholds":
        names = ("treatment", "statistics", *COSTS)
        if not isinstance(value, dict) or not all(is_number(value.get(name)) for name in names):
            return (
                'thresholds() must return {"treatment": a number, "statistics": a number, '
                '"false_link": a number, "missed_link": a number}.'
            )
        for name, (least, most) in COSTS.items():
            if not least <= value[name] <= most:
                return f"thresholds(): the cost {name} must lie between {least:g} and {most:g}."
        return None
    told = (
        'pick() must return {"offer": a letter or None, "precision": a number or None, '
        '"recall": a number or None}.'
    )
    if not isinstance(value, dict) or value.get("offer") not in (None, *case.args[1]):
        return told
    figures = [value.get(name) for name in ("precision", "recall")]
    return None if all(figure is None or is_number(figure) for figure in figures) else told


# ---- Scores ------------------------------------------------------------------------------------------


def weighed(sample: Frame) -> Weighed:
    """Returns points, and how many pairs of one person and of two people the sample's pairs stand for."""
    return _counted(sample, sample["stands_for"].to_numpy(dtype="float64"))


def _counted(pairs: Frame, weight: Numbers | float = 1.0) -> Weighed:
    match = pairs["match"].to_numpy(dtype=bool)
    both = pd.DataFrame({"score": pairs["score"], "true": match * weight, "false": ~match * weight})
    return list(both.groupby("score", as_index=False).sum().itertuples(index=False, name=None))


def judged(pairs: Weighed, threshold: float) -> tuple[float, float, float, float]:
    """Returns precision and recall of a threshold, and how many links are false and how many missed."""
    true = sum(one for points, one, _ in pairs if points >= threshold)
    false = sum(two for points, _, two in pairs if points >= threshold)
    every = sum(one for _, one, _ in pairs)
    return true / (true + false) if true + false else 1.0, true / every, false, every - true


def _treated(case: Case, value: Any) -> float:
    """Precision and recall, whichever is further from what is needed."""
    precision, recall, *_ = judged(case.expected["pairs"], value["treatment"])
    return min(
        ramp(precision, zero_at=0.98, full_at=NEED["precision"]), ramp(recall, 0.5, full_at=NEED["recall"])
    )


def _cost(pairs: Weighed, threshold: float, false_link: float, missed_link: float) -> float:
    _, _, false, missed = judged(pairs, threshold)
    return false * false_link + missed * missed_link


def _spent(case: Case, value: Any) -> float:
    """What the links cost by the stated costs, against the least that any threshold costs."""
    pairs, costs = case.expected["pairs"], (value["false_link"], value["missed_link"])
    least = min(_cost(pairs, points, *costs) for points, _, _ in pairs)
    return ramp(_cost(pairs, value["statistics"], *costs) / least, zero_at=2.0, full_at=1.1)


def _both(case: Case, value: Any) -> float:
    return (_treated(case, value) + _spent(case, value)) / 2


def _picked(case: Case, value: Any) -> float:
    """A third each for the offer and both figures; nothing without the offer."""
    if value["offer"] != case.expected["offer"]:
        return 0.0
    return (1 + sum(_figure_right(case, value, name) for name in ("precision", "recall"))) / 3


def _figure_right(case: Case, value: Any, name: str) -> bool:
    wanted = case.expected[name]
    return value[name] is None if wanted is None else close(value[name], wanted, NEAR)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _links_nobody(case: Case, value: Any) -> bool:
    return judged(case.expected["pairs"], value["treatment"])[1] < 0.05


def _one_for_all(case: Case, value: Any) -> bool:
    wrong = min(_treated(case, value), _spent(case, value)) < 0.9
    return wrong and close(value["treatment"], value["statistics"], 1e-6)


def _most_accurate(case: Case, value: Any) -> bool:
    """Whether the threshold for treatment is the score at which the sample has the fewest errors."""
    sample = weighed(case.args[0])
    errors = {points: _cost(sample, points, 1, 1) for points, _, _ in sample}
    mine = errors.get(value["treatment"], math.inf)
    return _treated(case, value) < 0.5 and mine <= min(errors.values()) + 1e-6


def _unstratified(case: Case, value: Any) -> bool:
    """Whether recall was given away for a precision that only the bare sample lacks, in the example."""
    if case.kind != "fixture":
        return False
    bare = _counted(case.args[0])
    return (
        judged(weighed(case.args[0]), value["treatment"])[1] < NEED["recall"]
        and judged(bare, value["treatment"])[0] >= NEED["precision"]
        and judged(bare, 22.0)[0] < NEED["precision"]
    )


def _accurate_offer(case: Case, value: Any) -> bool:
    """Whether the offer with the fewest errors was taken for treatment."""
    sample, offers, use, _ = case.args
    pairs = weighed(sample)
    best = min(sorted(offers), key=lambda letter: _cost(pairs, offers[letter], 1, 1))
    return use == "treatment" and value["offer"] == best != case.expected["offer"]


def _empty_offer(case: Case, value: Any) -> bool:
    """Whether an offer was wrongly taken that links nobody."""
    sample, offers, _, _ = case.args
    letter = value["offer"]
    taken = letter not in (None, case.expected["offer"])
    return taken and bool((sample["score"] < offers[letter]).all())


def _bare_figures(case: Case, value: Any) -> bool:
    """Whether precision and recall were counted without what the pairs stand for."""
    sample, offers, _, _ = case.args
    if value["offer"] is None or any(value[name] is None for name in NEED):
        return False
    pairs = (_counted(sample), weighed(sample))
    bare, right = (judged(each, offers[value["offer"]])[:2] for each in pairs)
    got = [value[name] for name in ("precision", "recall")]
    near = [all(close(a, b, NEAR) for a, b in zip(got, told, strict=True)) for told in (bare, right)]
    return near[0] and not near[1]


THRESHOLD = Task(
    id="3.4",
    title="Thresholds",
    functions=("thresholds", "pick"),
    checks=(
        Check(
            "3.4.example",
            "The example sample",
            1.5,
            "thresholds",
            _both,
            ("fixture",),
            expected="For treatment precision .995 and recall .8; for statistics the least cost.",
        ),
        Check(
            "3.4.treatment",
            "The threshold for treatment",
            5.0,
            "thresholds",
            _treated,
            expected="Of all pairs of the hospitals: precision at least .995 and recall at least .8.",
        ),
        Check(
            "3.4.statistics",
            "The threshold for statistics",
            4.0,
            "thresholds",
            _spent,
            expected="By your own costs, at most 1.1 times what the best threshold costs.",
        ),
        Check(
            "3.4.pick_example",
            "The example offers",
            1.0,
            "pick",
            _picked,
            ("fixture",),
            expected="The right offer, with its precision and its recall.",
        ),
        Check(
            "3.4.pick",
            "Other offers",
            2.5,
            "pick",
            _picked,
            expected="The right offer, with its precision and its recall.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC51", "thresholds", _links_nobody),
        Symptom("MC45", "thresholds", _most_accurate),
        Symptom("MC44", "thresholds", _one_for_all),
        Symptom("MC52", "thresholds", _unstratified),
        Symptom("MC51", "pick", _empty_offer),
        Symptom("MC45", "pick", _accurate_offer),
        Symptom("MC52", "pick", _bare_figures),
    ),
    hints=(
        "Take one threshold, say 22 points in the example. How many true pairs and how many false ones lie "
        "above it, if each row counts as many times as it stands for?",
        "Do that for every score of the sample, from the highest down. Then two columns tell everything: "
        "precision and recall for treatment, and cost for statistics.",
        "For treatment go down as far as precision stays above what is needed, with something to spare, for "
        "400 pairs are few. For statistics take the score at which the cost is least.",
    ),
)
