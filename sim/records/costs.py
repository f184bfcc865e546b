"""What care costs. All amounts are assumed; only their order of size means anything."""

import hashlib

import numpy as np
import numpy.typing as npt

from sim.records.payers import PAYERS, Payers

Money = npt.NDArray[np.float64]

ENCOUNTERS = {
    "ambulatory": 110.0,
    "outpatient": 130.0,
    "wellness": 140.0,
    "urgentcare": 160.0,
    "emergency": 620.0,
    "inpatient": 1_900.0,
    "virtual": 70.0,
}
"""Dollars for an encounter of each class (assumed)."""

ELSE = ENCOUNTERS["ambulatory"]
"""Dollars for an encounter of any other class (assumed)."""

DAY_INPATIENT = 1_450.0
"""Dollars for each day in hospital (assumed)."""

MEDICATION = (4.0, 120.0)
"""Lowest and highest price of one dispense, in dollars (assumed)."""

PROCEDURE = (60.0, 1_800.0)
"""Lowest and highest price of one procedure, in dollars (assumed)."""


def price(code: str, span: tuple[float, float]) -> float:
    """Returns the price of a code: anywhere in the span, always the same for one code.

    Example:
        >>> 4 <= price("860975", MEDICATION) <= 120
        True
    """
    share = int.from_bytes(hashlib.sha256(code.encode("utf-8")).digest()[:4], "big") / 2**32
    return float(round(span[0] * (span[1] / span[0]) ** share, 2))


def coverage(total: Money, payer: Payers) -> Money:
    """Returns the part of each bill that the payer takes, in dollars."""
    covers = np.array([each.covers for each in PAYERS])
    return np.asarray(np.round(total * covers[payer], 2))
