"""The exploration of lab 4: what a release tells of people, and what protecting them costs whom."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from sim.explore.own_file import ERRORS, FUNCTION, own_file
from sim.explore.parts import Exploration, Lever, Plot, Prediction, Values
from sim.explore.words import differences, goal
from sim.policy.releasing import ASSUMPTIONS, Release, assumed, by_group, found, sweep
from sim.policy.releasing import run as run_release
from sim.words import said

EPSILONS = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]
KS = [2, 3, 5, 8, 11, 25]
"""Releases that are shown beside the setting."""

RISK, ERROR = 0.05, 0.05
"""The goal: a smaller share of patients found, and a smaller error in the smallest group."""

_FIELDS = (
    ("Sex, ten years of age, zone", 1.0),
    ("Sex, year of age, zone", 2.0),
    ("Sex, year of age, area", 3.0),
    ("Sex, month of birth, area", 4.0),
)
_SIZES = tuple((f"{size:,} patients", float(size)) for size in (10, 20, 50, 100, 200, 500, 1000, 2000, 3000))

LEVERS = (
    Lever("counts", "Release noisy counts (else a file of patients)", 0, 1, 1, False, ".0f"),
    Lever("k", "File: rows that must be alike, k", 2, 25, 1, 5.0, ".0f"),
    Lever("fields", "File: what it tells at the finest", 1, 4, 1, 3.0, ".0f", _FIELDS),
    Lever("epsilon", "Counts: privacy budget ε", 0.05, 5, 0.05, 1.0, ".2f"),
    Lever("withheld", "Counts: withhold those below", 0, 50, 1, 5.0, ".0f"),
    Lever("knows", "People whom the attacker knows (share)", 0, 1, 0.05, 0.3, ".0%"),
    Lever("smallest", "In the smallest area about", 10, 3000, 10, 20.0, ".0f", _SIZES),
)

_LINES = {
    "risk": "patients found or told apart, %",
    "error_total": "error of all patients, %",
    "error_smallest": "error in the smallest area, %",
    "missed": "patients missed per 1,000",
}

_LEVER = {"file": "k", "counts": "epsilon"}


def _release(values: Values) -> Release:
    """Returns the release that is set; values of one's own function do not belong to it."""
    told = {name: value for name, value in values.items() if not name.startswith("own_")}
    form = "counts" if told.pop("counts", False) else "file"
    whole = {name: int(told[name]) for name in ("k", "fields", "smallest") if name in told}
    return replace(Release(form=form), **(told | whole))  # type: ignore[arg-type]


def run(values: Values, assumptions: Mapping[str, float] | None = None, replicates: int = 20) -> pd.DataFrame:
    """Makes the release of this setting, and others beside it.

    Args:
        values: `counts`, `k`, `fields`, `epsilon`, `withheld`, `knows` and `smallest`; see
            `sim.policy.releasing.Release`. Values of one's own function take the place of the file's.
        assumptions: Figures that differ from the model's own.
        replicates: Districts for each setting.

    Returns:
        Columns `part` ("here": the setting itself; "along": files for several k, counts for several ε;
        "groups": the error in each area of the setting, as file and as counts), `form`, `level` (k or ε),
        `size` (about how many patients the smallest area, or the area of the row, has), `replicate` (-1: the
        mean) and the outcomes; rows of groups have their error in `error_smallest`.

    Example:
        >>> table = run({})
        >>> table.groupby("part").size().to_dict()
        {'along': 273, 'groups': 504, 'here': 21}
    """
    release, figures = _release(values), assumed(assumptions)
    own = run_release(release, figures, replicates)
    if release.form == "file" and "own_classes" in values:
        own = own.assign(**{name: float(values[f"own_{name}"]) for name in ERRORS})
        own["risk"] = found(release, figures, own["risk"].to_numpy() * 0 + float(values["own_classes"]))
    level = getattr(release, _LEVER[release.form])
    parts = [own.assign(part="here", form=release.form, level=float(level), size=release.smallest)]
    for form, levels in (("file", KS), ("counts", EPSILONS)):
        like = replace(release, form=form)  # type: ignore[arg-type]
        along = sweep(like, _LEVER[form], levels, figures, replicates)
        along = along.rename(columns={_LEVER[form]: "level"})
        parts.append(along.assign(part="along", form=form, size=release.smallest))
        groups = by_group(like, figures, replicates).rename(columns={"error": "error_smallest"})
        parts.append(groups.assign(part="groups", form=form, level=float(getattr(like, _LEVER[form]))))
    return pd.concat(parts, ignore_index=True)


def here(table: pd.DataFrame) -> tuple["pd.Series[Any]", pd.DataFrame]:
    """Returns the mean outcomes of the setting, and its districts."""
    rows = table[table["part"] == "here"]
    return rows[rows["replicate"] < 0].iloc[0], rows[rows["replicate"] >= 0]


def reached(table: pd.DataFrame) -> bool:
    """Says whether the setting reaches the goal, judged by its mean."""
    means, _ = here(table)
    return bool(means["risk"] < RISK and means["error_smallest"] < ERROR)


def good_releases(table: pd.DataFrame) -> list[str]:
    """Returns the releases beside the setting that reach the goal.

    Example:
        >>> good_releases(run({})), good_releases(run({"smallest": 2000}))[:2]
        ([], ['k = 2', 'k = 3'])
    """
    means = table[(table["part"] == "along") & (table["replicate"] < 0)]
    good = means[(means["risk"] < RISK) & (means["error_smallest"] < ERROR)]
    return [
        f"{'k' if form == 'file' else 'ε'} = {level:g}"
        for form, level in zip(good["form"], good["level"], strict=True)
    ]


def describe(table: pd.DataFrame) -> str:
    """Says in words what the plot shows.

    Example:
        >>> print(describe(run({}))[:48])
        A file with k = 5, smallest area about 20 patien
    """
    means, districts = here(table)
    good = good_releases(table)
    which = (
        said("Of the releases shown these reach it: {releases}.", releases=", ".join(good))
        if good
        else said("No release shown reaches it.")
    )
    names = ["size", "risk", "error_total", "error_zone", "error_gap", "error_smallest", "missed"]
    return said(
        "{release}, smallest area about {size:.0f} patients. An attacker finds, or can tell to be "
        "counted, {risk:.1%} of the patients. A reader is wrong by {error_total:.1%} about all patients, "
        "by {error_zone:.1%} about the smallest zone, by {error_gap:.0%} about how far areas lie apart, "
        "and by {error_smallest:.1%} about the smallest area (in {districts} districts between {low:.0%} "
        "and {high:.0%}). A recall programme planned on it misses {missed:.1f} of 1,000 patients. {goal}: "
        "fewer than 5 % of the patients at risk, and an error below 5 % in the smallest area. {which}",
        **means[names], release=_named(means), districts=len(districts),
        low=districts["error_smallest"].min(), high=districts["error_smallest"].max(),
        goal=goal(reached(table)), which=which,
    )  # fmt: skip


def _named(means: "pd.Series[Any]") -> str:
    """Says what kind of release it is."""
    if means["form"] == "file":
        return said("A file with k = {level:.0f}", level=means["level"])
    return said("Counts with ε = {level:g}", level=means["level"])


def headline(values: Values, table: pd.DataFrame) -> str:
    """Returns the state in one line.

    Example:
        >>> headline({}, run({})).split(":")[0]
        'A file with k = 5'
    """
    means, _ = here(table)
    mine = means["form"] == "file" and "own_classes" in values
    return said(
        "{release}{own}: risk {risk:.1%}, error in the smallest area {error_smallest:.1%}, {missed:.1f} "
        "missed of 1,000. {goal}",
        release=_named(means), own=said(" (your function)") if mine else "",
        **means[["risk", "error_smallest", "missed"]], goal=goal(reached(table)),
    )  # fmt: skip


def compare(a: pd.DataFrame, b: pd.DataFrame) -> str:
    """Says how B differs from A, district by district with the same random numbers.

    Example:
        >>> compare(run({}), run({"k": 25.0})).split(";")[0]
        'B minus A, mean and range over 20 runs: patients found or told apart, % -1.3 (-1.5 to -1.2)'
    """
    (_, first), (_, second) = (_in_percent(here(table)) for table in (a, b))
    parts = differences(first, second, _LINES)
    return said("B minus A, mean and range over {count} runs: {parts}.", count=len(first), parts=parts)


def _in_percent(both: tuple["pd.Series[Any]", pd.DataFrame]) -> tuple["pd.Series[Any]", pd.DataFrame]:
    means, districts = both
    shares = [name for name in _LINES if name != "missed"]
    return means, districts.assign(**{name: 100 * districts[name] for name in shares})


def _plot() -> Plot:
    from sim.explore.privacy_plot import PrivacyPlot

    return PrivacyPlot()


EXPLORATION = Exploration(
    title="What to release, and who pays",
    introduction=(
        "A health office releases data on patients of twelve areas: a file in which at least k rows are "
        "always alike, or counts with noise. Somebody who knows part of the people attacks it, and a "
        "recall programme is planned on it. Goal: fewer than 5 % of the patients at risk, and an error "
        "below 5 % in the smallest area, or a proof that this cannot be had. No mark depends on what you "
        "do."
    ),
    levers=LEVERS,
    prediction=Prediction(
        "The smallest area has 20 patients, the largest 240. The office protects everybody alike, with "
        "the same k or the same noise. Who pays for it with wrong numbers?",
        ("All areas alike", "The large areas, for there is more to hide", "The small areas"),
        "Go through k, then tick the counts and go through ε: does any release reach the goal? Why not? "
        "Then look where the easy insight fails: 2,000 patients in the smallest area, ε = 0.1 or k = 11. "
        "What does protection cost there?",
    ),
    assumptions=ASSUMPTIONS,
    run=run,
    describe=describe,
    headline=headline,
    compare=compare,
    plot=_plot,
    function=FUNCTION,
    own=own_file,
)
