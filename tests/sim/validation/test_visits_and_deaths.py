"""Visits, stays, new diagnoses and deaths per year lived, counted by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from sim.validation.definitions import Question
from sim.validation.statistics import life_expectancy
from tests.sim.validation.tiny import Population, ask, measures


@pytest.fixture
def seen() -> Population:
    """A woman of 50 with visits of every kind, and a man who was there for one of the three years."""
    tiny = Population()
    tiny.person("a", "1975-01-01", "F")
    tiny.person("b", "1975-01-01", "M", died="2024-01-01")
    for number, kind in enumerate(("ambulatory", "wellness", "virtual", "outpatient", "emergency", "home")):
        tiny.visit(f"a{number}", "a", f"2025-0{number + 1}-10T10:00:00Z", kind=kind)
    tiny.visit("old", "a", "2020-01-01T10:00:00Z")
    tiny.visit("b0", "b", "2023-05-01T10:00:00Z", kind="urgentcare")
    return tiny


def test_visits_per_hundred_years_lived(seen: Population, tmp_path: Path) -> None:
    tiny = measures(seen, tmp_path)
    years = (3 * 365.25 + 365) / 365.25
    rate = {name: tiny.ask(Question(f"visits_{name}")).value for name in ("all", "office", "outpatient")}
    assert rate["office"] == pytest.approx(100 * 4 / years, rel=1e-3)
    assert rate["all"] == pytest.approx(100 * 6 / years, rel=1e-3)
    assert rate["outpatient"] == pytest.approx(100 * 1 / years, rel=1e-3)
    assert tiny.ask(Question("visits_office", "male")).value == pytest.approx(100, rel=1e-2)
    assert tiny.ask(Question("visits_office", "all", "50-50")).value == pytest.approx(300, rel=1e-2)


def test_who_was_seen_in_the_last_year(seen: Population, tmp_path: Path) -> None:
    seen.person("c", "1990-01-01")
    seen.visit("c0", "c", "2024-12-30T10:00:00Z", kind="emergency")
    tiny = measures(seen, tmp_path)
    assert tiny.ask(Question("emergency_in_year", "all", "18+")).value == 50.0
    assert tiny.ask(Question("telemedicine_in_year", "all", "18+")).value == 50.0


def test_stays(tmp_path: Path) -> None:
    tiny = Population()
    tiny.person("a", "1975-01-01")
    tiny.person("b", "1950-01-01", died="2025-03-02")
    stays = (
        ("1", "a", "2025-02-01", "2025-02-03"),
        ("2", "a", "2025-02-20", "2025-02-28"),
        ("3", "a", "2025-06-01", "2025-06-02"),
        ("4", "b", "2025-02-20", "2025-03-02"),
    )
    for id, who, start, stop in stays:
        cost = 1000 * int(id)
        tiny.visit(id, who, f"{start}T10:00:00Z", f"{stop}T10:00:00Z", "inpatient", TOTAL_CLAIM_COST=cost)
    asking = measures(tiny, tmp_path)
    answers = {
        name: asking.ask(Question(name)).value
        for name in ("stay_days", "stay_cost", "stays_3_days", "stays_65")
    }
    assert answers == {"stay_days": 5.25, "stay_cost": 2500.0, "stays_3_days": 50.0, "stays_65": 25.0}
    readmission = asking.ask(Question("readmission", "all", "1+"))
    assert (readmission.value, readmission.people) == (pytest.approx(100 / 3), 3)


def test_what_a_visit_was_for(tmp_path: Path) -> None:
    tiny = Population()
    tiny.person("a", "1975-01-01")
    tiny.visit("1", "a", "2025-02-01T10:00:00Z", REASONCODE=65966004, REASONDESCRIPTION="Fracture of forearm")
    tiny.visit("2", "a", "2025-03-01T10:00:00Z")
    tiny.told("a", 44465007, "2025-03-01", encounter="2", text="Sprain of ankle")
    tiny.visit(
        "3", "a", "2025-04-01T10:00:00Z", REASONCODE=59621000, REASONDESCRIPTION="Essential hypertension"
    )
    tiny.told("a", 44465007, "2025-04-01", encounter="3", text="Sprain of ankle")
    tiny.visit("4", "a", "2025-05-01T10:00:00Z", CODE=185345009, DESCRIPTION="Encounter for symptom")
    assert ask(tiny, tmp_path, "office_injury").value == 50.0


def test_principal_diagnosis_of_stays(tmp_path: Path) -> None:
    tiny = Population()
    tiny.person("a", "1975-01-01")
    tiny.visit(
        "1", "a", "2025-02-01T10:00:00Z", kind="inpatient", REASONCODE=91302008, REASONDESCRIPTION="Sepsis"
    )
    tiny.visit(
        "2",
        "a",
        "2025-04-01T10:00:00Z",
        kind="inpatient",
        REASONCODE=233604007,
        REASONDESCRIPTION="Pneumonia",
    )
    answer = ask(tiny, tmp_path, "stays_septicaemia")
    assert answer.value == pytest.approx(100_000 / 3, rel=1e-3)


def test_drugs_mentioned_at_office_visits(tmp_path: Path) -> None:
    tiny = Population()
    tiny.person("a", "1975-01-01")
    tiny.visit("1", "a", "2025-02-01T10:00:00Z")
    tiny.visit("2", "a", "2025-06-01T10:00:00Z")
    for code in range(9):
        tiny.takes("a", f"drug {code}", "2025-01-01", until="2025-03-01", code=code)
    tiny.add("immunizations", PATIENT="a", CODE="140", DATE="2025-06-01T10:00:00Z")
    tiny.visit("3", "a", "2025-09-01T10:00:00Z")
    asking = measures(tiny, tmp_path)
    assert asking.ask(Question("drugs_per_office_visit")).value == pytest.approx(300.0)
    assert asking.ask(Question("office_with_drug")).value == pytest.approx(200 / 3)


def test_new_cancers_per_year_lived(tmp_path: Path) -> None:
    tiny = Population()
    for number in range(4):
        tiny.person(f"p{number}", "1978-01-01")
    tiny.told("p0", 254837009, "2020-01-01", text="Malignant neoplasm of breast (disorder)")
    tiny.told("p0", 254837009, "2022-01-01", text="Malignant neoplasm of breast (disorder)")
    tiny.told("p1", 254837009, "2005-01-01", text="Malignant neoplasm of breast (disorder)")
    tiny.told("p2", 162573006, "2020-01-01", text="Suspected lung cancer (situation)")
    answer = ask(tiny, tmp_path, "cancer_breast")
    # all lived 2.0 of the ten years aged 38 and 39 to 44, the rest aged 45 to 47: one cancer at age 42
    young, older = 162613, 134834
    years = 4 * (date_years("2016-01-01", "2023-01-01"))
    expected = 100_000 * young / (young + older) / years
    assert answer.value == pytest.approx(expected, rel=1e-3)
    assert math.isnan(ask(tiny, tmp_path / "b", "cancer_lung").value)


def date_years(first: str, last: str) -> float:
    return float((np.datetime64(last) - np.datetime64(first)).astype(int)) / 365.25


def test_deaths_per_year_lived(tmp_path: Path) -> None:
    tiny = Population()
    for number in range(10):
        tiny.person(f"p{number}", "1950-01-01", "M")
    tiny.person("dead", "1950-01-01", "M", died="2020-07-01")
    answer = ask(tiny, tmp_path, "death_probability", "male", "70")
    rate = 1 / (10 * 366 / 365.25 + 182 / 365.25)
    assert answer.value == pytest.approx(rate / (1 + rate / 2), rel=1e-6)
    assert ask(tiny, tmp_path / "b", "death_probability", "male", "71").value == 0.0


def test_life_expectancy_of_a_constant_hazard() -> None:
    value, error = life_expectancy(np.full(101, 20.0), np.full(101, 1000.0))
    assert value == pytest.approx(50, abs=0.1)
    assert 0 < error < 5
    assert math.isnan(life_expectancy(np.zeros(101), np.ones(101))[0])
