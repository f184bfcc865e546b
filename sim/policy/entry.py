"""Data entry at a registration desk: what its controls do to records, minutes and patients.

A model to think with, not a forecast. Every figure it rests on stands in `ASSUMPTIONS` with its source or the
word "assumed", and can be changed. A *replicate* is one year of 10,000 registrations; the replicates of two
settings share their random numbers, so that their difference is due to the settings.

The chain of causes:
    a field must be filled   → fewer blanks, but an unknown answer becomes an invented one (junk)
    more fields, more minutes of the clerk → less slack → more junk, fewer checks against the card
    junk and blanks in what identifies a person → the old record is not found → a duplicate
    junk makes strangers look alike, haste picks one of them → a wrong chart
    blank phone → seen on a work list and often repaired; invented phone → nobody sees it → a missed recall
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from sim.errors import HilabError
from sim.policy.assumptions import Assumption, changed
from sim.seeds import PUBLIC_KEY, Seeds
from sim.words import said

YEAR = 10_000
"""Registrations in a replicate."""

FIELDS = 10
"""Fields of the form besides name and sex."""

OUTCOMES = (
    "blanks",
    "junk",
    "duplicates",
    "missed_recalls",
    "wrong_patients",
    "wrong_allergies",
    "harmed",
    "minutes",
)
"""Per 1,000 registrations (blanks and junk: fields per 1,000 fields), and minutes per registration."""


ASSUMPTIONS = (
    Assumption("unknown", 0.20, "share", "Answers that a patient does not have at hand", "assumed"),
    Assumption("junk", 0.08, "share", "Invented entries in a field that must be filled, no haste", "assumed"),
    Assumption("haste", 2.5, "times", "More junk and wrong picks when no minute is left, by", "assumed"),
    Assumption("seconds", 8.0, "s", "Time to ask for and type one field", "assumed"),
    Assumption("card", 2.0, "s", "Time to check one field against a card", "assumed"),
    Assumption("known", 0.70, "share", "Registrations of somebody who has a record already", "assumed"),
    Assumption(
        "duplicate", 0.08, "share", "Known patients registered anew because the search fails",
        "duplicate rate of a typical hospital, most born at registration (FTR2017_ECRI, second-hand)",
    ),
    Assumption("pick", 0.006, "share", "Registrations in which a stranger's record is picked", "assumed"),
    Assumption("scan", 0.55, "times", "Failed searches and wrong picks left by a barcode", "assumed"),
    Assumption("warning", 40.0, "s", "Time to look at one warning about a similar record", "assumed"),
    Assumption("accept", 0.02, "share", "Warnings in which a stranger is taken for the patient", "assumed"),
    Assumption("recall", 0.12, "share", "Registered people who must be called back some day", "assumed"),
    Assumption("chased", 0.75, "share", "Blank phone numbers that a work list repairs in time", "assumed"),
    Assumption("allergy", 0.15, "share", "Wrong charts whose allergy list is relied upon", "assumed"),
    Assumption("overlooked", 0.012, "share", "Duplicates that hide an allergy when it matters", "assumed"),
    Assumption("harm", 0.02, "share", "Wrong charts that reach harm", "assumed"),
)  # fmt: skip
"""All figures of the model. The shares are of registrations unless their meaning says otherwise."""


@dataclass(frozen=True)
class Controls:
    """How the desk is run.

    Attributes:
        mandatory: Share of the form's fields that must be filled (0 to 1).
        checkable: Share of those fields that a card shows and that can be confirmed on the spot (0 to 1).
        load: Registrations for one clerk in an hour (4 to 20).
        barcode: Whether a wristband or card is scanned to find the record.
        threshold: How alike an old record must be before the screen warns: .5 warns often, 1 never.
        review: Warnings per registration, if a rule of one's own gives them; else the threshold does.
        caught: Share of duplicates prevented, if a rule of one's own gives it.
        merged_wrongly: Wrong merges per registration by a rule of one's own.
    """

    mandatory: float = 0.4
    checkable: float = 0.2
    load: float = 12.0
    barcode: bool = False
    threshold: float = 1.0
    review: float | None = None
    caught: float | None = None
    merged_wrongly: float = 0.0

    def __post_init__(self) -> None:
        """Refuses controls that no desk can have.

        Raises:
            HilabError: One lies outside its range; the sentence says which.
        """
        ranges = {"mandatory": (0, 1), "checkable": (0, 1), "load": (4, 20), "threshold": (0.5, 1)}
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                outside = "The control '{name}' must lie between {low} and {high}."
                raise HilabError(said(outside, name=name, low=low, high=high))


def assumed(changes: Mapping[str, float] | None = None) -> dict[str, float]:
    """Returns the model's figures, some of them changed.

    Raises:
        HilabError: A name is unknown, or a figure is negative or a share above 1.
    """
    return changed(ASSUMPTIONS, changes)


def expected(controls: Controls, figures: Mapping[str, float]) -> dict[str, float]:
    """Returns the expected outcomes of one registration: probabilities, shares of fields, and minutes.

    Args:
        controls: How the desk is run.
        figures: As `assumed` returns them.
    """
    c, f = controls, figures
    warnings = c.review if c.review is not None else 0.6 * (2 * (1 - c.threshold)) ** 3
    caught = c.caught if c.caught is not None else 0.9 * (1 - (2 * c.threshold - 1) ** 2)
    asked = FIELDS * (0.4 + 0.6 * c.mandatory)
    minutes = 1.3 + asked * f["seconds"] / 60 + warnings * f["warning"] / 60 + (0.15 if c.barcode else 0.3)
    slack = 1 - minutes * c.load / 60
    checked = c.checkable * c.mandatory * min(1.0, max(0.0, slack) / 0.4)
    minutes += FIELDS * checked * f["card"] / 60
    haste = 1 + f["haste"] * min(1.0, max(0.0, 0.5 - slack) / 0.5)

    blanks = f["unknown"] * (1 - c.mandatory)
    junk = min(1.0, f["junk"] * haste * c.mandatory) * (1 - (checked / c.mandatory if c.mandatory else 0.0))
    scan = f["scan"] if c.barcode else 1.0
    unclear = 1 + 2.0 * blanks + 4.0 * junk
    duplicates = f["known"] * min(1.0, f["duplicate"] * scan * unclear) * (1 - caught)
    picked = min(1.0, f["pick"] * scan * haste * (1 + 8.0 * junk + 1.0 * blanks))
    wrong = min(1.0, picked + warnings * f["accept"] * haste * scan**0.5 + c.merged_wrongly)
    lost = 1 - (1 - blanks * (1 - f["chased"])) * (1 - junk) * (1 - duplicates)
    return {
        "blanks": blanks,
        "junk": junk,
        "duplicates": duplicates,
        "missed_recalls": f["recall"] * lost,
        "wrong_patients": wrong,
        "wrong_allergies": wrong * f["allergy"] + duplicates * f["overlooked"],
        "harmed": wrong * f["harm"],
        "minutes": minutes,
    }


def run(
    controls: Controls,
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
    seeds: Seeds | None = None,
) -> pd.DataFrame:
    """Simulates years at the desk.

    Args:
        controls: How the desk is run.
        figures: As `assumed` returns them; the unchanged ones if None.
        replicates: Number of years.
        seeds: Where the random numbers come from; always the same if None.

    Returns:
        One row a replicate: `replicate` and the `OUTCOMES`. The expected values have replicate -1.

    Example:
        >>> years = run(Controls(), replicates=3)
        >>> list(years["replicate"]), bool(years.equals(run(Controls(), replicates=3)))
        ([-1, 0, 1, 2], True)
    """
    chances = expected(controls, figures or assumed())
    draws = _draws(replicates, seeds or Seeds(PUBLIC_KEY, "policy", "entry"))
    rows = {
        name: [1000 * chance, *_rates(chance, draws[_STREAM[name]])]
        for name, chance in chances.items()
        if name != "minutes"
    }
    spread = 1 + 0.02 * draws["minutes"][:, 0]
    rows["minutes"] = [chances["minutes"], *(chances["minutes"] * spread)]
    return pd.DataFrame({"replicate": range(-1, replicates), **{name: rows[name] for name in OUTCOMES}})


_STREAM = {name: name for name in OUTCOMES} | {"harmed": "wrong_patients"}
"""Harm happens in a wrong chart: the smaller chance, drawn from the same numbers, gives a part of them."""

_CACHE: dict[tuple[int, int], dict[str, np.ndarray]] = {}


def _draws(replicates: int, seeds: Seeds) -> dict[str, np.ndarray]:
    """Sorted uniform numbers, one a registration: how many lie below a chance is a binomial count."""
    key = (replicates, seeds.word("entry"))
    if key not in _CACHE:
        _CACHE.clear()
        found = {n: np.sort(seeds.stream(n).random((replicates, YEAR)), axis=1) for n in OUTCOMES[:-1]}
        found["minutes"] = seeds.stream("minutes").standard_normal((replicates, 1))
        _CACHE[key] = found
    return _CACHE[key]


def _rates(chance: float, draws: np.ndarray) -> list[float]:
    return [1000 * float(np.searchsorted(row, chance)) / YEAR for row in draws]


def sweep(
    controls: Controls,
    lever: str,
    values: list[float],
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
) -> pd.DataFrame:
    """Runs the desk for several values of one control.

    Returns:
        As `run`, with the control's value in a first column of its name.

    Raises:
        HilabError: There is no such control.
    """
    if lever not in {field.name for field in fields(Controls)}:
        raise HilabError(said("There is no control '{name}'.", name=lever))
    parts = [
        run(replace(controls, **{lever: value}), figures, replicates).assign(**{lever: value})  # type: ignore[arg-type]
        for value in values
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[[lever, *(name for name in table.columns if name != lever)]]
