"""The whole way from a number and a seed to files, with the real engine."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.errors import HilabError
from sim.generator import fill, recount, write
from sim.handle import Population
from sim.parts import Job
from sim.records import TABLES, Records
from sim.records.tables import columns
from sim.seeds import PUBLIC_KEY, Seeds

N = 60
SLOTS = 25
"""Living people of a part in these tests: three parts."""


def job(out: Path, format: str = "parquet", people: int = N, seed: str = "3") -> Job:
    return Job(people, seed, out, format, slots=SLOTS)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a population that was written without disturbance."""
    folder = tmp_path_factory.mktemp("population") / "a b 县"
    fill(job(folder))
    return folder


@pytest.fixture(scope="module")
def tables(whole: Path) -> dict[str, pd.DataFrame]:
    population = Population.open(whole)
    return {name: getattr(population, name).pandas() for name in TABLES}


@pytest.fixture(scope="module")
def records() -> Records:
    return recount(N, Seeds(PUBLIC_KEY, "generate", "3"), threads=2, wanted=TABLES)


def test_records_agree_with_themselves(records: Records, check_integrity: Callable[[Records], None]) -> None:
    check_integrity(records)
    assert records.people["alive"].sum() == N
    assert len(records.people) > N, "somebody died before the snapshot"


def test_visits_are_of_many_kinds(records: Records) -> None:
    visits = records.tables["encounters"]
    assert {"wellness", "ambulatory", "emergency"} <= set(visits["ENCOUNTERCLASS"])
    assert visits["DESCRIPTION"].notna().all() and visits["CODE"].notna().all()
    recent = visits[visits["START"] > "2023-01-01"]
    assert 1 < len(recent) / 3 / N < 15, "visits a person and year"


def test_values_are_numbers_with_units(records: Records) -> None:
    observations = records.tables["observations"]
    numeric = observations[observations["TYPE"] == "numeric"]
    assert pd.to_numeric(numeric["VALUE"]).notna().all()
    assert numeric["UNITS"].notna().all()
    height = numeric.loc[numeric["DESCRIPTION"] == "Body Height", "VALUE"].astype(float)
    assert height.between(30, 230).all() and height.median() > 100


def test_threads_and_repetition_change_nothing(records: Records) -> None:
    again = recount(N, Seeds(PUBLIC_KEY, "generate", "3"), threads=1, wanted=TABLES)
    for name in TABLES:
        pd.testing.assert_frame_equal(records.tables[name], again.tables[name])
    pd.testing.assert_frame_equal(records.people, again.people)


def test_parts_make_one_population(tables: dict[str, pd.DataFrame]) -> None:
    patients = tables["patients"]
    assert patients["DEATHDATE"].isna().sum() == N
    for name, column in (("patients", "Id"), ("patients", "SSN"), ("encounters", "Id"), ("claims", "Id")):
        assert tables[name][column].is_unique, (name, column)
    at_home = patients[patients["DEATHDATE"].isna()].groupby("ADDRESS")["ZIP"].nunique()
    assert len(at_home) > N / 4


REFERENCES = {
    "PATIENT": "patients", "PATIENTID": "patients", "PATIENT_ID": "patients", "ENCOUNTER": "encounters",
    "APPOINTMENTID": "encounters", "ORGANIZATION": "organizations", "PLACEOFSERVICE": "organizations",
    "PROVIDER": "providers", "PROVIDERID": "providers", "SUPERVISINGPROVIDERID": "providers",
    "PAYER": "payers", "PAYER_ID": "payers", "SECONDARY_PAYER": "payers", "CLAIMID": "claims",
    "PRIMARYPATIENTINSURANCEID": "payers", "SECONDARYPATIENTINSURANCEID": "payers",
}  # fmt: skip


def test_every_reference_resolves(tables: dict[str, pd.DataFrame]) -> None:
    ids = {name: set(tables[name]["Id"]) for name in set(REFERENCES.values())}
    for name, table in tables.items():
        for column in table.columns.intersection(list(REFERENCES)):
            there = table[column].dropna()
            assert there.isin(ids[REFERENCES[column]]).all(), (name, column)
    members = set(tables["payer_transitions"]["MEMBERID"])
    assert tables["claims_transactions"]["PATIENTINSURANCEID"].isin(members).all()


def test_nothing_ends_before_it_begins(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        for begin, end in (("START", "STOP"), ("START_DATE", "END_DATE"), ("FROMDATE", "TODATE")):
            if begin in table:
                assert not (table[end] < table[begin]).any(), name


def test_shared_sums_are_those_of_all_parts(tables: dict[str, pd.DataFrame]) -> None:
    visits, payers, houses = (tables[name] for name in ("encounters", "payers", "organizations"))
    assert houses["UTILIZATION"].sum() == len(visits) == tables["providers"]["ENCOUNTERS"].sum()
    assert abs(houses["REVENUE"].sum() - visits["TOTAL_CLAIM_COST"].sum()) < 0.01
    paid = visits["PAYER_COVERAGE"].sum() + tables["medications"]["PAYER_COVERAGE"].sum()
    assert abs(payers["AMOUNT_COVERED"].sum() - paid) < 0.01


def test_workers_change_nothing(whole: Path, tmp_path: Path) -> None:
    fill(job(tmp_path / "two"), workers=2)
    assert contents(tmp_path / "two") == contents(whole)


def test_resources_do_not_depend_on_the_workers(tmp_path: Path) -> None:
    fill(job(tmp_path / "one", "fhir", people=30))
    fill(job(tmp_path / "two", "fhir", people=30), workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert (tmp_path / "one" / "Patient.00001.ndjson").exists()


def test_csv_is_synthea_s(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    rows = fill(job(tmp_path, "csv"), workers=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["manifest.json", *(f"{name}.csv" for name in TABLES)]
    )
    for name in TABLES:
        text = (tmp_path / f"{name}.csv").read_text(encoding="utf-8")
        assert text.partition("\n")[0] == ",".join(columns(name))
        frame = pd.read_csv(tmp_path / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")
        assert len(frame) == len(tables[name]) == rows[name], name


def test_a_killed_run_goes_on(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    program = (
        "import sys; from pathlib import Path; from sim.generator import fill; from sim.parts import Job\n"
        f"fill(Job({N}, '3', Path(sys.argv[1]), slots={SLOTS}))"
    )
    for kill_after in (0.0, 0.1, 0.2, 0.4):
        process = subprocess.Popen([sys.executable, "-c", program, str(folder)], cwd=Path.cwd())
        while process.poll() is None and not (folder / ".hilab").exists():
            time.sleep(0.005)
        time.sleep(kill_after)
        process.send_signal(signal.SIGKILL)
        process.wait()
    fill(job(folder))
    assert contents(folder) == contents(whole)


def test_a_corrupt_or_missing_part_is_made_again(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(whole, folder)
    damaged = folder / "observations" / "part-00001.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-100] + b"\0" * 100)
    (folder / "encounters" / "part-00002.parquet").unlink()
    before = (folder / "patients" / "part-00000.parquet").stat().st_mtime_ns
    fill(job(folder))
    assert contents(folder) == contents(whole)
    assert (folder / "patients" / "part-00000.parquet").stat().st_mtime_ns == before, "what is whole stays"


def test_a_complete_population_is_left_alone(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("nothing is to be made")

    monkeypatch.setattr("sim.generator.write_part", never)
    before = contents(whole)
    assert fill(job(whole))["patients"] == len(Population.open(whole).patients)
    assert contents(whole) == before


def test_a_full_disk_is_said_and_survived(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim import parts

    folder, honest, written = tmp_path / "full", parts.write_parquet, []

    def full(table: Any, path: Path) -> None:
        honest(table, path)
        written.append(path)
        if len(written) > 20:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(parts, "write_parquet", full)
    with pytest.raises(HilabError, match="No space left on device"):
        fill(job(folder))
    assert not list(folder.rglob("*.draft")), "nothing is left half-written"
    monkeypatch.setattr(parts, "write_parquet", honest)
    fill(job(folder))
    assert contents(folder) == contents(whole)


def test_other_arguments_are_refused(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(HilabError, match=r"population with people 60, not 61; choose another folder"):
        fill(job(whole, people=N + 1))
    (tmp_path / "patients.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(HilabError, match=r"holds patients\.csv already"):
        fill(job(tmp_path))
    (tmp_path / "patients.csv").unlink()
    (tmp_path / "manifest.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(HilabError, match="hilab did not write this"):
        fill(job(tmp_path))
    assert (tmp_path / "manifest.json").read_text(encoding="utf-8") == "[1]"


def test_foreign_files_stay(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / ".hilab").mkdir()
    (tmp_path / ".hilab" / "mine.txt").write_text("mine", encoding="utf-8")
    fill(job(tmp_path, people=5))
    assert (tmp_path / "notes.txt").exists() and (tmp_path / ".hilab" / "mine.txt").exists()


def test_bad_arguments_are_said_in_a_sentence(tmp_path: Path) -> None:
    for wrong, words in (
        ({"people": 0}, "1 to 4,000,000"),
        ({"format": "xlsx"}, "parquet, csv, fhir, not 'xlsx'"),
        ({"history": -1}, "above 0"),
    ):
        with pytest.raises(HilabError, match=words):
            Job(**{"people": 5, "seed": "1", "out": tmp_path} | wrong)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(HilabError, match="cannot write here"):
        fill(job(tmp_path / "file"))


def test_interrupting_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim import parts

    def stop(table: Any, path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(parts, "write_parquet", stop)
    with pytest.raises(KeyboardInterrupt):
        fill(job(tmp_path / "stopped"))
    left = contents(tmp_path / "stopped")
    assert list(left) == [".hilab/arguments.json"] and json.loads(left[".hilab/arguments.json"])


def test_a_handle_generates_when_it_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    population = sim.generate(20, seed=5, progress=False)
    assert "not generated yet" in repr(population) and not list(tmp_path.iterdir())
    patients = population.patients.pandas()
    assert patients["DEATHDATE"].isna().sum() == 20
    assert population.patients.arrow().num_rows == len(population.patients) == len(patients)
    assert population.conditions.duckdb().aggregate("count(*)").fetchall()[0][0] == len(population.conditions)
    assert f"{len(patients):,} rows" in repr(population) and "conditions" in dir(population)
    with pytest.raises(AttributeError, match="its tables are patients"):
        population.nothing  # noqa: B018
    again = sim.generate(20, seed=5, progress=False)
    pd.testing.assert_frame_equal(again.patients.pandas(), patients)


def test_write_says_what_it_wrote(tmp_path: Path) -> None:
    said = write(5, "a word", tmp_path / "p", "csv", history=None)
    assert said.startswith(f"Wrote {tmp_path / 'p'}: patients ") and "payers 5." in said
