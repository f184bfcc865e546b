"""Filtration, creatinine and albumin in urine."""
# mypy: disable-error-code="no-any-return"

import math

from sim.engine.hooks.surveys import share_below
from sim.engine.jit import njit

_ADULT = 18.0
_CHILD = 14.0
_SCHWARTZ = 0.413
"""Factor of the bedside equation for children (Schwartz, J Am Soc Nephrol 2009;20:629)."""


@njit
def filtration(serum_creatinine: float, age: float, sex: int) -> float:
    """Returns eGFR in mL/min/1.73 m2 by CKD-EPI 2021 (Inker, NEJM 2021;385:1737)."""
    kappa = 0.7 if sex == 1 else 0.9
    alpha = -0.241 if sex == 1 else -0.302
    ratio = serum_creatinine / kappa
    low = math.pow(min(ratio, 1.0), alpha)
    high = math.pow(max(ratio, 1.0), -1.2)
    return 142.0 * low * high * math.pow(0.9938, age) * (1.012 if sex == 1 else 1.0)


@njit
def creatinine_for(rate: float, age: float, sex: int) -> float:
    """Returns the serum creatinine in mg/dL that gives an eGFR: the inverse of `filtration`."""
    kappa = 0.7 if sex == 1 else 0.9
    alpha = -0.241 if sex == 1 else -0.302
    share = rate / (142.0 * math.pow(0.9938, age) * (1.012 if sex == 1 else 1.0))
    return kappa * math.pow(share, 1.0 / alpha if share > 1.0 else -1.0 / 1.2)


@njit
def diseased_filtration(stage: float, own: float) -> float:
    """Returns the filtration rate in stage 3 to 5; of stage 3 most are near 60 (assumed)."""
    under = 1.0 - share_below(own)
    if stage < 4.0:
        return 59.4 - 29.4 * under * under
    return 29.4 - 14.4 * under if stage < 5.0 else 14.4 - 8.0 * under


@njit
def creatinine(rate: float, tall: float, age: float, sex: int) -> float:
    """Returns serum creatinine in mg/dL, of children by height and of adults by CKD-EPI.

    Between 14 and 20 years muscle grows from one to the other.

    Args:
        rate: Filtration rate in mL/min/1.73 m2.
        tall: Height in cm.
        age: Age in years.
        sex: 0 man, 1 woman.
    """
    grown = min(max((age - _CHILD) / 6.0, 0.0), 1.0)
    return grown * creatinine_for(rate, max(age, _ADULT), sex) + (1.0 - grown) * _SCHWARTZ * tall / rate


@njit
def estimated_filtration(rate: float, tall: float, age: float, sex: int) -> float:
    """Returns eGFR as a laboratory would report it, in mL/min/1.73 m2 (arguments as `creatinine`)."""
    if age >= 20.0:
        return rate
    serum = creatinine(rate, tall, age, sex)
    return filtration(serum, age, sex) if age >= _ADULT else _SCHWARTZ * tall / serum


@njit
def urine_albumin(own: float, sex: int, stage: float) -> float:
    """Returns albumin to creatinine in urine in mg/g: 30 and over in stages 1 and 2, often later.

    The median of 6 (women 8) without disease and the spread are assumed.
    """
    if stage <= 0.0:
        return min((8.0 if sex == 1 else 6.0) * math.exp(0.55 * own), 29.4)
    if stage < 3.0:
        return min(29.6 + 35.0 * math.exp(0.9 * own), 3000.0)
    return min(20.0 * (stage - 2.0) * (stage - 2.0) * math.exp(1.3 * own), 5000.0)
