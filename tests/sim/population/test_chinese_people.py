"""People of China: how they are named, numbered and housed, and who is easily taken for whom."""

import re

import numpy as np
import pandas as pd
import pytest

from sim.countries import country
from sim.population import identify_dead, populate
from sim.population.ages import structure
from sim.population.numbers import CHECKS, check_index
from sim.population.places import areas, join_addresses
from sim.seeds import PUBLIC_KEY, Seeds

HERE = country("cn")


@pytest.fixture(scope="module", params=["s001", "s002", "s003"])
def people(request: pytest.FixtureRequest) -> pd.DataFrame:
    return populate(2000, Seeds(PUBLIC_KEY, "2026A", request.param), country="cn")


def four_bytes(names: "pd.Series[str]") -> "pd.Series[bool]":
    return names.map(lambda name: any(len(one.encode("gb18030")) == 4 for one in name)).astype(bool)


def test_names_are_surname_and_given_name_and_some_need_four_bytes(people: pd.DataFrame) -> None:
    assert people["middle"].isna().all()
    assert people["given"].str.len().isin([1, 2]).all() and people["surname"].str.len().isin([1, 2]).all()
    rare = four_bytes(people["given"]) | four_bytes(people["surname"])
    assert 0.05 < rare.mean() < 0.15
    for name in (people["surname"] + people["given"])[rare]:
        assert name.encode("gb18030").decode("gb18030") == name
        with pytest.raises(UnicodeEncodeError):
            name.encode("gbk")


def test_the_commonest_surnames_are_those_of_the_country(people: pd.DataFrame) -> None:
    assert {"王", "李", "张"} <= set(people["surname"].value_counts().index[:5])


def test_women_keep_their_surname_and_children_bear_the_father_s(people: pd.DataFrame) -> None:
    changed = people["surname"] != people["birth_surname"]
    assert (changed == people["changed_surname_on"].notna()).all() and changed.sum() >= 100
    since = (people["changed_surname_on"] - people["birth_date"]).dt.days / 365.2425
    assert since[changed].between(3, 60.1).all() and (people["changed_surname_on"].dropna() < "2026").all()
    wives = people[(people["sex"] == "F") & (people["marital"] == "M")]
    assert (wives["surname"] != wives["birth_surname"]).mean() < 0.1


def test_lookalikes_are_as_many_as_elsewhere(people: pd.DataFrame) -> None:
    assert (people["twin_of"] >= 0).sum() >= 40 and (people["namesake_of"] >= 0).sum() >= 20
    mates = people[people["junior_of"] >= 0]
    others = people.loc[mates["junior_of"]].set_index(mates.index)
    assert len(mates) >= 20
    for column in ("given", "surname", "sex", "address", "household"):
        assert (mates[column] == others[column]).all(), column
    assert (mates["birth_date"] != others["birth_date"]).all() and (mates["parent"] < 0).all()
    for surname in HERE.blank_names:
        assert (people["surname"] == surname).sum() >= 10, surname


def test_nobody_but_the_planted_shares_name_and_birth_date_or_name_and_home(people: pd.DataFrame) -> None:
    planted = (people["namesake_of"] >= 0) | (people["junior_of"] >= 0)
    planted |= people["slot"].isin(people["junior_of"])
    for keys in (["given", "surname", "birth_date"], ["given", "surname", "household"]):
        assert not people[~planted].duplicated(keys).any(), keys


def test_telephones_and_identifiers_are_nobody_s(people: pd.DataFrame) -> None:
    assert people["phone"].str.fullmatch(HERE.phone).all()
    identifiers = people["verified_id"]
    assert identifiers.str.fullmatch(HERE.identifier).all() and identifiers.is_unique
    digits = np.array([[int(one) for one in text[:17]] for text in identifiers])
    right = np.array(list(CHECKS))[check_index(digits)]
    assert not (identifiers.str[-1].to_numpy() == right).any()
    assert not (identifiers.str[6:10].astype(int).between(1900, 2026)).all()
    assert HERE.no_identifier not in set(identifiers)


def test_homes_are_in_areas_of_the_district_and_on_invented_streets(people: pd.DataFrame) -> None:
    assert people["address"].str.fullmatch(r"\D+\d+号").all()
    assert set(people["area"]) <= set(areas("cn")["area"]) and people["area"].nunique() > 100
    assert people.groupby("household")["address"].nunique().eq(1).all()
    assert people.drop_duplicates("household")["address"].is_unique
    mixed = join_addresses(people["address"][:50], people["address"][50:100], "cn")
    assert all(re.fullmatch(r"\D+\d+号", address) for address in mixed)


def test_ages_are_those_of_china(people: pd.DataFrame) -> None:
    age = (pd.Timestamp("2025-12-31") - people["birth_date"]).dt.days / 365.2425
    cells = structure("cn")
    for low, high in ((0, 15), (15, 40), (40, 65), (65, 120)):
        share = cells.loc[cells["age"].between(low, high - 1), "share"].sum()
        assert abs(age.between(low, high, inclusive="left").mean() - share) < 0.03
    old = {code: structure(code).query("age >= 65")["share"].sum() for code in ("us", "cn")}
    assert old["cn"] < old["us"]


def test_the_dead_have_chinese_names_and_numbers_of_their_own(people: pd.DataFrame) -> None:
    deaths = people.iloc[:200].assign(death_date=pd.Timestamp("2024-05-01"))
    dead = identify_dead(deaths, Seeds(PUBLIC_KEY, "2026A", "s001"), country="cn")
    assert dead["given"].str.len().isin([1, 2]).all() and dead["middle"].isna().all()
    assert set(dead["area"]) <= set(areas("cn")["area"]) and dead["address"].str.endswith("号").all()
    assert dead["phone"].str.fullmatch(HERE.phone).all() and not set(dead["phone"]) & set(people["phone"])
    living = populate(2000, Seeds(PUBLIC_KEY, "2026A", "s001"), country="cn")
    assert not set(dead["verified_id"]) & set(living["verified_id"])
