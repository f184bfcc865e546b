"""A health office releases data on its patients: what protects them, and what it costs whom.

A model to think with, not a forecast. Every figure it rests on stands in `ASSUMPTIONS` with its source or
the word "assumed", and can be changed. A *replicate* is one district of twelve areas, drawn anew; the
replicates of two settings share their random numbers, so that their difference is due to the settings.

The office releases one of two things:
    a file      one row a patient, k-anonymous: sex, age and place as finely as k allows
                → rows of small areas lose their area, or are left out
                → whoever knows a person finds their class, and guesses among its rows
    counts      patients of each area, with Laplace noise of scale 1/ε; small counts are withheld (Dwork,
                McSherry, Nissim and Smith 2006, "Calibrating noise to sensitivity in private data analysis")
                → the noise is as large in a small area as in a large one
                → whoever knows everybody else in an area learns whether a person is counted with an advantage
                  of at most (e^ε - 1) / (e^ε + 1) over guessing
A recall programme then plans places by the release: where it tells too few patients, some are not called.

Where the easy insight fails: protection and usefulness are traded against each other in small groups. If the
smallest has some two thousand patients, both are had at once.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Literal

import numpy as np
import pandas as pd

from sim.errors import HilabError
from sim.policy.assumptions import Assumption, changed
from sim.policy.classes import (
    AREAS,
    FACTORS,
    RATES,
    ZONES,
    Ints,
    Numbers,
    Told,
    estimates,
    k_anonymous,
    patients,
    people,
)
from sim.seeds import PUBLIC_KEY, Seeds
from sim.words import said

Form = Literal["file", "counts"]

MANY = 500
"""Files that are kept."""

OUTCOMES = ("risk", "error_total", "error_zone", "error_gap", "error_smallest", "missed")
"""Share of the patients whom the attacker finds, or can tell to be counted; relative errors of three
published statistics (patients in all, patients in the zone with fewest, highest less lowest rate of an area)
and of the patients in the smallest area; patients per 1,000 whom a recall programme misses."""

ASSUMPTIONS = (
    Assumption(
        "in_file", 0.5, "share", "Of the people the attacker knows, known to be in the file", "assumed"
    ),
    Assumption("elsewhere", 0.1, "share", "Of the people like them in the county, patients", "assumed"),
    Assumption("tables", 1.0, "a month", "Tables of counts published; their ε add up", "assumed"),
    Assumption("slack", 0.0, "share", "Places planned beyond what the release tells", "assumed"),
)
"""All figures of the model, beside the `Release` itself and the district of `sim.policy.classes`."""


@dataclass(frozen=True)
class Release:
    """What is released, and to what district and attacker.

    Attributes:
        form: "file" or "counts".
        epsilon: Budget of one table of counts (0.05 to 5).
        k: Rows that a class of the file must have (2 to 25).
        fields: What the file may tell at the finest: 1 sex, ten years of age, zone; 2 sex, year of age, zone;
            3 sex, year of age, area; 4 sex, month of birth, area.
        withheld: Counts below this are not told (0 to 50).
        knows: Share of the people whom the attacker knows (0 to 1).
        smallest: About how many patients the smallest area has (10 to 3,000).
    """

    form: Form = "file"
    epsilon: float = 1.0
    k: int = 5
    fields: int = 3
    withheld: float = 5.0
    knows: float = 0.3
    smallest: int = 20

    def __post_init__(self) -> None:
        """Refuses what cannot be.

        Raises:
            HilabError: A value lies outside its range; the sentence says which.
        """
        if self.form not in ("file", "counts"):
            other = "A release is of the form 'file' or 'counts', not '{form}'."
            raise HilabError(said(other, form=self.form))
        ranges = {
            "epsilon": (0.05, 5), "k": (2, 25), "fields": (1, 4), "withheld": (0, 50), "knows": (0, 1),
            "smallest": (10, 3000),
        }  # fmt: skip
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not low <= value <= high:
                outside = "The value of '{name}' must lie between {low} and {high}."
                raise HilabError(said(outside, name=name, low=low, high=f"{high:,}"))
            if name in ("k", "fields", "smallest") and value != int(value):
                raise HilabError(said("The value of '{name}' must be whole.", name=name))


def assumed(changes: Mapping[str, float] | None = None) -> dict[str, float]:
    """Returns the model's figures, some of them changed.

    Raises:
        HilabError: A name is unknown, or a figure is negative or a share above 1.
    """
    return changed(ASSUMPTIONS, changes)


def advantage(epsilon: float) -> float:
    """Returns how much better than guessing one can tell at most whether a person is counted.

    Example:
        >>> round(advantage(0.1), 3), round(advantage(5), 3)
        (0.05, 0.987)
    """
    return math.tanh(epsilon / 2)


@dataclass(frozen=True)
class Reading:
    """What readers of a release take for true, for each replicate.

    Attributes:
        true: Patients of each area; one row a replicate.
        read: What the release lets them be taken for.
        risk: Share of the patients whom the attacker finds, or can tell to be counted.
        residents: Residents of each area, up to a factor.
        zones: Number of each area's zone, from 0 on.
        smallest: Number of the area with fewest patients.
    """

    true: Ints
    read: Numbers
    risk: Numbers
    residents: Numbers = field(default_factory=lambda: FACTORS / RATES)
    zones: Ints = field(default_factory=lambda: np.arange(AREAS) // (AREAS // ZONES))
    smallest: int = 0


def read(
    release: Release, figures: Mapping[str, float], replicates: int = 20, seeds: Seeds | None = None
) -> Reading:
    """Makes a release of several districts and reads it.

    Args:
        release: What is released.
        figures: As `assumed` returns them.
        replicates: How many districts.
        seeds: Where the random numbers come from; always the same if None.
    """
    x, f = release, figures
    source = seeds or Seeds(PUBLIC_KEY, "policy", "releasing")
    true = patients(int(x.smallest), replicates, source)
    if x.form == "file":
        told = _file(int(x.smallest), int(x.k), int(x.fields), replicates, source)
        return Reading(true, estimates(told), found(x, f, told.classes / np.maximum(1, true.sum(axis=1))))
    noise = source.stream("noise").laplace(size=(replicates, AREAS))
    noisy = true + noise / x.epsilon
    shown = np.where(noisy >= max(x.withheld, 0.0), noisy, 0.0)
    return Reading(true, shown, np.full(replicates, x.knows * advantage(f["tables"] * x.epsilon)))


def found(x: Release, f: Mapping[str, float], classes: Numbers) -> Numbers:
    """Returns the share of the patients whom an attacker finds in a file.

    In a class of n rows a guess is right once in n times, so of each class one patient is found. Who is not
    known to be in the file may be one of the many people like them who are not.

    Args:
        x: The release.
        f: As `assumed` returns them.
        classes: Classes of the file for one patient.
    """
    return x.knows * (f["in_file"] + (1 - f["in_file"]) * f["elsewhere"]) * classes


_FILES: dict[tuple[int, ...], Told] = {}


def _file(smallest: int, k: int, fields: int, replicates: int, seeds: Seeds) -> Told:
    """Makes a file once: sliders ask for the same ones again and again."""
    key = (smallest, k, fields, replicates, seeds.word("people"))
    if key not in _FILES:
        if len(_FILES) > MANY:
            _FILES.clear()
        _FILES[key] = k_anonymous(people(smallest, replicates, seeds), k, fields)
    return _FILES[key]


def outcomes(reading: Reading, figures: Mapping[str, float]) -> dict[str, Numbers]:
    """Returns the `OUTCOMES` of each replicate.

    Args:
        reading: A release, read.
        figures: As `assumed` returns them.
    """
    true, told = reading.true.astype(np.float64), reading.read
    inside = reading.zones[:, None] == np.arange(reading.zones.max() + 1)
    zones = [each @ inside for each in (true, told)]
    least = int(zones[0].mean(axis=0).argmin())
    gaps = [np.ptp(each / reading.residents, axis=1) for each in (true, told)]
    short = np.maximum(0.0, true - told * (1 + figures["slack"])).sum(axis=1)
    return {
        "risk": reading.risk,
        "error_total": _off(true.sum(axis=1), told.sum(axis=1)),
        "error_zone": _off(zones[0][:, least], zones[1][:, least]),
        "error_gap": _off(gaps[0], gaps[1]),
        "error_smallest": _off(true[:, reading.smallest], told[:, reading.smallest]),
        "missed": 1000 * short / np.maximum(1.0, true.sum(axis=1)),
    }


def _off(true: Numbers, told: Numbers) -> Numbers:
    """Returns the relative error; a true zero counts as one."""
    return np.asarray(np.abs(told - true) / np.maximum(1e-9, np.where(true > 0, true, 1.0)))


def run(
    release: Release,
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
    seeds: Seeds | None = None,
) -> pd.DataFrame:
    """Makes a release of several districts.

    Args:
        release: What is released.
        figures: As `assumed` returns them; the unchanged ones if None.
        replicates: How many districts.
        seeds: Where the random numbers come from; always the same if None.

    Returns:
        One row a replicate: `replicate` and the `OUTCOMES`. Replicate -1 is their mean.

    Example:
        >>> districts = run(Release(), replicates=3)
        >>> list(districts["replicate"]), bool(districts.equals(run(Release(), replicates=3)))
        ([-1, 0, 1, 2], True)
    """
    told = figures or assumed()
    found = outcomes(read(release, told, replicates, seeds), told)
    return _with_mean({name: values[None] for name, values in found.items()})


def _with_mean(found: Mapping[str, Numbers]) -> pd.DataFrame:
    """Puts the mean of the replicates above them; each array has one row a setting."""
    columns = {name: np.column_stack([values.mean(axis=1), values]).ravel() for name, values in found.items()}
    settings, count = next(iter(found.values())).shape
    return pd.DataFrame({"replicate": np.tile(np.arange(-1, count), settings), **columns})


def sweep(
    release: Release,
    lever: str,
    values: Sequence[float],
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
) -> pd.DataFrame:
    """Makes releases for several values of one attribute.

    Returns:
        As `run`, with the value in a first column of its name.

    Raises:
        HilabError: There is no such attribute.
    """
    if lever not in {field.name for field in fields(Release)}:
        raise HilabError(said("A release has no '{name}'.", name=lever))
    told = figures or assumed()
    every = [replace(release, **{lever: value}) for value in values]  # type: ignore[arg-type]
    found = [outcomes(read(each, told, replicates), told) for each in every]
    table = _with_mean({name: np.array([each[name] for each in found]) for name in OUTCOMES})
    table.insert(0, lever, np.repeat(np.array(values), replicates + 1))
    return table


def by_group(
    release: Release, figures: Mapping[str, float] | None = None, replicates: int = 20
) -> pd.DataFrame:
    """Returns the error of each area's number of patients.

    Returns:
        Columns `size` (about how many patients the area has), `replicate` (-1: the mean) and `error`.

    Example:
        >>> errors = by_group(Release(form="counts"), replicates=2)
        >>> list(errors["size"][:3]), len(errors)
        ([20, 20, 20], 36)
    """
    reading = read(release, figures or assumed(), replicates)
    errors = _off(reading.true.astype(np.float64), reading.read)
    order = np.argsort(FACTORS)
    table = _with_mean({"error": errors[:, order].T})
    sizes = np.round(release.smallest * FACTORS[order]).astype(np.int64)
    table.insert(0, "size", np.repeat(sizes, replicates + 1))
    return table
