"""Counts stays and returns over three hospitals (task 3.7)."""

import pandas as pd

from sim.counters.base import District, counter, shared, truth_of
from sim.systems.catalogue import TABLES
from sim.systems.facilities import HOSPITALS

STAYS = tuple(TABLES["bed_stays"].name_at(hospital) for hospital in HOSPITALS)

DAY, RETURN_WITHIN = pd.Timedelta(days=1), pd.Timedelta(days=30)
"""A stay that begins within a day of the last belongs to it; one up to 30 days after it is a return."""


@shared
def _stays(district: District) -> pd.DataFrame:
    """Returns every stay with its person and the one after it, wherever it was."""
    records = truth_of(district).person_of_record
    parts = []
    for name in STAYS:
        told = records[records["table"] == name].set_index("record")["person"]
        stays = district.tables[name]
        parts.append(stays.assign(hospital=name, person=told.reindex(stays["stay_id"]).to_numpy()))
    stays = pd.concat(parts).sort_values(["person", "admitted_at"], kind="stable", ignore_index=True)
    later = stays.groupby("person")[["admitted_at", "hospital", "admission"]].shift(-1)
    return stays.assign(
        gap=later["admitted_at"] - stays["discharged_at"],
        elsewhere=later["hospital"].notna() & (later["hospital"] != stays["hospital"]),
        next_planned=later["admission"] == "planned",
    )


@shared
def _returns(district: District) -> pd.DataFrame:
    stays = _stays(district)
    return stays[(stays["gap"] > DAY) & (stays["gap"] <= RETURN_WITHIN) & (stays["discharged_to"] == "home")]


@counter
def returns_elsewhere(district: District) -> int:
    """Counts unplanned stays of 1 to 30 days after a discharge from another hospital."""
    found = _returns(district)
    return int((found["elsewhere"] & ~found["next_planned"]).sum())


@counter
def planned_returns(district: District) -> int:
    """Counts planned stays within 30 days of a discharge."""
    return int(_returns(district)["next_planned"].sum())


@counter
def transfers(district: District) -> int:
    """Counts stays that went on in another hospital within a day."""
    stays = _stays(district)
    return int((stays["elsewhere"] & (stays["gap"] <= DAY)).sum())


@counter
def deaths_after_discharge(district: District) -> int:
    """Counts people who died within 30 days of going home."""
    stays, people = _stays(district), truth_of(district).people
    home = stays[stays["discharged_to"] == "home"]
    left = home["person"].map(people["death_date"]) - home["discharged_at"]
    return int(home.loc[left.between(pd.Timedelta(0), RETURN_WITHIN), "person"].nunique())
