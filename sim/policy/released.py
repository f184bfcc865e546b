"""A hospital's patients as it gives them away: without names, with whatever else is left.

Lab 4 attacks such files and then protects them.
"""

import pandas as pd

from sim.errors import HilabError
from sim.words import said

TODAY = 2025
"""The year at whose end a patient's age is counted."""

WHO = ["given_name", "family_name", "sex", "birth_date"]
NEEDED = ("mrn", *WHO, "area", "deceased_on", "moved_away_on")


def list_patients(patients: pd.DataFrame) -> pd.DataFrame:
    """Returns the living patients who have not left, once each, without anything that names them.

    Args:
        patients: A hospital's patients, as in his_patients.

    Returns:
        Their mrn, birth_date, birth_year, age (a whole number), sex, area, and the larger places that an area
        belongs to: town (its first three characters) and zone (its first two).

    Raises:
        HilabError: The table lacks a column.

    Example (the same person, registered twice):
        >>> row = {"mrn": "H1", "given_name": "Zoë", "family_name": "Núñez", "sex": "F", "area": "X0104",
        ...        "birth_date": "1980-05-17", "deceased_on": None, "moved_away_on": None}
        >>> list_patients(pd.DataFrame([row, row | {"mrn": "H2"}])).to_numpy().tolist()
        [['H1', '1980-05-17', '1980', 45, 'F', 'X0104', 'X01', 'X0']]
    """
    for column in NEEDED:
        if column not in patients:
            lacks = "The table of {name} lacks the column '{column}'."
            raise HilabError(said(lacks, name="patients", column=column))
    here = patients[patients["deceased_on"].isna() & patients["moved_away_on"].isna()]
    once = here.drop_duplicates(WHO).reset_index(drop=True)
    return with_places(once[["mrn", "birth_date", "sex", "area"]])[
        ["mrn", "birth_date", "birth_year", "age", "sex", "area", "town", "zone"]
    ]


def with_places(people: pd.DataFrame) -> pd.DataFrame:
    """Adds birth_year, age, town and zone to people with a date of birth and an area."""
    year = people["birth_date"].str[:4]
    return people.assign(
        birth_year=year,
        age=TODAY - year.astype("int64"),
        town=people["area"].str[:3],
        zone=people["area"].str[:2],
    )


def with_diagnosis(people: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Adds to patients the diagnosis of their last visit that has one, cut to three characters.

    Args:
        people: A table with the column mrn; who never had a diagnosis is left out.
        visits: A hospital's visits, as in his_encounters.

    Example:
        >>> seen = pd.DataFrame({"mrn": ["H1", "H1", "H2"], "dx_code": ["E11.9", "I10", None],
        ...                      "admitted_at": ["2024-01-01", "2025-01-01", "2025-02-01"]})
        >>> with_diagnosis(pd.DataFrame({"mrn": ["H1", "H2"]}), seen).to_numpy().tolist()
        [['H1', 'I10']]
    """
    coded = visits.dropna(subset="dx_code").sort_values("admitted_at", kind="stable")
    last = coded.drop_duplicates("mrn", keep="last").set_index("mrn")["dx_code"].str[:3]
    told = people.assign(dx=people["mrn"].map(last))
    return told.dropna(subset="dx").reset_index(drop=True)
