"""Counts what task 1.7 needs."""

from sim.counters.base import District, counter, truth_of


@counter
def people_tested(district: District) -> int:
    """Counts adults with an HbA1c."""
    return int(district.tables["diabetes_cohort"]["hba1c"].notna().sum())


@counter
def people_untested(district: District) -> int:
    """Counts adults without an HbA1c."""
    return int(district.tables["diabetes_cohort"]["hba1c"].isna().sum())


@counter
def treated_below(district: District) -> int:
    """Counts treated people whose HbA1c is, or would be, below 6.5 %."""
    treated = district.tables["diabetes_cohort"]["on_drug"].to_numpy()
    return int((treated & (truth_of(district).cohort["hba1c_true"] < 6.5).to_numpy()).sum())


@counter
def untested_diabetics(district: District) -> int:
    """Counts people with diabetes and without an HbA1c."""
    blank = district.tables["diabetes_cohort"]["hba1c"].isna().to_numpy()
    return int((blank & truth_of(district).cohort["diabetes_true"].to_numpy(dtype=bool)).sum())
