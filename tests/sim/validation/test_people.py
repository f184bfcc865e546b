"""Shares of people, values, ages: each against a population whose answer is counted by hand."""

import math
from pathlib import Path

import pytest

from sim.validation.definitions import Question
from tests.sim.validation.tiny import Population, ask, measures

HYPERTENSION, DIABETES, ASTHMA = 59621000, 44054006, 195967001


@pytest.fixture
def people() -> Population:
    """Two women of 30 and 70, two men of 30 and 70, and one who died."""
    tiny = Population()
    for sex in "FM":
        for age, born in ((30, "1995-03-01"), (70, "1955-03-01")):
            tiny.person(f"{sex}{age}", born, sex)
    tiny.person("gone", "1950-01-01", "M", died="2020-01-01")
    return tiny


def test_the_living_are_counted_by_age_and_sex(people: Population, tmp_path: Path) -> None:
    asking = lambda *group: ask(people, tmp_path / "-".join(group), "population_share", *group).value  # noqa: E731
    assert asking("female", "30-34") == 25.0
    assert asking("all", "65+") == 50.0
    assert asking("male", "75-79") == 0.0


def test_a_condition_once_recorded_was_told_for_ever(people: Population, tmp_path: Path) -> None:
    people.told("F70", HYPERTENSION, "1990-01-01", until="1995-01-01")
    people.told("gone", HYPERTENSION, "1990-01-01")
    assert ask(people, tmp_path, "hypertension_told", "female", "65+").value == 100.0
    assert ask(people, tmp_path / "b", "hypertension_told").value == 25.0


def test_a_condition_that_ended_is_no_longer_had(people: Population, tmp_path: Path) -> None:
    people.told("F30", ASTHMA, "2010-01-01")
    people.told("M30", ASTHMA, "2010-01-01", until="2015-01-01")
    assert ask(people, tmp_path, "asthma_now", "all", "25-34").value == 50.0


def test_awareness_and_treatment_are_shares_of_the_hypertensive(people: Population, tmp_path: Path) -> None:
    for who, systolic in (("F30", 120), ("M30", 150), ("F70", 150), ("M70", 120)):
        people.value(who, "8480-6", systolic)
        people.value(who, "8462-4", 70)
    for who in ("F70", "M70"):
        people.told(who, HYPERTENSION, "2015-01-01")
    people.takes("M70", "lisinopril 10 MG Oral Tablet", "2016-01-01")
    people.takes("M30", "amlodipine 5 MG", "2016-01-01", until="2020-01-01")
    tiny = measures(people, tmp_path)
    asked = {name: tiny.ask(Question(f"hypertension_{name}")).value for name in ("130", "aware", "treated")}
    assert asked == {"130": 75.0, "aware": pytest.approx(200 / 3), "treated": pytest.approx(100 / 3)}
    assert tiny.ask(Question("hypertension_controlled")).value == pytest.approx(100 / 3)


def test_undiagnosed_is_high_sugar_without_a_diagnosis(people: Population, tmp_path: Path) -> None:
    for who, a1c in (("F30", 5.0), ("M30", 7.0), ("F70", 7.0), ("M70", 5.0)):
        people.value(who, "4548-4", a1c)
    people.told("F70", DIABETES, "2015-01-01")
    tiny = measures(people, tmp_path)
    assert tiny.ask(Question("diabetes_undiagnosed_adjusted", "all", "18-34")).value == 50.0
    assert tiny.ask(Question("diabetes_total")).value == 50.0
    assert tiny.ask(Question("diabetes_aware")).value == 50.0


def test_shares_are_weighted_to_the_ages_of_2000(people: Population, tmp_path: Path) -> None:
    people.told("F30", 13645005, "2015-01-01")
    people.told("M30", 13645005, "2015-01-01")
    weights = {"25-34": 135573, "65-74": 66037}
    expected = 100 * weights["25-34"] / sum(weights.values())
    assert ask(people, tmp_path, "copd_adjusted", "all", "18+").value == pytest.approx(expected)


def test_the_newest_value_of_ordinary_life_counts(people: Population, tmp_path: Path) -> None:
    people.visit("stay", "F30", "2025-07-01T10:00:00Z", "2025-07-03T10:00:00Z", "inpatient")
    people.value("F30", "2951-2", 150, "2025-07-01", encounter="stay")
    people.value("F30", "2951-2", 139, "2024-01-01")
    people.value("F30", "2951-2", 141, "2024-01-01")
    people.value("F30", "2951-2", 120, "2023-05-05")
    people.value("M30", "2951-2", 142, "2025-05-05")
    people.value("M30", "2951-2", "not done", "2025-05-06")
    people.value("M70", "2951-2", 100, "2021-05-05")
    answer = ask(people, tmp_path, "sodium:mean", "all", "20-39")
    assert (answer.value, answer.people) == (141.0, 2)


def test_the_measured_stand_for_all_of_their_kind(tmp_path: Path) -> None:
    tiny = Population()
    for number in range(8):
        tiny.person(f"well{number}", "1980-01-01")
    for number in range(2):
        tiny.person(f"ill{number}", "1980-01-01")
        tiny.told(f"ill{number}", DIABETES, "2015-01-01")
        tiny.value(f"ill{number}", "4548-4", 8.0)
    tiny.value("well0", "4548-4", 5.0)
    assert ask(tiny, tmp_path, "a1c:mean").value == pytest.approx(0.8 * 5 + 0.2 * 8)
    assert ask(tiny, tmp_path / "b", "a1c_65").value == pytest.approx(20.0)


def test_people_alike_stand_in_where_nobody_was_measured(tmp_path: Path) -> None:
    tiny = Population()
    for number in range(4):
        tiny.person(f"p{number}", "1980-01-01")
    tiny.person("man", "1980-01-01", "M")
    tiny.told("p3", HYPERTENSION, "2015-01-01")
    tiny.value("p0", "4548-4", 5.0)
    tiny.value("man", "4548-4", 7.0)
    assert ask(tiny, tmp_path, "a1c:mean").value == pytest.approx((4 * 5 + 7) / 5)


def test_the_sick_alone_cannot_speak_for_the_well(people: Population, tmp_path: Path) -> None:
    people.told("F70", DIABETES, "2015-01-01")
    people.value("F70", "4548-4", 8.0)
    answer = ask(people, tmp_path, "a1c:mean", "all", "20+")
    assert math.isnan(answer.value)
    assert answer.missing == "75% of the group are unlike anybody measured"


def test_percentiles_and_spread(tmp_path: Path) -> None:
    tiny = Population()
    for number in range(101):
        tiny.person(f"p{number}", "1980-01-01")
        tiny.value(f"p{number}", "39156-5", number)
    tiny_measures = measures(tiny, tmp_path)
    found = {name: tiny_measures.ask(Question(f"bmi:{name}")).value for name in ("mean", "sd", "p5", "p50")}
    assert found["mean"] == pytest.approx(50)
    assert found["p50"] == pytest.approx(50)
    assert found["p5"] == pytest.approx(4.55, abs=0.1)
    assert found["sd"] == pytest.approx(math.sqrt((101**2 - 1) / 12))


def test_kidney_function_is_worked_out_from_creatinine(people: Population, tmp_path: Path) -> None:
    people.value("M70", "2160-0", 2.0)
    people.value("M30", "2160-0", 0.9)
    tiny = measures(people, tmp_path)
    rows = tiny.database.execute("SELECT egfr FROM person WHERE egfr IS NOT NULL ORDER BY egfr").fetchall()
    old = 142 * (2.0 / 0.9) ** -1.2 * 0.9938**70
    assert [row[0] for row in rows] == [pytest.approx(old), pytest.approx(142 * 0.9938**30)]


def test_odds_ratio(tmp_path: Path) -> None:
    tiny = Population()
    for number, (diabetes, lipids) in enumerate([(1, 1)] * 6 + [(1, 0)] * 2 + [(0, 1)] * 3 + [(0, 0)] * 4):
        who = tiny.person(f"p{number}", "1980-01-01")
        if diabetes:
            tiny.told(who, DIABETES, "2015-01-01")
        if lipids:
            tiny.told(who, 55822004, "2015-01-01")
    answer = ask(tiny, tmp_path, "odds_diabetes_lipids", "all", "20+")
    assert answer.value == pytest.approx(6 * 4 / (2 * 3))
    assert answer.error == pytest.approx(4 * math.sqrt(1 / 6 + 1 / 2 + 1 / 3 + 1 / 4))


def test_smoking_is_the_newest_answer(people: Population, tmp_path: Path) -> None:
    people.value("F30", "72166-2", "Smokes tobacco daily (finding)", "2024-01-01")
    people.value("F30", "72166-2", "Ex-smoker (finding)", "2025-01-01")
    people.value("M30", "72166-2", "Smokes tobacco daily (finding)", "2024-01-01")
    people.value("F70", "72166-2", "Never smoked tobacco (finding)", "2024-01-01")
    tiny = measures(people, tmp_path)
    assert tiny.ask(Question("smoking", "all", "20-39")).value == 50.0
    assert tiny.ask(Question("former_smoking", "all", "20-39")).value == 50.0


def test_drugs_of_the_last_thirty_days(people: Population, tmp_path: Path) -> None:
    for code in range(5):
        people.takes("M70", f"drug {code}", "2020-01-01", code=code)
    people.takes("F70", "Atorvastatin 20 MG", "2020-01-01", until="2025-12-15")
    people.takes("F30", "Atorvastatin 20 MG", "2020-01-01", until="2025-10-01")
    tiny = measures(people, tmp_path)
    names = ("drugs_any", "drugs_none", "drugs_1_4", "drugs_5", "takes_lipid_lowering")
    assert [tiny.ask(Question(name)).value for name in names] == [50.0, 50.0, 25.0, 25.0, 25.0]


def test_vaccines_by_two_years(tmp_path: Path) -> None:
    tiny = Population()
    for who in ("a", "b"):
        tiny.person(who, "2022-06-01")
    tiny.person("older", "2010-06-01")
    for who, day in (
        ("a", "2022-06-02"),
        ("a", "2022-09-01"),
        ("a", "2023-01-01"),
        ("b", "2022-07-01"),
        ("b", "2025-01-01"),
    ):
        tiny.add("immunizations", PATIENT=who, CODE="08", DATE=f"{day}T00:00:00Z")
    tiny_measures = measures(tiny, tmp_path)
    names = ("vaccine_hepb_birth", "vaccine_hepb_3", "vaccine_none")
    assert [tiny_measures.ask(Question(name, "all", "24 months")).value for name in names] == [
        50.0,
        50.0,
        0.0,
    ]


def test_race_and_subgroup(people: Population, tmp_path: Path) -> None:
    people.person("black", "1990-01-01", RACE="black")
    people.person("hispanic", "1990-01-01", RACE="black", ETHNICITY="hispanic")
    people.told("black", DIABETES, "2015-01-01")
    assert ask(people, tmp_path, "diabetes_diagnosed", "all", "18+", "black_nh").value == 100.0
    assert ask(people, tmp_path / "b", "diabetes_diagnosed", "all", "18+", "hispanic").value == 0.0


def test_what_nobody_recorded_is_not_zero(people: Population, tmp_path: Path) -> None:
    answer = ask(people, tmp_path, "hypertension_treated")
    assert math.isnan(answer.value)
    assert answer.missing == "not recorded: antihypertensive, dbp, hypertension, sbp"


def test_a_share_without_a_case_is_not_sure(people: Population, tmp_path: Path) -> None:
    people.told("M30", DIABETES, "2015-01-01")
    answer = ask(people, tmp_path, "diabetes_diagnosed", "female", "all", "", 10.0)
    assert answer.value == 0.0
    assert answer.error == pytest.approx(100 * math.sqrt(0.1 * 0.9 / 2))
