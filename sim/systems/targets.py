"""Patients whose HIV status two permitted questions tell: the targets of the attack by differencing."""

from itertools import islice
from typing import Any

import pandas as pd

from sim.systems.recorder import Setting, Tables
from sim.systems.visits import HIV

TARGETS = (3, 2)
"""How many targets are coded as infected without disease, and how many with."""

WITHHELD = 5
"""Counts below this, but for 0, are withheld by the query desk (`sim.policy.queries`)."""

COLUMNS = ["mrn", "person", "code", "birth_year", "sex", "area"]


def tell_targets(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns who can be attacked: `query_targets`, with the columns `COLUMNS`, told by the large hospital.

    A target is the only patient of their birth year and sex in their area. Whoever asks how many patients of
    that sex have HIV in all areas without another of that year, and asks again without the year, learns the
    target's status from the difference. Both answers are large enough to be told.
    """
    if setting.facility.code != "H1":
        return {}
    codes = [code for code, _ in HIV[setting.country]]
    known = _patients(setting.tables["his_patients"], tables["his_encounters"], codes)
    alone = ~known.duplicated(["birth_year", "sex", "area"], keep=False) & known["code"].notna()
    once = ~known["person"].duplicated(keep=False) & known["alive"]
    found: list[pd.Series[Any]] = []
    for code, count in zip(codes, TARGETS, strict=True):
        rows = (row for _, row in known[alone & once & (known["code"] == code)].iterrows())
        found += islice((row for row in rows if _tells(known, row)), count)
    return {"query_targets": pd.DataFrame(found, columns=COLUMNS).reset_index(drop=True)}


def _patients(patients: pd.DataFrame, visits: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Returns the patients with sex, birth year, area and HIV code (missing for most), by number."""
    status = visits[visits["dx_code"].isin(codes)].drop_duplicates("mrn").set_index("mrn")["dx_code"]
    told = patients.dropna(subset=["sex", "birth_date", "area"]).sort_values("mrn", ignore_index=True)
    return pd.DataFrame(
        {
            "mrn": told["mrn"],
            "person": told["_person"],
            "code": told["mrn"].map(status),
            "birth_year": told["birth_date"].str[:4].astype("int64"),
            "sex": told["sex"],
            "area": told["area"],
            "alive": told["deceased_on"].isna(),
        }
    )


def _tells(known: pd.DataFrame, target: "pd.Series[Any]") -> bool:
    """Says whether the answers about a target, as it is coded and as either code, are large enough."""
    alike = (known["sex"] == target["sex"]) & (known["birth_year"] == target["birth_year"])
    closed = known.loc[alike & (known["area"] != target["area"]), "area"]
    group = known[(known["sex"] == target["sex"]) & ~known["area"].isin(closed)]
    return int((group["code"] == target["code"]).sum()) > WITHHELD
