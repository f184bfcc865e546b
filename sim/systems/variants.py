"""The gene panel: which variants it reads, how frequent they are and what they are tied to."""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from sim.paths import datasets
from sim.systems.outcomes import CARRIERS

POPULATIONS = {"asian": "asian", "black": "black", "hawaiian": "asian"}
"""Which population's frequencies hold for whom; everybody else has those called white (assumed)."""

HARM = "hlb1"
"""The invented variant: whoever carries it is harmed by the outreach treatment (`sim.systems.outcomes`)."""

HARM_FREQUENCY = 1 - (1 - CARRIERS) ** 0.5
"""Its frequency, at which the share of carriers is that of the potential outcomes."""

E4, E2 = "rs429358", "rs7412"
"""The two variants that make the alleles of APOE; no chromosome has both."""

APOE = ("e3/e3", "e3/e4", "e4/e4", "e2/e3", "e2/e4", "e2/e2")
"""Genotypes of APOE."""


@dataclass(frozen=True)
class Variant:
    """A place in the genome that the panel reads.

    Attributes:
        rsid: Its name in dbSNP.
        gene: The gene it belongs to.
        allele: What the variant makes of the gene, such as "*2"; empty where it has no name of its own.
        chrom: Chromosome, GRCh38.
        position: Place on it, from 1.
        ref: Letter of the reference.
        alt: The other letter.
        frequency: Share of chromosomes with the other letter, by population.
    """

    rsid: str
    gene: str
    allele: str
    chrom: str
    position: int
    ref: str
    alt: str
    frequency: dict[str, float]


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(
        datasets("reference", name), dtype="str", encoding="utf-8", keep_default_na=False, na_values=[]
    )


@cache
def panel() -> tuple[Variant, ...]:
    """Reads the variants of the panel in their order on the genome.

    Example:
        >>> [variant.allele for variant in panel() if variant.gene == "CYP2C19"]
        ['*17', '*3', '*2']
    """
    shares = _read("panel_frequencies.csv")
    found = []
    for row in _read("panel_variants.csv").to_dict("records"):
        mine = shares[shares["variant"] == row["rsid"]]
        frequency = dict(zip(mine["population"], mine["frequency"].astype(float), strict=True))
        found.append(
            Variant(
                row["rsid"],
                row["gene"],
                row["allele"],
                row["chrom"],
                int(row["position"]),
                row["ref"],
                row["alt"],
                frequency or dict.fromkeys(("white", "asian", "black"), HARM_FREQUENCY),
            )
        )
    return tuple(found)


@cache
def effects() -> dict[tuple[str, str], dict[str, float]]:
    """Reads by variant and outcome the odds ratio of each genotype that has one.

    Example:
        >>> effects()["rs7903146", "diabetes"]
        {'per copy': 1.35}
    """
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in _read("panel_effects.csv").to_dict("records"):
        found.setdefault((row["variant"], row["outcome"]), {})[row["genotype"]] = float(row["odds_ratio"])
    return found


def odds_of_copies(variant: str, outcome: str) -> tuple[float, float, float]:
    """Returns the odds ratios of an outcome with no, one and two copies of a variant.

    Example:
        >>> odds_of_copies("rs6025", "pulmonary embolism")
        (1.0, 2.7, 18.0)
        >>> odds_of_copies("rs4149056", "simvastatin: muscle complaints")
        (1.0, 4.5, 20.25)
    """
    told = effects()[variant, outcome]
    if "per copy" in told:
        return 1.0, told["per copy"], told["per copy"] ** 2
    return 1.0, told["one copy"], told["two copies"]
