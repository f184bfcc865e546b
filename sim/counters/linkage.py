"""Counts what the tasks on linking three hospitals need (lab 3)."""

import pandas as pd

from sim.counters.base import District, counter, shared, truth_of
from sim.systems.catalogue import TABLES
from sim.systems.facilities import HOSPITALS
from sim.systems.identities import GROUP_AGES

PATIENTS = tuple(TABLES["his_patients"].name_at(hospital) for hospital in HOSPITALS)


@shared
def _registered(district: District) -> pd.DataFrame:
    """Returns every registration in a hospital: table and person."""
    records = truth_of(district).person_of_record
    parts = [records.loc[records["table"] == name, ["table", "person"]] for name in PATIENTS]
    return pd.concat(parts)


@shared
def _pairs(district: District) -> "pd.Series[int]":
    """Returns for each person how many pairs of registrations in two hospitals there are."""
    many = _registered(district).groupby(["person", "table"]).size().unstack(fill_value=0)
    total, squares = many.sum(axis=1), (many**2).sum(axis=1)
    return (total**2 - squares) // 2


@counter
def known_twice(district: District) -> int:
    """Counts people whom two hospitals know."""
    return int((_registered(district).groupby("person")["table"].nunique() >= 2).sum())


@counter
def true_pairs(district: District) -> int:
    """Counts pairs of registrations of one person in two hospitals."""
    return int(_pairs(district).sum())


@counter
def near_misses(district: District) -> int:
    """Counts pairs of registrations, in two hospitals, of twins, of namesakes, or of father and son."""
    people = truth_of(district).people
    living = people[people["alive"]]
    of_slot = pd.Series(living.index, index=living["slot"])
    many = _registered(district).groupby(["person", "table"]).size().unstack(fill_value=0)
    found: set[tuple[int, int]] = set()
    for column in ("twin_of", "namesake_of", "junior_of"):
        linked = living[living[column] >= 0]
        ends = zip(linked.index, linked[column].map(of_slot), strict=True)
        found |= {(min(pair), max(pair)) for pair in ends}
    first, second = (many.reindex([pair[side] for pair in sorted(found)], fill_value=0) for side in (0, 1))
    both = first.sum(axis=1).to_numpy() * second.sum(axis=1).to_numpy()
    same = (first.to_numpy() * second.to_numpy()).sum(axis=1)
    return int((both - same).sum())


@counter
def pairs_in_smallest_group(district: District) -> int:
    """Counts true pairs in the smallest of the groups by sex and by age."""
    truth, pairs = truth_of(district), _pairs(district)
    people = truth.people.loc[pairs.index]
    age = 2025 - people["birth_date"].dt.year
    groups = (people["sex"], pd.cut(age, list(GROUP_AGES), right=False))
    return int(min(pairs.groupby(group.to_numpy(), observed=True).sum().min() for group in groups))


@counter
def diabetics_by_hospitals(district: District) -> int:
    """Counts the people with diabetes whom one hospital knows, or whom two do, whichever are fewer."""
    people = truth_of(district).people
    known = _registered(district).groupby("person")["table"].nunique()
    ill = known[people["diabetes"].reindex(known.index).to_numpy(dtype=bool)]
    return int(min((ill == hospitals).sum() for hospitals in (1, 2)))


@counter
def chains_in_conflict(district: District) -> int:
    """Counts registrations by name alone that fit two people whose checked identifiers differ."""
    truth = truth_of(district)
    known = district.tables["his_patients"].dropna(subset="verified_id")
    records = truth.person_of_record
    of_record = records[records["table"] == "his_patients"].set_index("record")["person"]
    person = of_record.reindex(known["mrn"]).to_numpy()
    ident = pd.Series(known["verified_id"].to_numpy(), index=person).groupby(level=0).first()
    blank = set(truth.ledger.loc[truth.ledger["defect"] == "D48", "record"])
    same = truth.facts["same_names"]
    same = same[same["mrn"].isin(blank)]
    ends = pd.DataFrame({side: ident.reindex(same[side]).to_numpy() for side in ("person", "other")}).dropna()
    return int((ends["person"] != ends["other"]).sum())


def _pairs_of(district: District, column: str, value: object) -> int:
    """Counts true pairs of the people in a group."""
    told = truth_of(district).facts["person_groups"]
    people = told.loc[told[column] == value, "person"]
    return int(_pairs(district).reindex(people, fill_value=0).sum())


@counter
def pairs_of_changed_names(district: District) -> int:
    """Counts true pairs of people whose surname has changed."""
    return _pairs_of(district, "changed_name", True)


@counter
def pairs_of_newcomers(district: District) -> int:
    """Counts true pairs of people who came from elsewhere."""
    return _pairs_of(district, "newcomer", True)


@counter
def pairs_of_the_uninsured(district: District) -> int:
    """Counts true pairs of people who pay themselves."""
    told = truth_of(district).facts["person_groups"]["payer"]
    return min(_pairs_of(district, "payer", own) for own in ("Self-pay", "自费") if own in set(told))


@counter
def newcomers_by_ear(district: District) -> int:
    """Counts registrations in the ledger under D47."""
    ledger = truth_of(district).ledger
    return int(ledger.loc[ledger["defect"] == "D47", "record"].nunique())
