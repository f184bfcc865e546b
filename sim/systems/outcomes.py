"""What would have become of people with diabetes with and without an outreach treatment: truth alone.

Tasks 6.3 to 6.5 ask whom a treatment helps. The answer is known here: everybody has an outcome with it (y1)
and one without (y0), of which only one is ever seen. The causal assumptions, all assumed:

    severity → treatment   doctors treat the sick: the naive difference between treated and others misleads
    severity → admission   the sick are admitted more often, treated or not
    genotype → effect      the treatment prevents admissions, but in carriers of one variant it causes them
    nothing else           no hidden cause of both; a carrier is neither sicker nor treated more often

In expectation 35 % of the untreated world are admitted within a year; the treatment changes that by -.134 in
non-carriers and by +.092 in carriers, by -.066 in all, while the treated are admitted .121 more often than
the others. A district has some 170 people with known diabetes, too few for chance not to hide this; so of
many draws that one is kept in which effects and weighted estimates are nearest to what is expected
(rerandomisation).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CARRIERS = 0.30
"""Share of people with the genotype that the treatment harms (assumed)."""

TREATED = (0.0, 0.921)
"""Log odds of treatment at mean severity, and their change for one standard deviation (assumed)."""

ADMITTED = (-0.899, 1.6)
"""The same of an unplanned admission within a year without treatment (assumed)."""

EFFECT, HARM = -0.944, 0.559
"""Change of the log odds of an admission by the treatment: without and with the genotype (assumed)."""

SIGNS = {"hba1c": (7.5, 0.35), "sbp": (130.0, 0.015)}
"""Centre of each sign of severity, and its weight for one unit (assumed)."""

ILLNESSES = {"kidney_disease": 0.8, "heart_failure": 1.0, "coronary_disease": 0.6}
"""Weight of each further illness (assumed)."""

AGE_WEIGHT = 0.03
"""Weight of a year of age (assumed)."""

ADULT = 18

NAIVE = 0.121
"""How much more often the treated are admitted than the others, in expectation."""

DRAWS = 300
"""How many draws the kept one is chosen from."""

_SPREAD = (0.7548776662466927, 0.5698402909980532)
"""Steps of an additive recurrence that fills the unit square evenly: powers of the inverse plastic number."""


def potential_outcomes(people: pd.DataFrame, today: pd.Timestamp, rng: np.random.Generator) -> pd.DataFrame:
    """Returns what the treatment would do to every living adult who is known to have diabetes.

    Args:
        people: Everybody; the index is the person number.
        today: The day the district is looked at; the year begins with it.
        rng: A stream at its beginning.

    Returns:
        Columns person; severity (mean 0, standard deviation 1, from age, HbA1c, blood pressure and other
        illnesses); carrier, treated; p_treated, p0, p1, the probabilities of treatment and of an admission
        without and with it; y0, y1, whether that admission happens; y, the one that is observed.
    """
    age = (today - people["birth_date"]).dt.days / 365.2425
    patients = people[people["alive"] & (age >= ADULT) & people["diabetes_diagnosed"].astype(bool)]
    severity = _normal_scores(_burden(patients, age.loc[patients.index]), rng)
    carrier = _along([severity], rng.random((1, 1)), _SPREAD[0])[0] < CARRIERS
    p_treated = _expit(TREATED[0] + TREATED[1] * severity)
    odds = ADMITTED[0] + ADMITTED[1] * severity
    p0, p1 = _expit(odds), _expit(odds + np.where(carrier, HARM, EFFECT))
    starts = rng.random((2, DRAWS, 1))
    choice, fate = (
        _along([severity, carrier], start, step) for start, step in zip(starts, _SPREAD, strict=True)
    )
    best = _clearest(choice < p_treated, fate < p0, fate < p1, carrier, p_treated, p1 - p0)
    treated, y0, y1 = choice[best] < p_treated, fate[best] < p0, fate[best] < p1
    return pd.DataFrame(
        {
            "person": patients.index,
            "severity": severity,
            "carrier": carrier,
            "treated": treated,
            "p_treated": p_treated,
            "p0": p0,
            "p1": p1,
            "y0": y0,
            "y1": y1,
            "y": np.where(treated, y1, y0),
        }
    )


def _burden(patients: pd.DataFrame, age: "pd.Series[float]") -> Floats:
    """Adds up how ill somebody is, on a scale of its own; what is not known counts as usual."""
    total: Floats = AGE_WEIGHT * age.to_numpy().astype(np.float64)
    for sign, (centre, weight) in SIGNS.items():
        known = patients[sign].astype("float64").fillna(centre).to_numpy().astype(np.float64)
        total = total + weight * (known - centre)
    for illness, weight in ILLNESSES.items():
        total = total + weight * patients[illness].to_numpy().astype(np.float64)
    return total


def _normal_scores(burden: Floats, rng: np.random.Generator) -> Floats:
    """Returns the burden's ranks as normal deviates, so that severity is spread alike in every district."""
    order = np.lexsort((rng.random(len(burden)), burden))
    ranks = np.empty(len(burden))
    ranks[order] = (np.arange(len(burden)) + 0.5) / max(len(burden), 1)
    return _deviates(ranks)


def _deviates(shares: Floats) -> Floats:
    """Returns the standard normal deviate below which a share lies (error below 4.5e-4).

    The approximation is 26.2.23 of Abramowitz and Stegun, Handbook of Mathematical Functions.

    Example:
        >>> _deviates(np.array([0.025, 0.5, 0.975])).round(2) + 0.0
        array([-1.96,  0.  ,  1.96])
    """
    tail = np.minimum(shares, 1 - shares)
    t = np.sqrt(-2 * np.log(tail))
    upper = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (
        1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    )
    deviates: Floats = np.where(shares < 0.5, -upper, upper)
    return deviates


def _along(keys: list[npt.NDArray[Any]], start: Floats, step: float) -> Floats:
    """Draws numbers between 0 and 1 that are spread evenly among neighbours in the order of the keys.

    Args:
        keys: What to sort by, the last first; shape (people,) each.
        start: The first number of every draw, shape (draws, 1).
        step: From one neighbour to the next, modulo 1.

    Returns:
        Shape (draws, people).
    """
    place = np.empty(len(keys[0]))
    place[np.lexsort(keys)] = np.arange(len(place))
    numbers: Floats = (start + step * place) % 1
    return numbers


def _clearest(treated: Flags, y0: Flags, y1: Flags, carrier: Flags, p_treated: Floats, effect: Floats) -> int:
    """Returns which draw shows effects, weighted estimates and the naive difference most nearly as expected.

    Args:
        treated: Whom each draw treats, shape (draws, people).
        y0: Whose admission happens without treatment, likewise.
        y1: Whose admission happens with it, likewise.
        carrier: Who carries the genotype, shape (people,).
        p_treated: Probability of treatment, likewise.
        effect: Difference of the probabilities of admission, likewise.
    """
    y = np.where(treated, y1, y0)
    miss = (_mean(y, treated) - _mean(y, ~treated) - NAIVE) ** 2
    weight = np.where(treated, 1 / p_treated, 1 / (1 - p_treated))
    for group in (carrier, ~carrier):
        if not group.any():
            continue
        expected = effect[group].mean()
        seen = _mean(y, weight * (treated & group)) - _mean(y, weight * (~treated & group))
        miss += (_mean(y1 * 1.0 - y0, group[None, :]) - expected) ** 2 + (seen - expected) ** 2
    return int(np.argmin(miss))


def _mean(values: npt.NDArray[Any], weights: npt.NDArray[Any]) -> Floats:
    """Returns the weighted mean of each draw; 0 where there is no weight."""
    total = np.broadcast_to(weights, values.shape).sum(axis=1)
    mean: Floats = (values * weights).sum(axis=1) / np.maximum(total, 1e-9)
    return mean


def _expit(odds: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-odds))
    return chance
