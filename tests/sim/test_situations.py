"""Every district holds what its tasks need, and its tasks can be solved, but not by naive rules."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

import sim.situations
from sim.countries import COUNTRIES
from sim.errors import HilabError
from sim.situations import COUNTERS, Situation, count, shortage, situations
from sim.systems.catalogue import TABLES
from sim.world import make_world

SEEDS = ("h1", "h2", "h3", "h4", "h5")
NAME = ["given_name", "family_name", "birth_date", "sex"]
BLOCKS = (
    ["verified_id"],
    ["birth_date", "sex"],
    ["given_name", "family_name"],
    ["phone", "sex"],
    ["address", "sex"],
)


@pytest.fixture(
    scope="module", params=[(country, seed) for country in COUNTRIES for seed in SEEDS], ids="-".join
)
def world(request):
    country, seed = request.param
    return make_world(seed, country=country)


def test_every_count_is_reached(world):
    counts = count(world)
    assert len(counts) == len(situations())
    for situation, found in counts:
        assert found >= situation.least, situation.situation
        assert situation.most is None or found <= situation.most, situation.situation


def agreeing(patients: pd.DataFrame, keys: list[str]) -> set[tuple[str, str]]:
    rows = patients.dropna(subset=keys)[["mrn", *keys]]
    rows = rows[rows.duplicated(keys, keep=False)]
    pairs = rows.merge(rows, on=keys)
    return {(a, b) for a, b in zip(pairs["mrn_x"], pairs["mrn_y"], strict=True) if a < b}


def test_a_cautious_rule_finds_half_and_merges_nobody_wrongly(world):
    true = set(zip(world.truth.duplicates["mrn_a"], world.truth.duplicates["mrn_b"], strict=True))
    patients = world.tables["his_patients"]
    cautious = set().union(*(agreeing(patients, [*NAME, key]) for key in ("verified_id", "phone", "address")))
    assert not cautious - true
    assert len(cautious) >= 0.45 * len(true)


def test_name_and_birth_date_alone_merge_namesakes_and_miss_a_third(world):
    true = set(zip(world.truth.duplicates["mrn_a"], world.truth.duplicates["mrn_b"], strict=True))
    exact = agreeing(world.tables["his_patients"], NAME)
    alike = set(zip(world.truth.lookalikes["mrn_a"], world.truth.lookalikes["mrn_b"], strict=True))
    assert len(exact & alike) >= 8 and len(exact & true) <= 0.7 * len(true)


def test_several_keys_together_reach_nearly_every_pair(world):
    true = set(zip(world.truth.duplicates["mrn_a"], world.truth.duplicates["mrn_b"], strict=True))
    patients = world.tables["his_patients"]
    each = [agreeing(patients, keys) for keys in BLOCKS]
    assert len(true & set().union(*each)) >= 0.97 * len(true)
    assert max(len(true & pairs) for pairs in each) < 0.95 * len(true)


def weighted(cohort: pd.DataFrame, delta: float) -> float:
    """The prevalence of diabetes if the untested have delta times the odds that the model leads to expect."""
    known = cohort["dx_diabetes"] | cohort["on_drug"]
    high, tested = cohort["hba1c"] >= 6.5, cohort["hba1c"].notna()
    weight = ((1 - cohort["p_ordered"]) / cohort["p_ordered"])[tested & ~known]
    m = weight[high].sum() / weight.sum()
    return float(
        ((known | high).sum() + (~tested & ~known).sum() * delta * m / (1 - m + delta * m)) / len(cohort)
    )


def test_the_blank_biases_naive_shares_and_honest_ones_hold_the_truth(world):
    cohort, truth = world.tables["diabetes_cohort"], world.truth.cohort["diabetes_true"].mean()
    known = cohort["dx_diabetes"] | cohort["on_drug"]
    high, tested = cohort["hba1c"] >= 6.5, cohort["hba1c"].notna()
    assert (known | high)[tested].mean() > truth + 0.1
    assert (known | high).mean() < truth - 0.005
    assert (world.truth.cohort["hba1c_true"] >= 6.5).mean() < truth - 0.02
    assert abs(weighted(cohort, 1.0) - truth) < 0.03
    assert weighted(cohort, 0.5) <= truth <= weighted(cohort, 3.0)
    assert (known | high).mean() <= truth <= (known | high | ~tested).mean()


def test_weights_are_bounded_and_the_model_leads_to_expect_what_was_ordered(world):
    cohort = world.tables["diabetes_cohort"]
    assert cohort["p_ordered"].between(0.03, 0.95).all()
    assert abs(cohort["p_ordered"].sum() - cohort["hba1c"].notna().sum()) < 2


def test_the_first_clinic_s_file_is_misread_by_whoever_guesses(world):
    """Task 1.1: UTF-8 fails, and so does the encoding that simple software tries next."""
    country, raw = world.manifest["country"], world.files["clinic_visits.csv"]
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    right = raw.decode({"us": "cp1252", "cn": "gb18030"}[country])
    if country == "us":
        assert raw.decode("latin-1") != right
    else:
        with pytest.raises(UnicodeDecodeError):
            raw.decode("gbk")
    rows = csv.DictReader(io.StringIO(right, newline=""))
    assert {row["SexCode"] for row in rows} == {"0", "1", "2", "9"}


def test_every_situation_names_a_counter_and_smaller_districts_need_less():
    assert all(situation.count in COUNTERS for situation in situations())
    assert {situation.task for situation in situations()} >= {"0.1", "0.6", "1.3", "1.4", "1.6", "1.7"}
    files = {"clinic_visits.csv", "conformance", "messages", "imaging", "panels"}
    assert {name for situation in situations() for name in situation.needs} <= set(TABLES) | files
    one = Situation("1", "s", "c", "twins", [], least=20)
    assert [one.least_for(n) for n in (300, 2000, 50_000)] == [1, 20, 20]


def test_no_task_is_listed_twice():
    """Of two entries with one name, YAML keeps the later and says nothing."""
    lines = Path(sim.situations.__file__).with_suffix(".yaml").read_text(encoding="utf-8").splitlines()
    tasks = [line for line in lines if line.startswith('"')]
    assert len(tasks) == len(set(tasks)) == len({situation.task for situation in situations()})


def test_what_a_district_lacks_is_said(world):
    class Poor:
        tables = world.tables | {"diabetes_cohort": world.tables["diabetes_cohort"].assign(hba1c=1.0)}
        truth, files, manifest = world.truth, world.files, world.manifest

    assert shortage(world, 2000) is None
    assert "Task 1.7 needs at least 1200 of 'people not tested'" in (shortage(Poor(), 2000) or "")


def test_a_district_that_falls_short_is_drawn_again(monkeypatch):
    first = make_world("s001", size="demo")
    told = iter(["too few", None])
    monkeypatch.setattr("sim.world.shortage", lambda world, people, lent: next(told))
    again = make_world("s001", size="demo")
    assert again.manifest["tables"] != first.manifest["tables"]


def test_a_district_that_always_falls_short_is_refused(monkeypatch):
    monkeypatch.setattr("sim.world.shortage", lambda world, people, lent: "too few twins")
    monkeypatch.setattr("sim.world.DRAWS", 2)
    with pytest.raises(HilabError, match="too few twins"):
        make_world("s001", size="demo")


def results_by_hand(world) -> pd.DataFrame:
    """Every result of the small hospital, once, with its value as a number and its true unit."""
    results = world.tables["h3_lis_results"]
    rows = results[results["value"].notna()].drop_duplicates(["specimen_id", "test_code"])
    facts = world.truth.facts["unit_of_result"]
    told = facts[facts["facility"] == "H3"].set_index("row_id").loc[rows["row_id"]]
    number = pd.to_numeric(rows["value"], errors="coerce")
    rows = rows.replace({"test_name": {"血红蛋白": "Hb", "尿素": "BUN", "血糖": "Gluc", "肌酐": "Creat"}})
    return rows.assign(number=number, right=told["unit"].to_numpy(), mixed=told["mixed"].to_numpy(dtype=bool))


def by_page(page: pd.DataFrame) -> str | None:
    """Says in which unit the haemoglobin or urea of a page is, or nothing: glucose and creatinine tell."""
    if page["batch_id"].iloc[0].startswith("B"):
        counts = page.loc[page["test_name"] == "Hb", "number"]
        high, low = (counts > 11.5).mean(), (counts < 10).mean()
        return None if min(high, low) > 0.2 else "mass" if counts.median() > 10.7 else "substance"
    signs = pd.concat(
        [
            page.loc[page["test_name"] == "Gluc", "number"] > 36,
            page.loc[page["test_name"] == "Creat", "number"] < 14,
        ]
    )
    return None if 0.1 < signs.mean() < 0.9 else "mass" if signs.mean() >= 0.9 else "substance"


def test_missing_units_follow_from_the_page_and_not_from_the_value(world):
    rows = results_by_hand(world)
    verdict = {page: by_page(part) for page, part in rows.groupby("batch_id")}
    missing = rows[rows["unit"].isna() & rows["test_name"].isin(["Hb", "BUN"])]
    answer, kind = (
        missing["batch_id"].map(verdict),
        missing["right"].ne("mmol/L").map({True: "mass"}).fillna("substance"),
    )
    assert len(missing) >= 200
    assert not (missing["mixed"] & answer.notna()).any()
    assert answer.isna().mean() <= 0.15
    assert (answer.notna() & (answer != kind)).sum() <= 6
    limit = missing["test_name"].map({"Hb": 11, "BUN": 8})
    guess = (missing["number"] > limit).map({True: "mass", False: "substance"})
    assert missing["mixed"].any() and (guess != kind).sum() >= 3


def test_a_map_without_dates_is_wrong_where_codes_have_changed(world):
    """Whoever keeps the last meaning of each code misreads what was filed before the change."""
    facts = world.truth.facts
    codes = facts["concept_of_code"]
    units = facts["unit_of_result"]
    last = codes.sort_values("valid_from").drop_duplicates(["facility", "code"], keep="last")
    for hospital in ("H2", "H3"):
        rows = world.tables[f"{hospital.lower()}_lis_results"]
        told = units[units["facility"] == hospital].set_index("row_id").loc[rows["row_id"], "loinc"]
        mapped = rows["test_code"].map(last[last["facility"] == hospital].set_index("code")["loinc"])
        assert (mapped.to_numpy() != told.to_numpy()).mean() > 0.05
