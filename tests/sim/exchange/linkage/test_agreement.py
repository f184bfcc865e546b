"""Which records of several hospitals agree, and whom two simple rules of linkage link."""

import pandas as pd
import pytest

from sim.exchange.linkage.agreement import FACTS, agreements, by_facts, by_surname, points

ROWS = """
facility | number | given_name | family_name | sex | birth_date | phone | address | verified_id
H1 | A1 | Zoë  | Núñez | F | 1990-05-01 | 555-0101 | 3 Mill Lane | 911
H2 | B1 | NUNEZ| ZOE   | F | 1990-05-01 | 5550101  | 1 Dock Road |
H2 | B2 | Mia  | Chen  | F | 1991-02-08 |          | 5 Ash Street|
H3 | C1 | Zoe  | Nunn  | F | 1990-05-01 | 555-0109 | 3 Mill Lane | 912
H3 | C2 | Mia  | Wong  | F |            | 555-0105 | 5 Ash Street| 913
H3 | C3 | ?    | Frost | M | 1950-01-01 | 555-0107 | 2 Pine Road |
H1 | A2 | Mia  | Chen  | F | 1991-02-08 | 555-0105 |             | 913
"""


@pytest.fixture
def told() -> pd.DataFrame:
    cells = [[cell.strip() or None for cell in line.split("|")] for line in ROWS.strip().split("\n")]
    patients = pd.DataFrame(cells[1:], columns=cells[0]).astype("str")
    return agreements(patients).set_index(["a", "b"])


def test_pairs_that_agree_in_something_are_there_once_and_no_other(told):
    assert list(told.index) == [
        ("A1", "B1"),
        ("A1", "C1"),
        ("A2", "B2"),
        ("A2", "C2"),
        ("B1", "C1"),
        ("B2", "C2"),
    ]


def test_what_agrees_differs_and_is_unknown(told):
    row = told.loc[("A1", "B1")]
    assert row[["given", "family", "birth_date", "phone", "sex"]].tolist() == [1] * 5  # names changed places
    assert row["address"] == -1 and row["verified_id"] == 0
    assert told.loc[("A1", "C1"), [*FACTS, "sex"]].tolist() == [-1, 1, -1, 1, -1, 1, 1]
    assert told.loc[("B2", "C2"), "birth_date"] == 0


def test_the_rules_lose_different_people(told):
    assert list(told.index[by_surname(told)]) == [("A1", "B1"), ("A2", "B2")]
    assert list(told.index[by_facts(told, 3)]) == [("A1", "B1"), ("A1", "C1"), ("A2", "B2"), ("A2", "C2")]
    assert list(told.index[by_facts(told)]) == [("A1", "B1")]


def test_points_add_up(told):
    scored = points(told)
    assert scored["A1", "B1"] == 7 + 7 + 13 + 10 - 1 + 1
    assert scored["A1", "C1"] == -20 + 7 - 4 + 13 - 1 + 9 + 1
    assert scored["B2", "C2"] == 7 - 4 + 9 + 1
