"""Lookup tables become branches, and what is wrong in one is said with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from sim.engine.gmf_load import load_modules
from sim.engine.kinds import RACES, Compare, Test
from sim.engine.lookup import read_table
from sim.engine.model import Branch, Logic
from sim.errors import HilabError

HEADER = "age,gender,race,time,mood,Ill,Well"
DAY_ONE = 25567  # 1970-01-01 in days since 1900-01-01


def branches(tmp_path: Path, table: str, items: list[dict[str, Any]] | None = None) -> tuple[Branch, ...]:
    given = items or [
        {"transition": "Ill", "default_probability": 0.25, "lookup_table_name": "t.csv"},
        {"transition": "Well", "default_probability": 0.75, "lookup_table_name": "t.csv"},
    ]
    states = {
        "Initial": {"type": "Initial", "lookup_table_transition": given},
        "Ill": {"type": "Terminal"},
        "Well": {"type": "Terminal"},
    }
    (tmp_path / "modules").mkdir()
    (tmp_path / "lookup_tables").mkdir()
    document = json.dumps({"name": "m", "states": states})
    (tmp_path / "modules" / "m.json").write_text(document, encoding="utf-8")
    (tmp_path / "lookup_tables" / "t.csv").write_text(table, encoding="utf-8")
    return load_modules(tmp_path).modules[0].nodes["Initial"].branches


def options(branch: Branch) -> list[tuple[str, float]]:
    return [(option.target, option.weight) for option in branch.options]


def test_rows_are_branches_and_the_defaults_follow(tmp_path: Path) -> None:
    row, last = branches(tmp_path, f"{HEADER}\n10-19,F,Black,0-86400000,glad,0.4,0.6\n")
    assert options(row) == [("Ill", 0.4), ("Well", 0.6)]
    assert row.condition == Logic(
        Test.AND,
        terms=(
            Logic(Test.AGE, Compare.GREATER_EQUAL, value=10 * 365.25),
            Logic(Test.AGE, Compare.LESS, value=20 * 365.25),
            Logic(Test.SEX, value=1.0),
            Logic(Test.RACE, value=float(RACES.index("black"))),
            Logic(Test.DATE, Compare.GREATER_EQUAL, value=DAY_ONE),
            Logic(Test.DATE, Compare.LESS_EQUAL, value=DAY_ONE + 1.0),
            Logic(Test.ATTRIBUTE, Compare.EQUAL, "mood", "glad"),
        ),
    )
    assert last.condition is None and options(last) == [("Ill", 0.25), ("Well", 0.75)]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("true", 1.0), ("False", 0.0), ("3", 3.0), ("blue", "blue"), ("1e12", "1e12"), ("nan", "nan")],
)
def test_cells_of_an_attribute(tmp_path: Path, cell: str, value: float | str) -> None:
    row, _ = branches(tmp_path, f"mood,Ill,Well\n{cell},0.4,0.6\n")
    assert row.condition == Logic(Test.ATTRIBUTE, Compare.EQUAL, "mood", value)


def test_stars_blank_cells_and_blank_lines_ask_nothing(tmp_path: Path) -> None:
    star, last = branches(tmp_path, "\ufeffmood,age,Ill,Well\r\n*,,0,1\r\n\r\n")
    assert star.condition is None and options(star) == [("Well", 1.0)]
    assert len(options(last)) == 2


def test_rows_without_probabilities_leave_it_to_the_defaults(tmp_path: Path) -> None:
    found = branches(tmp_path, "age,Ill,Well\n0-9,0,0\n10,0.5,0.5\n")
    assert [options(branch)[0][1] for branch in found] == [0.5, 0.25]


@pytest.mark.parametrize(
    ("table", "line", "expected"),
    [
        ("age,Ill,Well\n0-9,0.5,0.5\nold,0.5,0.5\n", 3, "expected a range like 0-9 in the column 'age'"),
        ("age,Ill,Well\n9-0,0.5,0.5\n", 2, "expected a range"),
        ("age,Ill,Well\n-3,0.5,0.5\n", 2, "expected a range"),
        ("time,Ill,Well\n1-x,0.5,0.5\n", 2, "in the column 'time'"),
        ("gender,Ill,Well\nwoman,0.5,0.5\n", 2, 'expected "gender" to be "M" or "F"'),
        ("race,Ill,Well\ngreen,0.5,0.5\n", 2, "unknown \"race\" 'green'"),
        ("age,Ill,Well\n0-9,0.5,0.6\n", 2, "expected the probabilities to add up to 1, found 1.1"),
        ("age,Ill,Well\n\n0-9,1.5,-0.5\n", 3, "expected a probability in the column 'Ill', found '1.5'"),
        ("age,Ill,Well\n0-9,nan,1\n", 2, "expected a probability"),
        ("age,Ill,Well\n0-9,1\n", 2, "expected 3 cells, found 2"),
        ("age,Ill,Ill\n0-9,1,0\n", 1, "expected each column to have a name of its own"),
        ("age,Ill,\n0-9,1,0\n", 1, "expected each column to have a name of its own"),
        ("age,Ill,Healthy\n0-9,1,0\n", 1, "expected a column 'Well', a state that may follow"),
    ],
)
def test_wrong_rows_are_named(tmp_path: Path, table: str, line: int, expected: str) -> None:
    with pytest.raises(HilabError) as caught:
        branches(tmp_path, table)
    said = str(caught.value)
    assert f"t.csv, line {line}: " in said and expected in said and said.endswith(".") and "\n" not in said


@pytest.mark.parametrize("content", [b"", b"age,Ill,Well\n", b"\xff\xfe", b'a,"b\n'])
def test_files_that_are_no_tables(content: bytes) -> None:
    with pytest.raises(HilabError, match=r"^t\.csv: expected a (table|line)"):
        read_table("t.csv", content)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            {"transition": "Ill", "default_probability": 1, "lookup_table_name": "u.csv"},
            "no lookup table 'u.csv'",
        ),
        ({"transition": "Ill", "default_probability": 1}, '"lookup_table_name"'),
        ({"transition": "Ill", "default_probability": 2, "lookup_table_name": "t.csv"}, "be a probability"),
        ({"default_probability": 1, "lookup_table_name": "t.csv"}, 'expected "transition"'),
    ],
)
def test_wrong_transitions_are_named(tmp_path: Path, item: dict[str, Any], expected: str) -> None:
    with pytest.raises(HilabError) as caught:
        branches(tmp_path, "age,Ill,Well\n0-9,0.5,0.5\n", [item])
    assert expected in str(caught.value) and 'm.json, state "Initial": ' in str(caught.value)
