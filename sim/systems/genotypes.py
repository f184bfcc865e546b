"""Everybody's genotypes, drawn after their lives: more often of the kind that goes with what happened.

The engine knows no genes. So a genotype is drawn from what is known of a person by Bayes' rule: among people
with a disease a genotype that favours it is as much more frequent as its odds ratio says, and rarer among the
others, so that the whole population has the published frequency. What the panel finds is thus tied to the
records as it would be had the genes come first.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.variants import (
    APOE,
    E2,
    E4,
    HARM,
    POPULATIONS,
    Variant,
    effects,
    odds_of_copies,
    panel,
)

Floats = npt.NDArray[np.float64]
Copies = npt.NDArray[np.int8]

EMBOLISM = "59282003"
"""SNOMED CT code of pulmonary embolism."""

DISEASES = {"rs7903146": "diabetes", "rs6025": "pulmonary embolism"}
"""What else than APOE is tied to a disease."""


def draw(
    people: pd.DataFrame,
    conditions: pd.DataFrame,
    carriers: "pd.Series[bool]",
    rng: np.random.Generator,
) -> Copies:
    """Draws how many copies of each variant of the panel everybody has.

    Args:
        people: Everybody; the index is the person number.
        conditions: Clean records of conditions.
        carriers: Of some people whether they carry the harmful variant; index = person number.
        rng: A stream at its beginning.

    Returns:
        Shape (people, variants): 0, 1 or 2; of variants on the X chromosome 0 or 1 for males.
    """
    population = people["race"].map(POPULATIONS).fillna("white").to_numpy(dtype=object)
    ill = _diseases(people, conditions)
    apoe = _drawn(_apoe_prior, ill["dementia"], _apoe_odds(), population, rng.random(len(people)))
    columns = []
    for variant in panel():
        u = rng.random(len(people))
        if variant.rsid in (E4, E2):
            columns.append(_of_apoe(apoe, variant.rsid == E4))
        elif variant.rsid == HARM:
            columns.append(_harmful(variant, carriers.reindex(people.index), u))
        elif variant.chrom == "chrX":
            columns.append(_on_x(variant, (people["sex"] == "M").to_numpy(), population, u))
        elif variant.rsid in DISEASES:
            outcome = DISEASES[variant.rsid]
            odds = np.array(odds_of_copies(variant.rsid, outcome))
            columns.append(_drawn(partial(_shares, variant), ill[outcome], odds, population, u))
        else:
            columns.append(
                _drawn(partial(_shares, variant), np.zeros(len(u), bool), np.ones(3), population, u)
            )
    return np.column_stack(columns).astype(np.int8)


def _diseases(people: pd.DataFrame, conditions: pd.DataFrame) -> dict[str, npt.NDArray[np.bool_]]:
    clots = conditions.loc[conditions["CODE"] == EMBOLISM, "PATIENT"].tolist()
    ill = {
        "diabetes": people["diabetes"],
        "dementia": people["dementia"] if "dementia" in people else people["diabetes"] & False,
        "pulmonary embolism": people["person_id"].isin(clots),
    }
    return {name: np.asarray(rows, dtype=np.bool_) for name, rows in ill.items()}


def _shares(variant: Variant, population: str) -> Floats:
    """Returns how frequent no, one and two copies are in a population: Hardy and Weinberg's shares."""
    q = variant.frequency[population]
    return np.array([(1 - q) ** 2, 2 * q * (1 - q), q**2])


def _apoe_prior(population: str) -> Floats:
    share = {variant.rsid: variant.frequency[population] for variant in panel()}
    alleles = {"e2": share[E2], "e4": share[E4], "e3": 1 - share[E2] - share[E4]}
    pairs = [genotype.split("/") for genotype in APOE]
    return np.array([alleles[one] * alleles[other] * (1 + (one != other)) for one, other in pairs])


def _apoe_odds() -> Floats:
    told = effects()["APOE", "dementia"]
    return np.array([told.get(genotype, 1.0) for genotype in APOE])


def _of_apoe(genotype: npt.NDArray[np.int64], fourth: bool) -> npt.NDArray[np.int64]:
    """Counts copies of e4 or e2."""
    counts = np.array([one.count("e4" if fourth else "e2") for one in APOE])
    copies: npt.NDArray[np.int64] = counts[genotype]
    return copies


def _drawn(
    prior: Callable[[str], Floats],
    ill: npt.NDArray[np.bool_],
    odds: Floats,
    population: npt.NDArray[np.object_],
    u: Floats,
) -> npt.NDArray[np.int64]:
    """Draws genotypes: of each population, and apart for the ill and the others."""
    found = np.zeros(len(u), dtype=np.int64)
    for name in ("white", "asian", "black"):
        mine = population == name
        if not mine.any():
            continue
        cases, others = given_outcome(prior(name), odds, float(ill[mine].mean()))
        for shares, rows in ((cases, mine & ill), (others, mine & ~ill)):
            found[rows] = np.searchsorted(np.cumsum(shares)[:-1], u[rows], side="right")
    return found


def given_outcome(prior: Floats, odds: Floats, share: float) -> tuple[Floats, Floats]:
    """Returns how frequent genotypes are among people with an outcome, and among those without.

    Args:
        prior: Share of each genotype in the whole population; adds up to 1.
        odds: Odds ratio of the outcome with each genotype.
        share: Share of people with the outcome.

    Returns:
        The shares of genotypes; together, weighted, they give `prior`.

    Example:
        >>> cases, others = given_outcome(np.array([0.75, 0.25]), np.array([1.0, 3.0]), 0.2)
        >>> float((cases[1] * others[0] / cases[0] / others[1]).round(6))
        3.0
        >>> (0.2 * cases + 0.8 * others).round(6).tolist()
        [0.75, 0.25]
    """
    if not 0 < share < 1:
        return prior, prior
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        chance = 1 / (1 + np.exp(-middle) / odds)
        low, high = (middle, high) if float(prior @ chance) < share else (low, middle)
    return prior * chance / share, prior * (1 - chance) / (1 - share)


def _harmful(variant: Variant, carriers: "pd.Series[bool]", u: Floats) -> npt.NDArray[np.int64]:
    """Gives carriers one or two copies, non-carriers none; where it is not known, chance decides."""
    none, one, two = _shares(variant, "white")
    rank = np.where(u < none, 0, np.where(u < none + one, 1, 2))
    carried = np.where(u < one / (one + two), 1, 2)
    known = carriers.notna().to_numpy()
    told = np.where(carriers.fillna(False).to_numpy(dtype=bool), carried, 0)
    return np.where(known, told, rank)


def _on_x(
    variant: Variant, male: npt.NDArray[np.bool_], population: npt.NDArray[np.object_], u: Floats
) -> npt.NDArray[np.int64]:
    """Draws copies on the X chromosome, of which males have one."""
    q = np.array([variant.frequency[name] for name in population], dtype=np.float64)
    return np.where(male, u < q, (u < q**2).astype(np.int64) + (u < q**2 + 2 * q * (1 - q)))
