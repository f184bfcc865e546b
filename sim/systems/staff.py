"""Who works in the large hospital, and since when and until when."""

import numpy as np
import pandas as pd

from sim.systems.his import WARDS
from sim.systems.planting import days, scaled
from sim.systems.recorder import Recorder, Setting
from sim.systems.schema import Column, Table

STAFF = Table(
    "staff",
    "Somebody who works in the hospital, or did until lately. They live in the county, so each has a record "
    "as a patient, too.",
    "staff_id",
    (
        Column("staff_id", "text", 'Number of the account, "U" and four digits; carries no order'),
        Column("given_name", "text", "Given name"),
        Column("family_name", "text", "Family name"),
        Column("role", "text", "physician, nurse, ward_clerk, pharmacist, laboratory, billing or it"),
        Column(
            "unit", "text", "Ward or clinic, in the words of his_encounters; the role where there is none"
        ),
        Column("mrn", "text", "Own record number as a patient"),
        Column("hired_on", "text", "First day, YYYY-MM-DD"),
        Column("left_on", "text", "Day from which they no longer work here, YYYY-MM-DD; blank if they do"),
    ),
)

ROLES = {
    "physician": 26,
    "nurse": 52,
    "ward_clerk": 18,
    "pharmacist": 6,
    "laboratory": 8,
    "billing": 8,
    "it": 4,
}
"""People in each role, in a district of 2,000 (assumed)."""

ON_WARDS = ("physician", "nurse", "ward_clerk")
"""Roles that belong to a ward."""

LEAVERS = 0.2
"""Share of staff who left within `LEFT_DAYS` (assumed)."""

LEFT_DAYS = (15, 120)
"""How many days ago they left, at least and at most (assumed)."""


def wards_of(country: str) -> list[str]:
    """Returns every ward of the hospital once."""
    return list(dict.fromkeys(ward for wards in WARDS[country].values() for ward in wards))


def employ(setting: Setting) -> dict[str, pd.DataFrame]:
    """Lists the staff.

    Returns:
        A working table of `staff`, sorted by number, with `_person`.
    """
    rng, patients = setting.stream("staff"), setting.tables["his_patients"]
    people = setting.people
    age = (setting.today - people["birth_date"]).dt.days / 365.25
    fit = people.index[people["alive"] & age.between(23, 66)]
    first = patients[patients["_person"].isin(fit)].drop_duplicates("_person")
    roles = [role for role, count in ROLES.items() for _ in range(scaled(count, setting.size))]
    chosen = first.iloc[rng.permutation(len(first))[: len(roles)]].reset_index(drop=True)
    roles, wards = roles[: len(chosen)], wards_of(setting.country)
    draws = rng.random((4, len(chosen)))
    units = [wards[n % len(wards)] if role in ON_WARDS else role for n, role in enumerate(roles)]
    ago = np.round(LEFT_DAYS[0] + draws[1] * (LEFT_DAYS[1] - LEFT_DAYS[0]))
    left = setting.today - pd.to_timedelta(ago, unit="D")
    hired = setting.today - pd.to_timedelta(np.round(400 + draws[2] * 6000), unit="D")
    table = pd.DataFrame(
        {
            "staff_id": [f"U{number}" for number in rng.choice(9000, len(chosen), replace=False) + 1000],
            "given_name": people["given"].loc[chosen["_person"]].to_numpy(),
            "family_name": people["surname"].loc[chosen["_person"]].to_numpy(),
            "role": roles,
            "unit": units,
            "mrn": chosen["mrn"],
            "hired_on": days(pd.Series(hired)),
            "left_on": days(pd.Series(left)).where(
                draws[0].argsort().argsort() < round(LEAVERS * len(chosen))
            ),
            "_person": chosen["_person"],
        }
    )
    return {"staff": table.sort_values("staff_id", ignore_index=True)}


RECORDERS = (Recorder("governance", (STAFF,), employ, reads=("his_patients",)),)
