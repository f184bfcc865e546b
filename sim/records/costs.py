"""What care costs. All amounts are assumed, in dollars of 2012; a stay costs about 10,400 on average.

That mean is the one of HCUP Statistical Brief 180 for stays in US hospitals in 2012.
"""

import hashlib

ENCOUNTERS = {
    "ambulatory": 110.0,
    "outpatient": 130.0,
    "wellness": 140.0,
    "urgentcare": 160.0,
    "emergency": 620.0,
    "inpatient": 1_900.0,
    "virtual": 70.0,
}
"""Dollars for an encounter of each class."""

ELSE = ENCOUNTERS["ambulatory"]
"""Dollars for an encounter of any other class."""

DAY_INPATIENT = 1_800.0
"""Dollars for each day in hospital."""

MEDICATION = (4.0, 120.0)
"""Lowest and highest price of one dispense, in dollars."""

REFILL_DAYS = 30
"""A dispense lasts this long (assumed)."""

PROCEDURE = (60.0, 1_800.0)
"""Lowest and highest price of one procedure, in dollars."""

IMMUNIZATION = (20.0, 180.0)
"""Lowest and highest price of one dose of a vaccine, in dollars."""


def price(code: str, span: tuple[float, float]) -> float:
    """Returns the price of a code: anywhere in the span, always the same for one code.

    Example:
        >>> 4 <= price("860975", MEDICATION) <= 120
        True
    """
    share = int.from_bytes(hashlib.sha256(code.encode("utf-8")).digest()[:4], "big") / 2**32
    return float(round(span[0] * (span[1] / span[0]) ** share, 2))
