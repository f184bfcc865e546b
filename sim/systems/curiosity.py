"""Whose chart somebody in a hospital may open out of curiosity."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.recorder import Setting

PATTERNS = ("colleague", "celebrity", "ex_partner", "neighbour")
"""Whom somebody may be curious about."""

EX_PARTNER_YEARS = 6
"""Former partners are no further apart in age (assumed)."""

_Columns = dict[str, npt.NDArray[Any]]

COLUMNS = ["staff_id", "_left_on", "_pattern", "_victim"]


def list_curious(
    setting: Setting, visits: pd.DataFrame, log: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Says of each account whom its owner may be curious about.

    Args:
        setting: The hospital; its `staff` and `his_patients` are read.
        visits: The visits of the time that the log is about.
        log: What was opened for work: staff_id and mrn.
        rng: Stream to draw from.

    Returns:
        One row an account, with the columns `COLUMNS`; the victim is a record number that the account does
        not open for work, or missing.
    """
    staff = setting.tables["staff"]
    living = _living(setting)
    row_of = {mrn: row for row, mrn in enumerate(living["mrn"].tolist())}
    work = log.groupby("staff_id")["mrn"].agg(set).to_dict()
    stays = visits.loc[visits["class"] == "inpatient", "mrn"]
    famous = str((stays.to_numpy() if len(stays) else living["mrn"])[int(rng.integers(max(len(stays), 1)))])
    rows = []
    for number, one in enumerate(staff.to_dict("records")):
        pattern = PATTERNS[number % len(PATTERNS)]
        if pattern == "colleague":
            pool = staff.loc[staff["unit"] == one["unit"], "mrn"].tolist()
        elif pattern == "celebrity" or one["mrn"] not in row_of:
            pool = [famous]
        else:
            pool = _near(pattern, row_of[one["mrn"]], living)
        pool = [mrn for mrn in pool if mrn != one["mrn"] and mrn not in work.get(one["staff_id"], set())]
        victim = pool[int(rng.integers(len(pool)))] if pool else None
        rows.append((one["staff_id"], one["left_on"], pattern, victim))
    return pd.DataFrame(rows, columns=COLUMNS)


def _living(setting: Setting) -> _Columns:
    """Returns a record number, sex, birth year, household, area and street of every living patient."""
    patients = setting.tables["his_patients"]
    once = patients[patients["deceased_on"].isna()].drop_duplicates("_person")
    people = setting.people.loc[once["_person"]]
    street = people["address"].str.replace(r"\d+", "", regex=True)
    return {
        "mrn": once["mrn"].to_numpy(dtype=object),
        "sex": people["sex"].to_numpy(dtype=object),
        "born": people["birth_date"].dt.year.to_numpy(),
        "household": people["household"].to_numpy(),
        "area": pd.factorize(people["area"])[0],
        "street": pd.factorize(street)[0],
    }


def _near(pattern: str, me: int, living: _Columns) -> list[str]:
    """Returns the record numbers of possible former partners or of neighbours, outside the household."""
    others = living["household"] != living["household"][me]
    if pattern == "ex_partner":
        apart = np.abs(living["born"] - living["born"][me])
        fit = others & (apart <= EX_PARTNER_YEARS) & (living["sex"] != living["sex"][me])
    else:
        area = others & (living["area"] == living["area"][me])
        street = area & (living["street"] == living["street"][me])
        fit = street if street.any() else area
    found: list[str] = living["mrn"][fit].tolist()
    return found
