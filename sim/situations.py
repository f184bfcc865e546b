"""Counts what the tasks of the labs need to find in a district (sim/situations.yaml)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import yaml

from sim.errors import HilabError
from sim.systems.lis import VERSION
from sim.systems.planting import LAB_PEOPLE
from sim.truth import Truth


class District(Protocol):
    """What is counted in: tables with their truth."""

    tables: dict[str, pd.DataFrame]
    truth: Truth | None


@dataclass(frozen=True)
class Situation:
    """Something a task needs.

    Attributes:
        task: Number of the task.
        situation: What it is.
        counted: How it is counted, in words.
        count: Name of the function that counts it.
        needs: Tables it is counted in.
        least: Least number in a district of 2,000 people.
        most: Largest number allowed.
        fixed: Whether `least` holds for smaller districts too.
        lives: Whether it comes from people's lives alone, and not from what systems make of them; a
            district of lent lives (`make_world(source=...)`) may lack it.
    """

    task: str
    situation: str
    counted: str
    count: str
    needs: Sequence[str]
    least: int = 0
    most: int | None = None
    fixed: bool = False
    lives: bool = False

    def least_for(self, people: int) -> int:
        """Returns the least number in a district of that many living people."""
        if self.fixed or people >= LAB_PEOPLE:
            return self.least
        return self.least * people // (2 * LAB_PEOPLE)


@cache
def situations() -> tuple[Situation, ...]:
    """Reads sim/situations.yaml."""
    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    tasks: dict[str, list[dict[str, Any]]] = yaml.safe_load(text)
    return tuple(Situation(task, **entry) for task, entries in tasks.items() for entry in entries)


def count(district: District) -> list[tuple[Situation, int]]:
    """Counts every situation whose tables the district has."""
    have = {*district.tables}
    return [(s, COUNTERS[s.count](district)) for s in situations() if have.issuperset(s.needs)]


def shortage(district: District, people: int, lent: bool = False) -> str | None:
    """Says what a district lacks that a task needs.

    Args:
        district: The district, with its truth.
        people: Number of living people.
        lent: Whether its people live lent lives: what depends on the lives alone is then not asked for.

    Returns:
        One sentence about the first count that is too small or too large, or None.
    """
    for situation, found in count(district):
        least = 0 if lent and situation.lives else situation.least_for(people)
        if found < least or (situation.most is not None and found > situation.most):
            wanted = f"at least {least}" if found < least else f"at most {situation.most}"
            return (
                f"Task {situation.task} needs {wanted} of '{situation.situation}'; the district has {found}."
            )
    return None


COUNTERS: dict[str, Callable[[District], int]] = {}
"""The counting functions by name."""


def counter(function: Callable[[Any], int]) -> Callable[[Any], int]:
    """Registers a counting function under its name."""
    COUNTERS[function.__name__] = function
    return function


def _truth(district: District) -> Truth:
    if district.truth is None:
        raise HilabError("Situations can be counted only where the truth is known.")
    return district.truth


@counter
def filled_tables(district: District) -> int:
    """Counts tables with rows."""
    return sum(len(table) > 0 for table in district.tables.values())


@counter
def registrations(district: District) -> int:
    """Counts registrations."""
    return len(district.tables["his_patients"])


def _labelled(district: District, label: str) -> pd.DataFrame:
    results, labels = district.tables["lis_results"], _truth(district).result_labels
    return results[(labels["label"] == label).to_numpy()]


@counter
def resends(district: District) -> int:
    """Counts resends."""
    return len(_labelled(district, "resend"))


@counter
def corrections(district: District) -> int:
    """Counts corrected versions, each once."""
    results = district.tables["lis_results"]
    return len(results[results["status"] == "C"].drop_duplicates(VERSION))


@counter
def repeats(district: District) -> int:
    """Counts true same-day repeats."""
    return len(_labelled(district, "repeat"))


@counter
def late_resends(district: District) -> int:
    """Counts resends of superseded versions that arrive after the latest version has."""
    results = district.tables["lis_results"]
    latest = results.sort_values(["reported_at", "received_at"]).drop_duplicates(VERSION[:2], keep="last")
    newest = (
        latest.merge(results, on=VERSION, suffixes=("", "_any")).groupby(VERSION)["received_at_any"].min()
    )
    resent = _labelled(district, "resend").merge(
        newest.reset_index(), on=VERSION[:2], suffixes=("", "_newest")
    )
    late = (resent["reported_at"] < resent["reported_at_newest"]) & (
        resent["received_at"] > resent["received_at_any"]
    )
    return int(late.sum())


@counter
def cancellations(district: District) -> int:
    """Counts cancelling rows."""
    return len(_labelled(district, "cancelled"))


@counter
def measured_again(district: District) -> int:
    """Counts cancellations that a new result follows."""
    results = district.tables["lis_results"]
    final = results[results["status"] == "F"].groupby(VERSION[:2])["reported_at"].max().rename("final")
    cancelled = _labelled(district, "cancelled").join(final, on=VERSION[:2])
    return int((cancelled["final"] > cancelled["reported_at"]).sum())


@counter
def corrected_corrections(district: District) -> int:
    """Counts corrections that were corrected."""
    return int((_labelled(district, "superseded")["status"] == "C").sum())


@counter
def duplicates(district: District) -> int:
    """Counts persons with two registrations."""
    return len(_truth(district).duplicates)


def _lookalikes(district: District, kind: str, equal: list[str]) -> int:
    """Counts pairs of persons of a kind with equal fields in some pair of registrations."""
    truth, patients = _truth(district), district.tables["his_patients"].set_index("mrn")
    pairs = truth.lookalikes[truth.lookalikes["kind"] == kind]
    one, other = (patients.loc[pairs[name], equal].reset_index(drop=True) for name in ("mrn_a", "mrn_b"))
    same = pairs[(one == other).all(axis=1).to_numpy()]
    records = truth.person_of_record
    person = records[records["table"] == "his_patients"].set_index("record")["person"]
    return len({frozenset((person[a], person[b])) for a, b in zip(same["mrn_a"], same["mrn_b"], strict=True)})


@counter
def twins(district: District) -> int:
    """Counts pairs of twins."""
    return _lookalikes(district, "twin", ["sex", "birth_date", "address"])


@counter
def namesakes(district: District) -> int:
    """Counts pairs of namesakes."""
    return _lookalikes(district, "namesake", ["given_name", "family_name", "birth_date"])


@counter
def juniors(district: District) -> int:
    """Counts fathers and sons of one name."""
    return _lookalikes(district, "junior", ["given_name", "family_name", "address"])


@counter
def newborns(district: District) -> int:
    """Counts newborns registered twice."""
    return int((_truth(district).duplicates["cause"] == "newborn").sum())


@counter
def changed_surnames(district: District) -> int:
    """Counts people registered under two surnames."""
    return int((_truth(district).duplicates["cause"] == "surname").sum())


@counter
def inseparable(district: District) -> int:
    """Counts pairs of different persons that a cautious rule would merge."""
    patients, truth = district.tables["his_patients"], _truth(district)
    true = set(zip(truth.duplicates["mrn_a"], truth.duplicates["mrn_b"], strict=True))
    found = set()
    for field in ("verified_id", "phone", "address"):
        keys = ["given_name", "family_name", "birth_date", "sex", field]
        same = patients.dropna(subset=keys)
        same = same[same.duplicated(keys, keep=False)][["mrn", *keys]]
        pairs = same.merge(same, on=keys)
        found |= {(a, b) for a, b in zip(pairs["mrn_x"], pairs["mrn_y"], strict=True) if a < b}
    return len(found - true)


@counter
def dead(district: District) -> int:
    """Counts dead patients."""
    return int(district.tables["his_patients"]["deceased_on"].notna().sum())


def _with_diagnosis(district: District, prefix: str) -> "pd.Series[str]":
    encounters = district.tables["his_encounters"]
    return encounters.loc[encounters["dx_code"].str.startswith(prefix, na=False), "mrn"].drop_duplicates()


@cache
def _recall() -> dict[str, Any]:
    purposes = yaml.safe_load(Path(__file__).with_name("purposes.yaml").read_text(encoding="utf-8"))
    recall: dict[str, Any] = next(purpose for purpose in purposes if purpose["name"] == "diabetes_recall")
    return recall | {"windows": {need["field"]: need.get("window_days") for need in recall["required"]}}


def _cut(field: str) -> pd.Timestamp:
    return pd.Timestamp(_recall()["as_of"]) - pd.Timedelta(days=_recall()["windows"][field])


@counter
def old_hba1c(district: District) -> int:
    """Counts recallable patients whose latest HbA1c is too old."""
    patients, results = district.tables["his_patients"], district.tables["lis_results"]
    there = patients["deceased_on"].isna() & patients["moved_away_on"].isna()
    recallable = patients.loc[there & patients["mrn"].isin(_with_diagnosis(district, "E11")), "mrn"]
    tests = results[
        (results["test_code"] == "A1C") & (results["status"] != "X") & results["mrn"].isin(recallable)
    ]
    latest = tests.groupby("mrn")["collected_at"].max().dt.normalize()
    return int((latest < _cut("hba1c")).sum())


@counter
def unverified_phones(district: District) -> int:
    """Counts registrations whose telephone is not known to be right."""
    checked = pd.to_datetime(district.tables["his_patients"]["phone_verified_on"])
    return int((checked.isna() | (checked < _cut("phone"))).sum())


@counter
def gestational_only(district: District) -> int:
    """Counts patients with gestational and without type 2 diabetes."""
    return len({*_with_diagnosis(district, "O24")} - {*_with_diagnosis(district, "E11")})


@counter
def moved(district: District) -> int:
    """Counts patients who moved away."""
    return int(district.tables["his_patients"]["moved_away_on"].notna().sum())


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
    return int((treated & (_truth(district).cohort["hba1c_true"] < 6.5).to_numpy()).sum())


@counter
def untested_diabetics(district: District) -> int:
    """Counts people with diabetes and without an HbA1c."""
    blank = district.tables["diabetes_cohort"]["hba1c"].isna().to_numpy()
    return int((blank & _truth(district).cohort["diabetes_true"].to_numpy(dtype=bool)).sum())
