"""Points of pairs of registrations: what is forgiven, what is not, and what counts once."""

import pandas as pd
import pytest

from sim.exchange.linkage.likeness import CROSSED, FAMILY, GIVEN, HOME, IDENTIFIER, likeness, slip

ZOE = {
    "given": "zoe",
    "family": "nunez",
    "birth_date": "1990-05-01",
    "sex": "F",
    "digits": "5550101",
    "address": "3 Mill Lane",
    "verified_id": "911",
}
SHORT = {"elizabeth": "betty"}


def points(changes: dict[str, str | None], first: dict[str, str | None] | None = None) -> float:
    one = pd.DataFrame([ZOE | (first or {})]).astype("str")
    two = pd.DataFrame([ZOE | (first or {}) | changes]).astype("str")
    assert likeness(one, two, SHORT).tolist() == likeness(two, one, SHORT).tolist()
    return float(likeness(one, two, SHORT)[0])


WHOLE = 44.5


def test_the_same_registration_has_all_points():
    assert points({}) == WHOLE


@pytest.mark.parametrize("name", ZOE)
def test_a_blank_gives_and_takes_nothing_beyond_what_agreement_gave(name):
    both = points({name: None}, {name: None})
    one = points({name: None})
    assert one == both
    assert 0 < WHOLE - one <= 13


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"family": "nunes"}, FAMILY["equal"] - FAMILY["slip"]),
        ({"family": "wong"}, FAMILY["equal"] - FAMILY["other"]),
        ({"given": "mia"}, GIVEN["equal"] - GIVEN["other"]),
        ({"given": "nunez", "family": "zoe"}, -CROSSED),
        ({"birth_date": "1990-01-05"}, 9.5),
        ({"birth_date": "1991-05-01"}, 21),
        ({"sex": "M"}, 10),
        ({"digits": "5550199"}, HOME["both"] - HOME["one"]),
        ({"digits": "5550199", "address": "1 Dock Road"}, HOME["both"] - HOME["neither"]),
        ({"verified_id": "912"}, IDENTIFIER["equal"] - IDENTIFIER["other"]),
    ],
)
def test_what_differs_costs_so_much(changes, lost):
    assert WHOLE - points(changes) == pytest.approx(lost)


def test_short_names_are_known_both_ways():
    assert WHOLE - points({"given": "betty"}, {"given": "elizabeth"}) == GIVEN["equal"] - GIVEN["short"]


def test_twins_have_fewer_points_than_one_person_who_moved():
    assert points({"given": "mia", "verified_id": None}) < points({"digits": None, "address": "1 Dock Road"})


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("li", "lin", True),
        ("curtis", "crutis", True),
        ("rose", "rse", True),
        ("dan", "don", True),
        ("ab", "cd", False),
        ("anna", "hannah", False),
        ("mart", "marten", False),
        ("", "a", False),
    ],
)
def test_slips(one, other, told):
    assert slip(one, other) is told and slip(other, one) is told
