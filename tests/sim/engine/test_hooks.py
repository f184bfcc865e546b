"""Hooks against published figures, and against other ways to compute the same."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import seeds
from sim.engine import FLAGS, VITALS
from sim.engine.hooks.calendar import appointment, year_and_month
from sim.engine.hooks.kidneys import filtration
from sim.engine.hooks.mortality import YEAR, alive_share, lifetime, survival
from sim.engine.hooks.physiology import vital_sign
from sim.engine.streams import bell, mix, normal, shaped, uniform, wobble

WORDS = st.integers(0, 2**62 - 1)


@settings(deadline=None)  # the first call compiles
@given(key=WORDS, word=WORDS)
def test_machine_and_plain_integers_agree(key: int, word: int) -> None:
    number = seeds.mix(key, word)
    assert 0 <= number < 2**62
    assert mix(key, word) == number
    assert uniform(key, word) == uniform.py_func(key, word) == (number >> 9) / 2**53
    assert normal(key, word) == normal.py_func(key, word)
    assert 0.0 <= uniform(key, word) < 1.0


def test_streams_are_uniform_and_unrelated() -> None:
    keys = [seeds.mix(7, k) for k in range(100)]
    table = np.array([[uniform(key, i) for i in range(500)] for key in keys])
    counts = np.histogram(table, bins=50, range=(0, 1))[0]
    assert ((counts - 1000) ** 2 / 1000).sum() < 95  # chi-square, 49 degrees, p = 0.0001
    assert abs(np.corrcoef(table[:-1].ravel(), table[1:].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(table[:, :-1].ravel(), table[:, 1:].ravel())[0, 1]) < 0.02


def test_one_bit_changes_half_of_them() -> None:
    flips = [
        bin(seeds.mix(key, 5) ^ seeds.mix(key ^ (1 << bit), 5)).count("1")
        + bin(seeds.mix(key, 5) ^ seeds.mix(key, 5 ^ (1 << bit))).count("1")
        for key in range(0, 10_000, 100)
        for bit in range(62)
    ]
    assert 61 < np.mean(flips) < 63


def test_shapes_have_their_moments() -> None:
    pairs = [(uniform(3, 2 * i), uniform(3, 2 * i + 1)) for i in range(20_000)]

    def drawn(kind: int, a: float, b: float, low: float = -1e300, high: float = 1e300) -> np.ndarray:
        return np.array([shaped(kind, a, b, low, high, u, v) for u, v in pairs])

    assert abs(drawn(1, 2, 6).mean() - 4) < 0.05
    assert abs(drawn(2, 5, 2).std() - 2) < 0.05
    assert drawn(2, 5, 2, 4, 6).min() == 4
    assert abs(drawn(3, 5, 0).mean() - 5) < 0.15
    assert abs(drawn(4, 0, 1, high=5).mean() - 2) < 0.05
    assert bell(0.0, 0.3) == 0.0


def test_wobble_has_variance_one_and_is_smooth() -> None:
    values = np.array([wobble(9, 4, float(day), 30.0) for day in range(60_000)])
    assert abs(values.mean()) < 0.06 and abs(values.std() - 1) < 0.05
    assert abs(np.diff(values)).max() < 0.5


@settings(deadline=None)  # the first call compiles
@given(st.integers(-80_000, 200_000), st.floats(0, 0.999))
def test_calendar_agrees_with_datetime(days: int, part: float) -> None:
    day = date(1900, 1, 1) + timedelta(days=days)
    assert year_and_month(days + part) == (day.year, day.month)


@settings(deadline=None)  # the first call compiles
@given(st.floats(0, 60_000), WORDS)
def test_appointments_are_in_clinic_hours(day: float, key: int) -> None:
    start = appointment(day, key, 3)
    assert day <= start <= day + 4
    moment = date(1900, 1, 1) + timedelta(days=int(start))
    assert moment.weekday() < 5 and 8 <= round(start % 1 * 24, 6) < 17


@pytest.mark.parametrize("sex", [0, 1])
def test_lifetimes_follow_the_life_table(sex: int) -> None:
    living = survival()[sex]
    ages = np.array([lifetime((i + 0.5) / 20_000, living) for i in range(20_000)]) / YEAR
    expected = living[1:-1].sum() + 0.5  # years, half a year in the year of death
    assert abs(ages.mean() - expected) < 0.3
    for age in (1, 40, 65, 80, 95):
        assert abs((ages >= age).mean() - living[age]) < 0.001
        assert alive_share(age * YEAR, living) == pytest.approx(living[age])
    assert 70 < expected < 85


def test_filtration_by_ckd_epi_2021() -> None:
    # Creatinine 1.0 mg/dL: a man of 50 has 92, a woman of 50 has 69 (the equation by hand).
    assert round(filtration(1.0, 50.0, 0)) == 92
    assert round(filtration(1.0, 50.0, 1)) == 69


def values(name: str, age: float, sex: int, **flags: float) -> np.ndarray:
    given = np.array([flags.get(flag, 0.0) for flag in FLAGS])
    which = VITALS.index(name)
    return np.array([vital_sign(which, seeds.mix(1, k), 45_000.0, age, sex, given) for k in range(1500)])


@pytest.mark.parametrize(
    ("name", "age", "sex", "mean", "spread"),
    [  # NHANES 2015-2018, lab_vital_distributions_us.csv, rows of that age and sex
        ("height", 35, 0, 176.5, 7.7),
        ("height", 35, 1, 162.0, 6.9),
        ("bmi", 45, 0, 30.8, 7.5),
        ("potassium", 45, 0, 4.1, 0.33),
        ("cholesterol", 45, 0, 197.9, 39.6),
        ("hdl", 45, 1, 57.7, 15.4),
    ],
)
def test_values_are_near_the_surveys(name: str, age: float, sex: int, mean: float, spread: float) -> None:
    found = values(name, age, sex)
    assert abs(found.mean() - mean) < 0.35 * spread
    assert 0.7 * spread < found.std() < 1.3 * spread


def test_hba1c_keeps_its_bands_and_drugs_lower_it() -> None:
    healthy, raised = values("hba1c", 50, 0), values("hba1c", 50, 0, prediabetes=1)
    ill, treated = values("hba1c", 50, 0, diabetes=1), values("hba1c", 50, 0, diabetes=1, on_diabetes_drug=1)
    assert healthy.max() < 5.7 <= raised.min() and raised.max() < 6.5 <= ill.min()
    assert treated.mean() < ill.mean() - 0.2
    assert 0.25 < (treated < 6.5).mean() < 0.8
    assert values("glucose", 50, 0, diabetes=1).mean() > values("glucose", 50, 0).mean() + 30


def test_drugs_lower_blood_pressure() -> None:
    high = values("sbp", 60, 0, hypertension=1)
    assert high.mean() > values("sbp", 60, 0).mean() + 12
    lowered = high - values("sbp", 60, 0, hypertension=1, on_hypertension_drug=1)
    assert 3 < np.median(lowered) <= 9  # who is treated was higher before
