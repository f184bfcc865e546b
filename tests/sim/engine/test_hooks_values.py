"""Vital signs and laboratory values against the surveys, and against what medicine says of them."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_people import People, adults, rows_of

from sim import seeds
from sim.engine import FLAGS, VITALS
from sim.engine.hooks.growth import bmi_percentile
from sim.engine.hooks.kidneys import creatinine_for, filtration
from sim.engine.hooks.physiology import vital_sign
from sim.engine.hooks.surveys import rank_at, rank_of, share_below, value_at, value_within
from sim.engine.hooks.traits import bell, deviation

WORDS = st.integers(0, 2**62 - 1)
SURVEYED = {
    "Body height": "height",
    "Body weight": "weight",
    "Body mass index": "bmi",
    "Waist circumference": "waist",
    "Creatinine, serum": "creatinine",
    "eGFR CKD-EPI 2021 (derived)": "egfr",
    "Urea nitrogen (BUN)": "urea_nitrogen",
    "Sodium": "sodium",
    "Potassium": "potassium",
    "Chloride": "chloride",
    "Bicarbonate (total CO2)": "bicarbonate",
    "Calcium": "calcium",
    "Phosphate": "phosphate",
    "Glucose, serum (non-fasting, refrigerated)": "glucose",
    "Total cholesterol": "cholesterol",
    "Albumin": "albumin",
    "Total protein": "total_protein",
    "ALT": "alt",
    "AST": "ast",
    "Alkaline phosphatase": "alkaline_phosphatase",
    "GGT": "ggt",
    "Total bilirubin": "bilirubin",
    "Uric acid": "uric_acid",
    "LDH": "ldh",
    "Creatine kinase": "creatine_kinase",
    "Hemoglobin A1c": "hba1c",
    "HDL cholesterol": "hdl",
    "Insulin, fasting": "insulin",
    "Systolic blood pressure": "sbp",
    "Diastolic blood pressure": "dbp",
    "Heart rate (60-s pulse)": "heart_rate",
    "Leukocytes (WBC)": "wbc",
    "Erythrocytes (RBC)": "rbc",
    "MCV": "mcv",
    "Hematocrit (derived RBC x MCV)": "hematocrit",
    "RDW": "rdw",
    "LDL cholesterol (calculated, fasting subsample)": "ldl",
    "Lymphocytes %": "lymphocytes",
    "Neutrophils %": "neutrophils",
}
CORRELATED = {
    "trig": "triglycerides", "creat": "creatinine", "bun": "urea_nitrogen", "glucose_fasting": "glucose",
    "totchol": "cholesterol", "uap": "uric_acid", "alp": "alkaline_phosphatase",
}  # fmt: skip


@cache
def people() -> People:
    return adults(12_000)


@cache
def values(vital: str) -> np.ndarray:
    return people().age if vital == "age" else people().values(vital)


def picked(sex: str, low: float = 20.0, high: float = 120.0) -> np.ndarray:
    here = (people().age >= low) & (people().age < high)
    return here if sex == "all" else here & (people().sex == (sex == "female"))


def one(vital: str, flags: dict[str, float] | None = None, age: float = 55.0, sex: int = 0) -> np.ndarray:
    """Returns a value of 1,500 people of one age and sex with the same flags."""
    row = np.array([(flags or {}).get(flag, 0.0) for flag in FLAGS])
    which = VITALS.index(vital)
    return np.array([vital_sign(which, seeds.mix(1, k), 45_000.0, age, sex, row) for k in range(1500)])


@pytest.mark.parametrize("measure", SURVEYED)
def test_adults_are_as_the_survey_found_them(measure: str) -> None:
    rows = [
        row
        for row in rows_of("lab_vital_distributions_us.csv")
        if row["measure"] == measure and row["age_band"] == "20+"
    ]
    assert rows
    for row in rows:
        found = values(SURVEYED[measure])[picked(row["sex"])]
        assert found.mean() == pytest.approx(float(row["mean"]), rel=0.1)
        for name, percent in (("p5", 5), ("p25", 25), ("p50", 50), ("p75", 75), ("p95", 95)):
            published = float(row[name])
            unit = 10.0 ** -(len(row[name].split(".")[1]) if not row[name].endswith(".0") else 0)
            tolerance = max(0.13 * published, min(unit, 1.0), 0.1)
            assert abs(np.percentile(found, percent) - published) <= tolerance, (row["sex"], name)


@pytest.mark.parametrize(
    "measure", ["Systolic blood pressure", "Hemoglobin A1c", "Body mass index", "Uric acid"]
)
def test_ages_differ_as_in_the_survey(measure: str) -> None:
    for row in rows_of("lab_vital_distributions_us.csv"):
        band = row["age_band"]
        if row["measure"] == measure and row["sex"] == "all" and band[:2] >= "20" and band[2] == "-":
            found = values(SURVEYED[measure])[picked("all", float(band[:2]), float(band[3:]) + 1)]
            assert np.median(found) == pytest.approx(float(row["p50"]), rel=0.05), band


def test_values_hang_together_as_in_the_survey() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    misses = []
    for row in rows_of("lab_vital_correlations_us.csv"):
        here = picked(row["sex"], 20, 85)
        a, b = (values(CORRELATED.get(row[k], row[k]))[here] for k in ("var_a", "var_b"))
        ranks = [np.argsort(np.argsort(x + 1e-6 * rng.random(len(x)))) for x in (a, b)]
        found, published = np.corrcoef(*ranks)[0, 1], float(row["spearman"])
        assert abs(found - published) < 0.22, (row, found)
        if abs(published) >= 0.2:
            assert found * published > 0.0, (row, found)
        misses.append(found - published)
    assert len(misses) > 400
    assert np.sqrt(np.mean(np.square(misses))) < 0.065


def test_prevalences_follow_from_values() -> None:
    treated = people().flags[:, FLAGS.index("on_hypertension_drug")] > 0
    measured = {
        "obesity": values("bmi") >= 30,
        "severe obesity": values("bmi") >= 40,
        "HbA1c>=6.5%": values("hba1c") >= 6.5,
        "HbA1c 5.7-6.4%": (values("hba1c") >= 5.7) & (values("hba1c") < 6.5),
        "eGFR<60": values("egfr") < 60,
        "total cholesterol>=240": values("cholesterol") >= 240,
        "HDL<40": values("hdl") < 40,
        "hyperuricaemia": values("uric_acid") > np.where(people().sex == 1, 5.7, 7.0),
        "hypertension (130/80)": (values("sbp") >= 130) | (values("dbp") >= 80) | treated,
        "hypertension (140/90)": (values("sbp") >= 140) | (values("dbp") >= 90) | treated,
    }
    seen = 0
    for row in rows_of("prevalence_us_nhanes_computed.csv"):
        if row["condition"] in measured and row["age_band"] in ("20+", "20-39", "40-59", "60+"):
            low, _, high = row["age_band"].replace("+", "-119").partition("-")
            here = picked(row["sex"], float(low), float(high) + 1)
            found, published = 100 * measured[row["condition"]][here].mean(), float(row["pct"])
            own = 100 * np.sqrt(published / 100 * (1 - published / 100) / here.sum())
            assert (
                abs(found - published) < 0.12 * published + 2 * float(row["se_kish_pct"]) + 2 * own + 0.5
            ), row
            seen += 1
    assert seen > 60


def test_flags_decide_the_band() -> None:
    healthy, raised = one("hba1c"), one("hba1c", {"prediabetes": 1})
    ill = one("hba1c", {"diabetes": 1})
    assert healthy.max() < 5.7 <= raised.min() <= raised.max() < 6.5 <= ill.min()
    pressures = np.array([one("sbp"), one("dbp")])
    assert pressures[0].max() < 130 and pressures[1].max() < 80
    high = np.array([one("sbp", {"hypertension": 1}), one("dbp", {"hypertension": 1})])
    assert ((high[0] >= 130) | (high[1] >= 80)).all()
    assert one("egfr", age=80).min() >= 60
    for stage, low, high_ in ((3, 30, 59), (4, 15, 29), (5, 5, 14)):
        found = one("egfr", {"kidney_disease": stage}, age=70)
        assert low <= found.min() and found.max() <= high_
    assert one("uacr").max() < 30 <= one("uacr", {"kidney_disease": 2}).min()
    for name, flag, most in (("phq9", "depression", 27), ("gad7", "anxiety", 21)):
        bands = [one(name, {flag: severity}) for severity in range(4)]
        assert [(b.min(), b.max()) for b in bands[:3]] == [(0, 4), (5, 9), (10, 14)]
        assert bands[3].min() == 15 and bands[3].max() <= most


def test_a_body_mass_index_does_not_jump() -> None:
    flags = np.zeros(len(FLAGS))
    which = VITALS.index("bmi")
    for k in range(50):
        course = [
            vital_sign(which, seeds.mix(4, k), 40_000.0 + 91 * q, 20 + q / 4, 1, flags) for q in range(80)
        ]
        assert np.abs(np.diff(course)).max() < 0.12 * np.mean(course)


@pytest.mark.parametrize(
    ("vital", "flag", "amount", "change"),
    [
        ("sbp", "on_hypertension_drug", 3, -12),
        ("ldl", "on_statin", 1, -25),
        ("hdl", "smoker", 1, -1.5),
        ("triglycerides", "diabetes", 1, 15),
        ("glucose", "diabetes", 1, 30),
        ("ggt", "alcohol_disorder", 1, 15),
        ("hemoglobin", "anemia", 1, -1.5),
        ("rdw", "anemia", 1, 0.8),
        ("temperature", "infection", 3, 1.5),
        ("wbc", "infection", 3, 3),
        ("crp", "infection", 2, 4),
        ("oxygen_saturation", "copd", 1, -2),
        ("lvef", "heart_failure", 1, -12),
        ("creatinine", "kidney_disease", 4, 1.2),
        ("potassium", "kidney_disease", 4, 0.2),
        ("urea_nitrogen", "kidney_disease", 3, 4),
        ("heart_rate", "pregnant", 1, 6),
    ],
)
def test_disease_and_drugs_move_values(vital: str, flag: str, amount: float, change: float) -> None:
    always = {"hypertension": 1.0} if flag == "on_hypertension_drug" else {}
    moved = one(vital, always | {flag: amount}).mean() - one(vital, always).mean()
    assert moved < change if change < 0 else moved > change


def test_about_four_in_ten_of_the_treated_are_below_six_and_a_half() -> None:
    drugs = people().flags[:, FLAGS.index("on_diabetes_drug")]
    assert 0.35 < (values("hba1c")[drugs > 0] < 6.5).mean() < 0.55


@pytest.mark.parametrize(
    ("age", "sex", "height", "weight", "head"),
    [  # medians of the WHO charts at birth, one and two years
        (0.0, 0, 49.9, 3.3, 34.5),
        (0.0, 1, 49.1, 3.2, 33.9),
        (1.0, 0, 75.7, 9.6, 46.1),
        (1.0, 1, 74.0, 8.9, 44.9),
        (2.0, 0, 87.1, 12.2, 48.3),
    ],
)
def test_infants_grow(age: float, sex: int, height: float, weight: float, head: float) -> None:
    assert np.median(one("height", age=age, sex=sex)) == pytest.approx(height, rel=0.01)
    assert np.median(one("weight", age=age, sex=sex)) == pytest.approx(weight, rel=0.05)
    assert np.median(one("head_circumference", age=age, sex=sex)) == pytest.approx(head, rel=0.02)


def test_children_are_as_heavy_as_the_survey_found_them() -> None:
    shares = [
        (one("bmi_percentile", age=age, sex=sex) >= 95).mean()
        for age in np.arange(2.5, 20, 1.0)
        for sex in (0, 1)
    ]
    assert np.mean(shares) == pytest.approx(0.211, abs=0.025)  # NCHS Data Brief 508
    assert bmi_percentile(22.1, 10.0, 0) == pytest.approx(95, abs=0.1)
    assert bmi_percentile(16.6, 10.0, 0) == pytest.approx(50, abs=0.1)


@settings(deadline=None)
@given(st.floats(-4.0, 4.0))
def test_shares_and_ranks_are_inverse(rank: float) -> None:
    assert rank_at(share_below(rank)) == pytest.approx(rank, abs=1e-6)
    assert share_below(1.959964) == pytest.approx(0.975, abs=3e-4)


@settings(deadline=None)
@given(
    st.floats(-2.5, 2.5),
    st.floats(16, 90),
    st.integers(0, 1),
    st.sampled_from(["sbp", "hba1c", "egfr", "alt"]),
)
def test_values_and_ranks_are_inverse(rank: float, age: float, sex: int, vital: str) -> None:
    which = VITALS.index(vital)
    value = value_at(which, sex, age, rank)
    assert value_at(which, sex, age, rank_of(which, sex, age, value)) == pytest.approx(value, rel=1e-6)
    low, high = value_at(which, sex, age, -1.0), value_at(which, sex, age, 1.0)
    assert low <= value_within(which, sex, age, rank, low, high) <= high


@settings(deadline=None)
@given(st.floats(5, 140), st.floats(18, 95), st.integers(0, 1))
def test_creatinine_is_the_inverse_of_filtration(rate: float, age: float, sex: int) -> None:
    assert filtration(creatinine_for(rate, age, sex), age, sex) == pytest.approx(rate)


def test_the_quick_normal_is_normal() -> None:
    drawn = np.array([bell(seeds.mix(2, k), 7) for k in range(40_000)])
    assert abs(drawn.mean()) < 0.02 and abs(drawn.std() - 1.0) < 0.015
    assert np.percentile(drawn, [2.5, 16, 84, 97.5]) == pytest.approx([-1.96, -0.995, 0.995, 1.96], abs=0.04)
    summed = np.array([deviation(seeds.mix(2, k), VITALS.index("crp"), 45_000.0) for k in range(20_000)])
    assert abs(summed.std() - 1.0) < 0.02


@settings(deadline=None)
@given(
    which=st.integers(0, len(VITALS) - 1),
    key=WORDS,
    day=st.floats(0, 50_000),
    age=st.floats(0, 110),
    sex=st.integers(0, 1),
    raised=st.lists(st.sampled_from(range(len(FLAGS))), max_size=4),
    amount=st.sampled_from([1.0, 2.0, 3.0, 5.0, 2e12, float("nan")]),
)
def test_machine_and_plain_values_agree_and_are_sane(
    which: int, key: int, day: float, age: float, sex: int, raised: list[int], amount: float
) -> None:
    flags = np.zeros(len(FLAGS))
    flags[raised] = amount
    value = vital_sign(which, key, day, age, sex, flags)
    assert value == vital_sign.py_func(which, key, day, age, sex, flags)
    assert 0.0 <= value < 5001.0
