"""Who pays: two public programmes, two invented plans, and the patients themselves."""

from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import numpy.typing as npt

SENIOR_AGE = 65
"""From this age on the senior programme pays."""


@dataclass(frozen=True)
class Payer:
    """Somebody who pays for care.

    Attributes:
        name: What the payer is called.
        covers: Share of every bill that it pays (assumed).
    """

    name: str
    covers: float

    @property
    def id(self) -> str:
        """Id as it stands in the tables; the same in every population."""
        return str(uuid5(NAMESPACE_URL, f"urn:hilab:payer:{self.name}"))


PAYERS = (
    Payer("Senior Programme", 0.80),
    Payer("Low-Income Programme", 1.00),
    Payer("Larkfield Mutual", 0.75),
    Payer("Brightwell Health Plan", 0.70),
    Payer("Self-pay", 0.0),
)
"""All payers; elsewhere a payer is an index into these."""

_BY_SES = ((0.0, 0.62, 0.14, 0.10, 0.14), (0.0, 0.15, 0.42, 0.34, 0.09), (0.0, 0.02, 0.52, 0.43, 0.03))
"""Shares of the payers below the senior age, by socioeconomic group (assumed)."""

Payers = npt.NDArray[np.integer[Any]]


def draw_payers(ses: npt.NDArray[np.int8], luck: npt.NDArray[np.float64]) -> Payers:
    """Draws who pays for each person below the senior age.

    Args:
        ses: Socioeconomic group 0-2 of each person.
        luck: A uniform number of each person, 0 to 1.

    Returns:
        Indices into `PAYERS`.
    """
    edges = np.cumsum(np.array(_BY_SES), axis=1)[ses]
    return np.asarray((luck[:, None] > edges).sum(axis=1).clip(0, len(PAYERS) - 1))


def payer_at(payer: Payers, age: npt.NDArray[np.float64]) -> Payers:
    """Returns who pays at an age in years: the senior programme for the old."""
    return np.asarray(np.where(age >= SENIOR_AGE, 0, payer))
