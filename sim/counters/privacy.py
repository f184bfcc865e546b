"""Counts what the tasks on privacy need (lab 4), as far as hospital tables hold it."""

import pandas as pd

from sim.counters.base import District, counter, truth_of
from sim.counters.linkage import PATIENTS

QUASI = ("sex", "birth_date", "area")

SMALL = 11
"""An area is small if fewer patients than this live there."""

OLD = 85
"""Age in years from which somebody stands out."""

HARBOR = 89
"""Oldest age that HIPAA's safe harbor allows to be told (45 CFR 164.514(b)(2)(i)(C))."""

CLASS = (5, 10)
"""Smallest and largest class of lab 4's release in which one illness may be planted."""

CELLS = ((0, 0), (1, 10), (11, 40), (100, 400), (1000, 4000))
"""Sizes of cells from and to: none, withheld ones, and about 20, 200 and 2,000."""


@counter
def record_numbers(district: District) -> int:
    """Counts the record numbers of the hospital that has fewest."""
    return min(district.tables[name]["mrn"].nunique() for name in PATIENTS)


@counter
def telephones(district: District) -> int:
    """Counts different telephone numbers in the large hospital."""
    return int(district.tables["his_patients"]["phone"].nunique())


@counter
def in_two_projects(district: District) -> int:
    """Counts people of the diabetes cohort who brought a device to the telehealth desk."""
    numbers = district.tables["diabetes_cohort"]["mrn"].str[1:].astype("int64")
    return int(numbers.isin(district.tables["devices"]["mrn"]).sum())


@counter
def blank_quasi_identifiers(district: District) -> int:
    """Counts blank cells in sex, date of birth and area."""
    return int(district.tables["his_patients"][list(QUASI)].isna().sum().sum())


@counter
def outlying_ages(district: District) -> int:
    """Counts living patients of 85 years and more."""
    return int((_ages(district) >= OLD).sum())


@counter
def ages_above_89(district: District) -> int:
    """Counts living patients who are older than may be told."""
    return int((_ages(district) > HARBOR).sum())


@counter
def small_classes(district: District) -> int:
    """Counts classes of five to ten living patients alike in sex, town and twenty years of age."""
    patients = district.tables["his_patients"].assign(age=_ages(district) // 20)
    town = patients["area"].str[:3]
    return int(patients.groupby(["age", "sex", town]).size().between(*CLASS).sum())


def _ages(district: District) -> pd.Series:
    """Returns the ages of living patients at the end of 2025; blank for others."""
    patients = district.tables["his_patients"]
    return 2025 - patients["birth_date"].str[:4].astype("int64").where(patients["deceased_on"].isna())


@counter
def members_elsewhere(district: District) -> int:
    """Counts members of the club who are not among the district's people."""
    return int((truth_of(district).facts["person_of_member"]["person"] < 0).sum())


@counter
def members_with_a_record(district: District) -> int:
    """Counts members of the club who are."""
    return int((truth_of(district).facts["person_of_member"]["person"] >= 0).sum())


@counter
def club_namesakes(district: District) -> int:
    """Counts members from elsewhere who bear a patient's name."""
    return int((truth_of(district).facts["person_of_member"]["namesake"] >= 0).sum())


@counter
def differencing_targets(district: District) -> int:
    """Counts patients whose HIV status two permitted questions tell."""
    return len(truth_of(district).facts["query_targets"])


@counter
def small_areas(district: District) -> int:
    """Counts areas with fewer than eleven patients."""
    return int((district.tables["his_patients"]["area"].value_counts() < SMALL).sum())


@counter
def cells_of_every_size(district: District) -> int:
    """Counts the cells of the rarest of five sizes in tables that count the large hospital's visits."""
    visits = district.tables["his_encounters"]
    month, chapter = visits["admitted_at"].dt.month, visits["dx_code"].str[:3]
    pairs = ((visits["class"], visits["payer"]), (visits["ward"], month), (chapter, visits["class"]))
    sizes = [pd.Series(pd.crosstab(one, other).to_numpy().ravel()) for one, other in pairs]
    sizes += [visits["class"].value_counts(), visits["payer"].value_counts(), month.value_counts()]
    every = pd.concat(sizes)
    return int(min(every.between(low, high).sum() for low, high in CELLS))
