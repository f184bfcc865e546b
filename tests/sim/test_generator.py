"""The whole way from a number and a seed to files, with the real engine."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim import generate
from sim.errors import HilabError
from sim.records import TABLES, Records

N = 150


@pytest.fixture(scope="module")
def records() -> Records:
    return generate(N, seed=3, threads=2)


def test_records_agree_with_themselves(records: Records, check_integrity: Callable[[Records], None]) -> None:
    check_integrity(records)
    assert records.people["alive"].sum() == N
    assert len(records.people) > N, "somebody died before the snapshot"
    for name in TABLES:
        assert len(records.tables[name]), name


def test_visits_are_of_many_kinds(records: Records) -> None:
    visits = records.tables["encounters"]
    assert {"wellness", "ambulatory", "emergency"} <= set(visits["ENCOUNTERCLASS"])
    assert visits["DESCRIPTION"].notna().all() and visits["CODE"].notna().all()
    recent = visits[visits["START"] > "2023-01-01"]
    assert 1 < len(recent) / 3 / N < 10, "visits a person and year"


def test_values_are_numbers_with_units(records: Records) -> None:
    observations = records.tables["observations"]
    numeric = observations[observations["TYPE"] == "numeric"]
    assert pd.to_numeric(numeric["VALUE"]).notna().all()
    assert numeric["UNITS"].notna().all()
    height = numeric.loc[numeric["DESCRIPTION"] == "Body Height", "VALUE"].astype(float)
    assert height.between(30, 230).all() and height.median() > 140


def test_reasons_are_conditions(records: Records) -> None:
    pills = records.tables["medications"]
    known = set(records.tables["conditions"]["CODE"])
    reasons = pills["REASONCODE"].dropna()
    assert len(reasons) > 0.5 * len(pills) and reasons.isin(known).mean() > 0.9


def test_threads_and_repetition_change_nothing(records: Records) -> None:
    again = generate(N, seed=3, threads=1)
    for name in TABLES:
        pd.testing.assert_frame_equal(records.tables[name], again.tables[name])
    pd.testing.assert_frame_equal(records.people, again.people)


def test_seed_changes_everything(records: Records) -> None:
    other = generate(20, seed="3 ", threads=2)
    assert not other.people["person_id"].isin(records.people["person_id"]).any()


def test_files_are_the_same_twice(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        generate(20, seed=1).write(tmp_path / folder, "csv")
    for name in TABLES:
        file = f"{name}.csv"
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_bad_arguments(tmp_path: Path) -> None:
    with pytest.raises(HilabError, match="A population has"):
        generate(0, 1)
    with pytest.raises(HilabError, match="modules"):
        generate(5, 1, tmp_path)
