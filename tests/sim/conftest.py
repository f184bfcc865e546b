"""What several tests of the simulation ask."""

from collections.abc import Callable

import pytest
from made_up_care import with_care
from made_up_laboratory import with_laboratory
from made_up_records import made_up_records

from sim.records import PAYERS, Records
from sim.seeds import Seeds

TIMED = {
    "encounters": ("START", "STOP"),
    "conditions": ("START", "STOP"),
    "medications": ("START", "STOP"),
    "procedures": ("START", "STOP"),
    "observations": ("DATE", "DATE"),
}


def _check_integrity(records: Records) -> None:
    """Every id resolves, nobody is treated before birth or after death, nothing ends before it begins."""
    tables = records.tables
    patients = tables["patients"].set_index("Id")
    assert patients.index.is_unique and tables["encounters"]["Id"].is_unique
    assert (patients.index == records.people["person_id"]).all()
    visits = tables["encounters"].set_index("Id")
    for name, (first, last) in TIMED.items():
        table = tables[name]
        assert table["PATIENT"].isin(patients.index).all(), name
        lived = patients.loc[table["PATIENT"], ["BIRTHDATE", "DEATHDATE"]]
        start, stop = table[first].dt.floor("D"), table[last].dt.floor("D")
        assert (start.to_numpy() >= lived["BIRTHDATE"].to_numpy()).all(), name
        assert not (start.to_numpy() > lived["DEATHDATE"].to_numpy()).any(), name
        assert not (stop < start).any(), name
        if name != "conditions":
            assert not (stop.to_numpy() > lived["DEATHDATE"].to_numpy()).any(), name
            assert not (table[last] < table[first]).any(), name
        if "ENCOUNTER" in table:
            assert table["ENCOUNTER"].isin(visits.index).all(), name
            assert (visits.loc[table["ENCOUNTER"], "PATIENT"].to_numpy() == table["PATIENT"].to_numpy()).all()
            begun = visits.loc[table["ENCOUNTER"], "START"].dt.floor("D")
            assert (start.to_numpy() >= begun.to_numpy()).all(), name
    houses, staff = tables["organizations"].set_index("Id"), tables["providers"].set_index("Id")
    assert visits["ORGANIZATION"].isin(houses.index).all()
    assert (
        staff.loc[visits["PROVIDER"], "ORGANIZATION"].to_numpy() == visits["ORGANIZATION"].to_numpy()
    ).all()
    assert visits["PAYER"].isin([payer.id for payer in PAYERS]).all()


@pytest.fixture(scope="session")
def check_integrity() -> Callable[[Records], None]:
    """Returns a function that fails for records that contradict themselves."""
    return _check_integrity


@pytest.fixture(scope="session")
def made_up() -> tuple[Records, Seeds]:
    """Returns quick, made-up records for systems and defects, and their seeds."""
    return made_up_records()


@pytest.fixture(scope="session")
def cared_for(made_up: tuple[Records, Seeds]) -> tuple[Records, Seeds]:
    """Returns made-up records with prices, vaccines, allergies and infections, and their seeds."""
    return with_care(made_up[0]), made_up[1]


@pytest.fixture(scope="session")
def made_up_cn() -> tuple[Records, Seeds]:
    """Returns the same of people of China."""
    return made_up_records(country="cn")


@pytest.fixture(scope="session")
def tested(made_up: tuple[Records, Seeds]) -> tuple[Records, Seeds]:
    """Returns made-up records with everything that laboratories measure, and their seeds."""
    return with_laboratory(made_up[0]), made_up[1]
