"""Watching people at home: what more readings do to data, alarms, nurses and patients.

A model to think with, not a forecast. Every figure it rests on stands in `ASSUMPTIONS` with its source or the
word "assumed", and can be changed. A *replicate* is 10,000 patient-days; the replicates of two settings share
their random numbers, so that their difference is due to the settings.

The chain of causes:
    somebody gets worse, and stays so for some hours → a reading falls into these hours, or none does
    a reading out of range raises an alarm; most such readings are nothing → false alarms
    more alarms than a nurse can look at → true ones wait as well
    people without a device are seen at visits twice a day → short changes for the worse are missed
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import HilabError
from sim.policy.assumptions import Assumption, changed
from sim.seeds import PUBLIC_KEY, Seeds
from sim.words import said

DAYS = 10_000
"""Patient-days in a replicate."""

MINUTES = 1440
"""Minutes of a day."""

INTERVALS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 240.0, 480.0, 1440.0)
"""Minutes between two readings of a device, from the densest to one a day."""

OUTCOMES = ("megabytes", "seconds", "alarms", "missed", "decisions")
"""Megabytes and seconds of computing a day, alarms in a nurse's shift, and, per 1,000 patient-days, missed
deteriorations and decisions that a reading changed."""

ASSUMPTIONS = (
    Assumption("bytes", 85.0, "bytes", "Room that one reading takes as text", "about as in app_readings"),
    Assumption("cost", 4.0, "µs", "Computing for one reading", "assumed"),
    Assumption("rate", 10.0, "per 1,000", "Deteriorations per 1,000 patient-days", "assumed"),
    Assumption("half_life", 6.0, "h", "Time after which half of the deteriorations are over", "assumed"),
    Assumption("sensitivity", 0.8, "share", "Readings in a deterioration that are out of range", "assumed"),
    Assumption("false", 0.01, "share", "Readings out of range with nothing behind them", "assumed"),
    Assumption("watched", 10.0, "people", "People whom one nurse watches in a shift of 8 hours", "assumed"),
    Assumption("patience", 12.0, "alarms", "Alarms in a shift at which half are left unanswered", "assumed"),
    Assumption("rounds", 2.0, "a day", "Visits to people without a device", "assumed"),
    Assumption("useful", 0.5, "share", "Deteriorations found whose treatment changes", "assumed"),
)
"""All figures of the model."""


@dataclass(frozen=True)
class Controls:
    """How people are watched.

    Attributes:
        people: People in the programme (300 to 50,000).
        share: Share of them with a device (0 to 1).
        interval: Minutes between two readings of a device (1 to 1,440).
    """

    people: float = 2000.0
    share: float = 0.3
    interval: float = 240.0

    def __post_init__(self) -> None:
        """Refuses controls that no programme can have.

        Raises:
            HilabError: One lies outside its range; the sentence says which.
        """
        ranges = {"people": (300, 50_000), "share": (0, 1), "interval": (1, MINUTES)}
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                outside = "The control '{name}' must lie between {low} and {high}."
                raise HilabError(said(outside, name=name, low=low, high=f"{high:,}"))


def assumed(changes: Mapping[str, float] | None = None) -> dict[str, float]:
    """Returns the model's figures, some of them changed.

    Raises:
        HilabError: A name is unknown, or a figure is negative or a share above 1.
    """
    return changed(ASSUMPTIONS, changes)


def seen(minutes: float, figures: Mapping[str, float]) -> float:
    """Returns the chance that a reading out of range falls into a deterioration.

    Deteriorations last exponentially long. With readings every *i* minutes of which a share *s* shows it, it
    is as if a sure reading came every *i*/*s* minutes; the chance that one falls into a mean time *m* is
    (m s / i) (1 - exp(-i / (m s))).

    Args:
        minutes: Minutes between two readings.
        figures: As `assumed` returns them.

    Example:
        >>> round(seen(60, assumed()), 3), round(seen(1440, assumed()), 3)
        (0.931, 0.28)
    """
    mean = 60 * figures["half_life"] / math.log(2)
    ratio = mean * figures["sensitivity"] / minutes
    return ratio * -math.expm1(-1 / ratio) if ratio else 0.0


def expected(controls: Controls, figures: Mapping[str, float]) -> dict[str, float]:
    """Returns the expected outcomes: volumes a day, alarms a shift, and chances for one patient-day.

    Args:
        controls: How people are watched.
        figures: As `assumed` returns them.
    """
    c, f = controls, figures
    readings = MINUTES / c.interval
    false_alarms = f["watched"] * c.share * readings / 3 * f["false"]
    with_device = seen(c.interval, f)
    true_alarms = f["watched"] * c.share * with_device * f["rate"] / 3000
    alarms = false_alarms + true_alarms
    answered = 1 / (1 + (alarms / f["patience"]) ** 2) if f["patience"] else 0.0
    visited = seen(MINUTES / f["rounds"], f) if f["rounds"] else 0.0
    found = c.share * with_device * answered + (1 - c.share) * visited
    rows = c.people * c.share * readings
    return {
        "megabytes": rows * f["bytes"] / 1e6,
        "seconds": rows * f["cost"] / 1e6,
        "alarms": alarms,
        "missed": f["rate"] / 1000 * (1 - found),
        "decisions": f["rate"] / 1000 * found * f["useful"],
    }


def run(
    controls: Controls,
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
    seeds: Seeds | None = None,
) -> pd.DataFrame:
    """Simulates watching people for 10,000 patient-days, several times.

    Args:
        controls: How people are watched.
        figures: As `assumed` returns them; the unchanged ones if None.
        replicates: How often.
        seeds: Where the random numbers come from; always the same if None.

    Returns:
        One row a replicate: `replicate` and the `OUTCOMES`. The expected values have replicate -1.

    Example:
        >>> times = run(Controls(), replicates=3)
        >>> list(times["replicate"]), bool(times.equals(run(Controls(), replicates=3)))
        ([-1, 0, 1, 2], True)
    """
    chances = expected(controls, figures or assumed())
    draws = _draws(replicates, seeds or Seeds(PUBLIC_KEY, "policy", "monitoring"))
    rows: dict[str, list[float]] = {}
    for name, value in chances.items():
        if name in ("missed", "decisions"):
            counts = [int(np.searchsorted(row, value)) for row in draws[name]]
            rows[name] = [1000 * value, *(1000 * count / DAYS for count in counts)]
        else:
            spread = draws["spread"] if name == "alarms" else np.zeros(replicates)
            rows[name] = [value, *(value * np.maximum(0.0, 1 + 0.1 * spread))]
    return pd.DataFrame({"replicate": range(-1, replicates), **{name: rows[name] for name in OUTCOMES}})


_CACHE: dict[tuple[int, int], dict[str, np.ndarray]] = {}


def _draws(replicates: int, seeds: Seeds) -> dict[str, np.ndarray]:
    """Sorted uniform numbers, one a patient-day: how many lie below a chance is a binomial count."""
    key = (replicates, seeds.word("monitoring"))
    if key not in _CACHE:
        _CACHE.clear()
        found = {n: np.sort(seeds.stream(n).random((replicates, DAYS)), axis=1) for n in OUTCOMES[3:]}
        found["spread"] = seeds.stream("spread").standard_normal(replicates)
        _CACHE[key] = found
    return _CACHE[key]
