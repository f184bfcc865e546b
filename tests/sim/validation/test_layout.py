"""The layouts in which a population's tables may lie."""

from pathlib import Path

import pandas as pd
import pytest

from sim.errors import HilabError
from sim.records.layout import connect, find_tables, schema

PEOPLE = pd.DataFrame(
    {"Id": ["a", "b"], "BIRTHDATE": pd.to_datetime(["2000-01-02", "2001-01-02"]), "ZIP": ["01234", "00001"]}
)


def read(folder: Path) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = (
        connect(folder)
        .execute("SELECT Id, BIRTHDATE::DATE::VARCHAR, ZIP FROM patients ORDER BY Id")
        .fetchall()
    )
    return rows


EXPECTED = [("a", "2000-01-02", "01234"), ("b", "2001-01-02", "00001")]


def test_partitions_in_order(tmp_path: Path) -> None:
    folder, other = tmp_path / "it's [a] *population* 人口", tmp_path / "it's a big population too 人口"
    for each in (folder, other):
        (each / "patients").mkdir(parents=True)
    PEOPLE.to_parquet(other / "patients" / "part-00000.parquet")  # what the name as a pattern would find
    PEOPLE.iloc[1:].to_parquet(folder / "patients" / "part-00001.parquet")
    PEOPLE.iloc[:1].to_parquet(folder / "patients" / "part-00000.parquet")
    assert [path.name for path in find_tables(folder)["patients"]] == [
        "part-00000.parquet",
        "part-00001.parquet",
    ]
    assert read(folder) == EXPECTED


def test_one_file_a_table(tmp_path: Path) -> None:
    PEOPLE.to_parquet(tmp_path / "patients.parquet")
    assert read(tmp_path) == EXPECTED


@pytest.mark.parametrize("below", ["", "csv"])
def test_csv_keeps_leading_zeros(below: str, tmp_path: Path) -> None:
    (tmp_path / below).mkdir(exist_ok=True)
    PEOPLE.to_csv(tmp_path / below / "patients.csv", index=False)
    assert read(tmp_path) == EXPECTED


def test_times_and_amounts_are_typed_and_the_rest_is_text(tmp_path: Path) -> None:
    PEOPLE.to_csv(tmp_path / "patients.csv", index=False)
    text = 'Id,START,CODE,TOTAL_CLAIM_COST,DESCRIPTION\n1,2020-01-02T03:04:05Z,0123,12.5,"a ""b"", c"\n'
    (tmp_path / "encounters.csv").write_text(text, encoding="utf-8")
    row = (
        connect(tmp_path)
        .execute("SELECT START, CODE, TOTAL_CLAIM_COST, DESCRIPTION FROM encounters")
        .fetchone()
    )
    assert row == (pd.Timestamp("2020-01-02 03:04:05"), "0123", 12.5, 'a "b", c')


def test_missing_tables_and_columns_are_blank(tmp_path: Path) -> None:
    PEOPLE.to_csv(tmp_path / "patients.csv", index=False)
    database = connect(tmp_path)
    assert database.execute("SELECT GENDER FROM patients").fetchall() == [(None,), (None,)]
    for table in schema():
        described = [row[0] for row in database.execute(f"DESCRIBE {table}").fetchall()]
        assert tuple(described) == schema()[table]


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    PEOPLE.to_parquet(tmp_path / "patients.parquet")
    whole = (tmp_path / "patients.parquet").read_bytes()
    (tmp_path / "patients.parquet").write_bytes(whole[:-40])
    with pytest.raises(HilabError, match=r"patients\.parquet: cannot be read as the table patients"):
        connect(tmp_path)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_bytes("Id,Größe\n".encode("latin-1"))
    with pytest.raises(HilabError, match=r"patients\.csv: cannot be read as CSV in UTF-8"):
        connect(tmp_path)


def test_a_folder_without_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HilabError, match="no table of patients here"):
        find_tables(tmp_path)
