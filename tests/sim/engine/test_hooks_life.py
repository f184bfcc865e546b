"""The course of life, cardiovascular risk, check-ups, urgent visits and vaccines."""

from collections import defaultdict
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_people import adults, rows_of

from sim import seeds
from sim.engine import FLAGS, RACES
from sim.engine.hooks import lifecycle, risk
from sim.engine.hooks.immunisation import VACCINES, due
from sim.engine.hooks.lifecycle import BORN, born
from sim.engine.hooks.risk import CHOICES, YEARLY, yearly, yearly_risk
from sim.engine.hooks.urgent import EMERGENCY, NONE, URGENT_CARE, urgent_visit
from sim.engine.hooks.wellness import next_check_up

KEYS = [seeds.mix(8, k) for k in range(4000)]
NOTHING = np.full(len(FLAGS), np.nan)
WORDS = st.integers(0, 2**62 - 1)


def birth(name: str, race: int = 0, ses: int = 1) -> np.ndarray:
    which = [attribute for attribute, _ in BORN].index(name)
    return np.array([born(which, key, 0, race, ses) for key in KEYS])


def at(name: str, age: float, sex: int = 0, flags: np.ndarray = NOTHING) -> np.ndarray:
    return np.array([yearly(YEARLY.index(name), key, age, sex, 0, flags) for key in KEYS])


@settings(deadline=None)
@given(
    st.integers(0, len(BORN) - 1), WORDS, st.integers(0, 1), st.integers(0, len(RACES) - 1), st.integers(0, 2)
)
def test_machine_and_plain_births_agree(which: int, key: int, sex: int, race: int, ses: int) -> None:
    value = born(which, key, sex, race, ses)
    assert value == born.py_func(which, key, sex, race, ses)
    words = BORN[which][1]
    assert value >= 0.0 and (words is None or value < len(words))


@settings(deadline=None)
@given(st.integers(0, len(YEARLY) - 1), WORDS, st.floats(0, 105), st.integers(0, 1))
def test_machine_and_plain_years_agree(which: int, key: int, age: float, sex: int) -> None:
    value = yearly(which, key, age, sex, 0, NOTHING)
    assert np.array_equal(value, yearly.py_func(which, key, age, sex, 0, NOTHING), equal_nan=True)
    words = CHOICES.get(YEARLY[which])
    assert words is None or value in range(len(words))


def test_births() -> None:
    assert birth("RH_NEG").mean() == pytest.approx(0.16, abs=0.02)
    assert birth("RH_NEG", race=RACES.index("asian")).mean() < 0.04
    assert birth("income", ses=2).mean() > 3 * birth("income", ses=0).mean()
    assert (birth("education", ses=2) == 3).mean() > (birth("education", ses=0) == 3).mean() + 0.3
    assert np.array_equal(birth("poverty_ratio") * 22_000 // 1, birth("income"))
    assert 0.75 < birth("adherence").mean() < 0.85 and birth("adherence").max() <= 1


@pytest.mark.parametrize(("age", "sex", "published"), [(30, 0, 24.4), (50, 0, 22.0), (70, 0, 16.4)])
def test_men_smoke_as_in_the_survey(age: int, sex: int, published: float) -> None:
    # NHANES 2015-2016, men; the hook knows the age but not the year, so it is coarse.
    assert 100 * at("smoker", age, sex).mean() == pytest.approx(published, abs=6)


def test_habits_have_an_order() -> None:
    for key in KEYS[:300]:
        course = [[yearly(YEARLY.index(name), key, age, 0, 0, NOTHING) for age in range(90)] for name in
                  ("smoker", "former_smoker", "quit smoking age")]  # fmt: skip
        smoked, stopped, age = (np.array(values) for values in course)
        assert np.abs(np.diff(smoked)).sum() <= 2 and (np.diff(stopped) >= 0).all()
        assert not (smoked * stopped).any()
        assert np.array_equal(np.isfinite(age), stopped == 1) and not smoked[:15].any()


def test_marriage_and_insurance_change_with_age() -> None:
    single = [(at("marital_status", age, 1) == 0).mean() for age in (18, 25, 35, 60)]
    assert single[0] > 0.98 and sorted(single, reverse=True) == single and single[-1] < 0.25
    assert (at("marital_status", 85, 1) == 3).mean() > (at("marital_status", 85, 0) == 3).mean()
    assert (at("insurance_status", 70) == 2).all() and not (at("insurance_status", 40) == 2).any()


def test_risks_of_a_month_make_those_of_a_year() -> None:
    for name in ("mi", "ihd", "stroke", "heart_failure", "atrial_fibrillation"):
        month, year = at(f"{name}_risk", 60), at(f"{name}_risk_yearly", 60)
        assert 1 - (1 - month) ** 12 == pytest.approx(year)


def one_risk(
    disease: int, age: float = 60.0, sex: int = 0, pressure: float = 125.0, **raised: float
) -> float:
    flags = np.array([raised.get(flag, 0.0) for flag in FLAGS])
    return yearly_risk(
        disease, age, sex, pressure, raised.get("cholesterol", 190.0), raised.get("hdl", 50.0), flags
    )


def test_risk_factors_raise_the_risk() -> None:
    for disease in range(5):
        usual = one_risk(disease)
        assert one_risk(disease, age=17.0) == 0.0
        assert one_risk(disease, age=70.0) > 1.5 * usual > 1.5 * one_risk(disease, sex=1)
        assert one_risk(disease, pressure=160.0) > 1.3 * usual
        assert one_risk(disease, smoker=1.0) > 1.3 * usual and one_risk(disease, diabetes=1.0) > 1.3 * usual
    assert one_risk(risk.INFARCTION, cholesterol=250.0) > 1.3 * one_risk(risk.INFARCTION)
    assert one_risk(risk.INFARCTION, hdl=35.0) > 1.15 * one_risk(risk.INFARCTION)
    assert one_risk(risk.STROKE, atrial_fibrillation=1.0) > 3 * one_risk(risk.STROKE)
    assert one_risk(risk.FAILURE, kidney_disease=4.0) > 1.5 * one_risk(risk.FAILURE, kidney_disease=1.0)


def test_first_events_are_as_frequent_as_expected() -> None:
    # About 605,000 first infarctions and 610,000 first strokes a year in 245 million adults (AHA).
    people = adults(3000)
    columns = list(zip(people.keys, people.age, people.sex, people.flags, strict=True))
    for name, expected in (("mi_risk_yearly", 0.0025), ("stroke_risk_yearly", 0.0025)):
        which = YEARLY.index(name)
        mean = np.mean([yearly(which, key, age, sex, 0, flags) for key, age, sex, flags in columns])
        assert 0.6 * expected < mean < 1.8 * expected, name


def test_coronary_disease_is_as_frequent_as_published() -> None:
    ages = [(age, weight) for age, weight in ((30, 0.33), (50, 0.34), (70, 0.27), (82, 0.06))]
    share = sum(
        w * np.isfinite(at("coronary_heart_disease", age, sex)).mean() / 2
        for age, w in ages
        for sex in (0, 1)
    )
    assert share == pytest.approx(0.072, abs=0.015)  # NHANES 2015-2018


def test_only_the_unwell_come_and_the_worst_to_the_emergency_department() -> None:
    def shares(symptoms: float, since: float = np.inf) -> list[float]:
        visits = [urgent_visit(symptoms, since, key, 3) for key in KEYS]
        assert visits[:50] == [urgent_visit.py_func(symptoms, since, key, 3) for key in KEYS[:50]]
        return [float(np.mean(np.array(visits) == kind)) for kind in (NONE, URGENT_CARE, EMERGENCY)]

    assert shares(300.0)[NONE] == 1.0 and shares(600.0, since=10.0)[NONE] == 1.0
    mild, bad, worst = shares(360.0), shares(450.0), shares(700.0)
    assert mild[NONE] > bad[NONE] > worst[NONE]
    assert mild[URGENT_CARE] > 3 * mild[EMERGENCY] and worst[EMERGENCY] > 5 * worst[URGENT_CARE]


@cache
def childhoods() -> list[tuple[list[float], dict[str, list[float]]]]:
    """Returns ages at check-ups, and at doses by vaccine, of 1,500 children born in 2018 and 2019."""
    lives = []
    for number, key in enumerate(KEYS[:1500]):
        born_on = 43_099.0 + number % 730
        day, age, visits = born_on, 0.0, 0
        ages: list[float] = []
        doses: dict[str, list[float]] = defaultdict(list)
        while age < 6.0:
            day = next_check_up(day, age, key, visits)
            visits, age = visits + 1, (day - born_on) / 365.25
            ages.append(age)
            for which, vaccine in enumerate(VACCINES):
                had = doses[vaccine.key]
                if due(which, len(had), age, had[-1] if had else -1.0, day, key):
                    had.append(age)
        lives.append((ages, doses))
    return lives


def test_children_are_seen_when_they_should_be() -> None:
    planned = np.array([0.1, 1, 2, 4, 6, 9, 12, 15, 18, 24, 30, 36, 48, 60]) / 12
    for ages, _ in childhoods()[:200]:
        late = np.array(ages[: len(planned)]) - planned
        assert (late >= 0).all() and late.max() < 0.06
        assert 3 <= ages[0] * 365.25 < 9


@pytest.mark.parametrize(
    ("vaccine", "doses", "by", "row"),
    [
        ("dtap", 3, 2.0, "DTaP >=3"),
        ("dtap", 4, 2.0, "DTaP >=4"),
        ("ipv", 3, 2.0, "Polio >=3"),
        ("mmr", 1, 2.0, "MMR >=1"),
        ("hib", 3, 2.0, "Hib primary"),
        ("hib", 4, 2.0, "Hib full"),
        ("hepb", 3, 2.0, "HepB >=3"),
        ("varicella", 1, 2.0, "Varicella >=1"),
        ("pcv13", 3, 2.0, "PCV >=3"),
        ("pcv13", 4, 2.0, "PCV >=4"),
        ("hepa", 1, 2.0, "HepA >=1"),
        ("hepa", 2, 2.0, "HepA >=2"),
        ("rotavirus", 3, 0.68, "Rotavirus by 8 mo"),
        ("flu_quad", 2, 2.0, "Influenza >=2"),
    ],
)
def test_children_are_vaccinated_as_published(vaccine: str, doses: int, by: float, row: str) -> None:
    published = next(
        float(r["published_value"])
        for r in rows_of("validation_targets.csv")
        if r["measure"].startswith(f"immunisation by 24 months: {row}")
    )
    had = np.mean([sum(age <= by for age in given[vaccine]) >= doses for _, given in childhoods()])
    assert 100 * had == pytest.approx(published, abs=5)


def test_the_whole_series_and_none_at_all() -> None:
    series = {"dtap": 4, "ipv": 3, "mmr": 1, "hib": 4, "hepb": 3, "varicella": 1, "pcv13": 4}
    whole = [all(sum(a <= 2 for a in doses[v]) >= n for v, n in series.items()) for _, doses in childhoods()]
    assert 100 * np.mean(whole) == pytest.approx(70.1, abs=5)
    assert np.mean([not any(doses.values()) for _, doses in childhoods()]) < 0.02


@settings(deadline=None)
@given(
    st.integers(0, len(VACCINES) - 1), st.integers(0, 6), st.floats(0, 100), st.floats(20_000, 46_000), WORDS
)
def test_machine_and_plain_vaccines_agree(which: int, doses: int, age: float, day: float, key: int) -> None:
    assert due(which, doses, age, age - 3.0, day, key) == due.py_func(which, doses, age, age - 3.0, day, key)


def test_vaccines_wait_for_their_year_and_season() -> None:
    keys = [vaccine.key for vaccine in VACCINES]
    zoster, flu = keys.index("zoster"), keys.index("flu_quad")

    def offered(which: int, day: float, age: float) -> bool:
        return any(due(which, 0, age, -1.0, day, key) for key in KEYS[:200])

    assert not offered(zoster, 42_000.0, 60.0) and offered(zoster, 43_500.0, 60.0)  # 2014 and 2019
    assert not offered(zoster, 43_500.0, 45.0)
    assert offered(flu, 43_385.0, 40.0) and not offered(flu, 43_260.0, 40.0)  # October and June 2018


def test_adults_keep_their_habit() -> None:
    gaps = []
    for key in KEYS[:200]:
        day, times = 40_000.0, []
        for visit in range(8):
            day = next_check_up(day, 50.0, key, visit)
            times.append(day)
        gaps.append(np.diff(times))
    means = np.mean(gaps, axis=1)
    assert 330 < np.median(means) < 400 and means.std() > 2 * np.std(gaps, axis=1).mean() / np.sqrt(7)
    assert lifecycle.NEVER > 1e8
