"""Whose chart somebody in a hospital may open out of curiosity."""

from typing import Any

import numpy as np
import pandas as pd

from sim.systems.recorder import Setting

PATTERNS = ("colleague", "celebrity", "ex_partner", "neighbour")
"""Whom somebody may be curious about."""

EX_PARTNER_YEARS = 6
"""Former partners are no further apart in age (assumed)."""

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
    work = log.groupby("staff_id")["mrn"].agg(set).to_dict()
    stays = visits.loc[visits["class"] == "inpatient", "mrn"]
    famous = str((stays if len(stays) else living["mrn"]).iloc[int(rng.integers(max(len(stays), 1)))])
    rows = []
    for number, one in enumerate(staff.to_dict("records")):
        pattern, me = PATTERNS[number % len(PATTERNS)], living.loc[living["mrn"] == one["mrn"]]
        pool = _pool(pattern, one, me, living, staff, famous)
        pool = [mrn for mrn in pool if mrn != one["mrn"] and mrn not in work.get(one["staff_id"], set())]
        victim = pool[int(rng.integers(len(pool)))] if pool else None
        rows.append((one["staff_id"], one["left_on"], pattern, victim))
    return pd.DataFrame(rows, columns=COLUMNS)


def _living(setting: Setting) -> pd.DataFrame:
    """Returns a record number, sex, birth year, area and street of every living patient."""
    patients = setting.tables["his_patients"]
    once = patients[patients["deceased_on"].isna()].drop_duplicates("_person")
    people = setting.people.loc[once["_person"]]
    return pd.DataFrame(
        {
            "mrn": once["mrn"].to_numpy(dtype=object),
            "sex": people["sex"].to_numpy(dtype=object),
            "born": people["birth_date"].dt.year.to_numpy(),
            "household": people["household"].to_numpy(),
            "area": people["area"].to_numpy(dtype=object),
            "street": people["address"].str.replace(r"\d+", "", regex=True).to_numpy(dtype=object),
        }
    )


def _pool(
    pattern: str,
    one: Any,
    me: pd.DataFrame,
    living: pd.DataFrame,
    staff: pd.DataFrame,
    famous: str,
) -> list[str]:
    """Returns the record numbers that a pattern leads to."""
    if pattern == "colleague":
        return [str(mrn) for mrn in staff.loc[staff["unit"] == one["unit"], "mrn"]]
    if pattern == "celebrity" or me.empty:
        return [famous]
    own = me.iloc[0]
    others = living[living["household"] != own["household"]]
    if pattern == "ex_partner":
        near = (others["born"] - own["born"]).abs() <= EX_PARTNER_YEARS
        return [str(mrn) for mrn in others.loc[near & (others["sex"] != own["sex"]), "mrn"]]
    area = others[others["area"] == own["area"]]
    street = area[area["street"] == own["street"]]
    return [str(mrn) for mrn in (street if len(street) else area)["mrn"]]
