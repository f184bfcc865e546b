"""The club's list is public, complete and only partly about patients."""

import pytest

from sim.district import District
from sim.population.register import STRANGER


@pytest.fixture(scope="module", params=["us", "cn"])
def district(request, made_up, made_up_cn):
    records = made_up if request.param == "us" else made_up_cn
    return District(*records, {}, 700, request.param)


@pytest.fixture(scope="module")
def members(district):
    return district.table("club_members")


def test_members_live_in_the_county_and_stand_in_the_register_with_the_same_data(district, members):
    columns = ["birth_date", "sex", "area"]
    register = district.table("register")
    everybody = {*map(tuple, register[[*columns, "_person"]].to_numpy().tolist())}
    assert {*map(tuple, members[[*columns, "_person"]].to_numpy().tolist())} <= everybody


def test_about_half_are_the_districts_and_they_bear_their_own_names(district, members):
    ours = members[members["_person"] != STRANGER]
    assert 0.4 < len(ours) / len(members) < 0.7 and ours["_person"].is_unique
    people = district.records.people.loc[ours["_person"]]
    assert people["alive"].all()
    assert ours["given_name"].tolist() == people["given"].tolist()
    assert ours["family_name"].tolist() == people["surname"].tolist()


def test_some_strangers_bear_the_name_of_a_patient_of_their_sex(district, members):
    bearing = members[members["_namesake"] >= 0]
    people = district.records.people.loc[bearing["_namesake"]]
    assert len(bearing) >= 5 and (bearing["_person"] == STRANGER).all()
    assert bearing["family_name"].tolist() == people["surname"].tolist()
    assert bearing["sex"].tolist() == people["sex"].tolist()


def test_numbers_tell_nothing_about_who_is_a_patient(members):
    assert members["member_no"].is_unique and members["member_no"].is_monotonic_increasing
    half = len(members) // 2
    share = [(part["_person"] != STRANGER).mean() for part in (members[:half], members[half:])]
    assert abs(share[0] - share[1]) < 0.25


def test_the_truth_tells_who_the_members_are(district, members):
    told = district.truth(["his", "club"]).facts["person_of_member"]
    assert told["member_no"].tolist() == members["member_no"].tolist()
    assert told["person"].tolist() == members["_person"].tolist()
    assert set(told.columns) == {"member_no", "person", "namesake", "facility"}
