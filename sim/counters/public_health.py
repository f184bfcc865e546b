"""Counts what the registry holds and lacks."""

import pandas as pd
import yaml

from sim.counters.base import District, counter, truth_of


@counter
def unreported_cases(district: District) -> int:
    """Counts cases of notifiable diseases that were never reported."""
    return len(truth_of(district).defects("D37"))


@counter
def cases_reported_twice(district: District) -> int:
    """Counts second reports of one case."""
    return int(truth_of(district).facts["case_of_report"]["case"].duplicated().sum())


@counter
def doses_reported_twice(district: District) -> int:
    """Counts second reports of one dose."""
    return int(truth_of(district).facts["dose_of_report"]["dose"].duplicated().sum())


@counter
def late_reports(district: District) -> int:
    """Counts notifications that arrived later than the district's list allows."""
    listed = yaml.safe_load(district.files["notifiable_diseases.yaml"])["diseases"]
    allowed = {row["code"]: row["within_days"] for row in listed}
    reports = district.tables["notifications"]
    wait = pd.to_datetime(reports["reported_on"]) - pd.to_datetime(reports["diagnosed_on"])
    return int((wait.dt.days > reports["disease_code"].map(allowed).astype("float64")).sum())
