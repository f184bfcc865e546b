"""Whose recorded life each resident of a district lives."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.population import SNAPSHOT, identify_dead
from sim.seeds import Seeds

Numbers = npt.NDArray[np.int64]

NEAREST, WITHIN = 5, 5 * 365
"""So many patients come into question for a resident, and only within so many days of the nearest in age."""

MOST_DEAD = 10
"""At most so many dead people come with each living one."""

AROUND = 182
"""The dead who borrow one patient's life are born within so many days of that patient."""

_LAST = int(np.datetime64(SNAPSHOT, "D").astype(np.int64))


def choose(age: Numbers, lent: Numbers, rng: np.random.Generator) -> Numbers:
    """Chooses for each resident a patient whose record reaches the resident's age.

    Of the patients at least as old, the nearest in age that lends its life least often so far; where nobody
    is as old, the oldest.

    Args:
        age: Ages of the residents in days.
        lent: Ages of the patients in days at the end of the records, at least one.
        rng: Says in which order residents choose.

    Returns:
        For each resident the row of the patient.

    Example:
        >>> choose(np.array([300, 20_000, 90]), np.array([100, 400]), np.random.default_rng(1))
        array([1, 1, 0])
    """
    order = np.argsort(lent, kind="stable")
    sorted_ages, used = lent[order], np.zeros(len(lent), dtype=np.int64)
    first = np.minimum(np.searchsorted(sorted_ages, age), len(lent) - 1)
    last = np.searchsorted(sorted_ages, sorted_ages[first] + WITHIN, side="right")
    last = np.minimum(last, first + NEAREST)
    chosen = np.empty(len(age), dtype=np.int64)
    for resident in rng.permutation(len(age)):
        low, high = first[resident], last[resident]
        place = low + int(used[low:high].argmin())
        used[place] += 1
        chosen[resident] = order[place]
    return chosen


def match(people: pd.DataFrame, patients: pd.DataFrame, end: pd.Timestamp, seeds: Seeds) -> pd.DataFrame:
    """Gives every resident a patient of the same sex, or of any where the source has none of that sex.

    Args:
        people: The residents, as `populate` made them.
        patients: The source's living: Id, BIRTHDATE, GENDER.
        end: The day after the last that the source's records cover.
        seeds: Random streams.

    Returns:
        One row a resident: patient, and shift, the days that are added to every time in the record.
    """
    rng = seeds.stream("synthea/living")
    age, lent = _age(people["birth_date"], _LAST + 1), _age(patients["BIRTHDATE"], _day(end))
    row = np.empty(len(people), dtype=np.int64)
    for sex in ("F", "M"):
        mine, theirs = (np.flatnonzero(column == sex) for column in (people["sex"], patients["GENDER"]))
        theirs = theirs if len(theirs) else np.arange(len(patients))
        row[mine] = theirs[choose(age[mine], lent[theirs], rng)]
    shift = _days(people["birth_date"]) - _days(patients["BIRTHDATE"])[row]
    return pd.DataFrame({"patient": patients["Id"].to_numpy()[row], "shift": shift})


def bury(
    people: pd.DataFrame,
    dead: pd.DataFrame,
    living: int,
    end: pd.Timestamp,
    seeds: Seeds,
    country: str = "us",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Makes dead people, as many for each resident as the source has for each of its living.

    Args:
        people: The residents.
        dead: The source's dead: Id, BIRTHDATE, DEATHDATE, GENDER.
        living: How many of the source live.
        end: The day after the last that the source's records cover.
        seeds: Random streams.
        country: Where they lived.

    Returns:
        The dead with names and addresses, and patient and shift of each.
    """
    rng = seeds.stream("synthea/dead")
    count = round(len(people) * len(dead) / living) if living else 0
    count = min(count, MOST_DEAD * len(people)) if len(dead) else 0
    row = rng.permutation(np.arange(count) % max(len(dead), 1))
    lives = dead.iloc[row].reset_index(drop=True)
    shift = _LAST + 1 - _day(end) + rng.integers(-AROUND, AROUND + 1, count)
    shift = np.minimum(shift, _LAST - _days(lives["DEATHDATE"]))
    slot = np.sort(rng.integers(0, len(people), count))
    moved = pd.to_timedelta(shift, unit="D")
    deaths = people.iloc[slot].assign(
        sex=lives["GENDER"].to_numpy(),
        birth_date=(lives["BIRTHDATE"] + moved).to_numpy().astype("datetime64[s]"),
        death_date=(lives["DEATHDATE"] + moved).to_numpy().astype("datetime64[s]"),
    )
    named = identify_dead(deaths, seeds, country=country).assign(death_date=deaths["death_date"].to_numpy())
    return named, pd.DataFrame({"patient": lives["Id"].to_numpy(), "shift": shift})


def _days(dates: "pd.Series[pd.Timestamp]") -> Numbers:
    return np.asarray(dates.to_numpy().astype("datetime64[D]").astype(np.int64))


def _day(moment: pd.Timestamp) -> int:
    return int(np.datetime64(moment, "D").astype(np.int64))


def _age(born: "pd.Series[pd.Timestamp]", day: int) -> Numbers:
    return day - _days(born)
