"""Intake forms: every blank has a reason, and the form's description alone tells it."""

import pandas as pd
import pytest
import yaml

from sim.defects import DEFECTS
from sim.district import District
from sim.systems import intake_form
from sim.systems.catalogue import TABLES
from sim.systems.schema import publish

BLANKS = ("D51", "D52", "D53", "D54", "D55", "D56", "D57")
NONE = dict.fromkeys(BLANKS, 0.0)


@pytest.fixture(scope="module", params=["us", "cn"])
def country(request):
    return request.param


@pytest.fixture(scope="module")
def clean(cared_for, country):
    return District(*cared_for, NONE, 700, country)


@pytest.fixture(scope="module")
def district(cared_for, country):
    return District(*cared_for, {}, 700, country)


def judged(form: dict, described: dict[str, dict], name: str) -> str | None:
    """Returns the reason of a cell by the shipped description, or None for an answer, as task 1.2 asks."""
    field, cell = described[name], form[name]
    if pd.notna(cell):
        return field["marks"].get(cell)
    for condition in field.get("asked_if", []):
        other = condition["field"]
        if other == "age":
            if not condition.get("from", 0) <= int(form["age"]) <= condition.get("to", 999):
                return "not-applicable"
        elif other in described and (parent := judged(form, described, other)) is not None:
            return "not-applicable" if parent == "not-applicable" else "not-asked"
        elif form[other] != condition["is"]:
            return "not-applicable"
    return "not-asked" if form["filled_on"] < str(field["since"]) else "unknown"


def reasons(district: District) -> tuple[dict, dict]:
    """Returns the reason of every blank by the description, and by the truth."""
    described = {
        field["field"]: field
        for field in yaml.safe_load(district.files(["intake"])["clinic_form.yaml"])["fields"]
    }
    forms = publish(district.table("intake_forms"), TABLES["intake_forms"]).to_dict("records")
    found = {
        (form["form_id"], name): reason
        for form in forms
        for name in described
        if (reason := judged(form, described, name)) is not None
    }
    told = district.truth(["intake"]).facts["blank_reasons"]
    return found, dict(zip(zip(told["form_id"], told["field"], strict=True), told["reason"], strict=True))


def test_the_description_alone_tells_the_reason_of_every_blank(district, clean):
    for each in (district, clean):
        found, told = reasons(each)
        assert found == told
    counts = pd.Series(reasons(district)[1]).value_counts()
    assert all(counts[reason] >= 14 for reason in (*intake_form.REASONS, "unknown"))


def test_forms_without_mistake_are_blank_only_by_rule_or_where_nothing_was_measured(clean):
    told = clean.truth(["intake"]).facts["blank_reasons"]
    assert set(told["reason"]) == {"not-applicable", "not-asked", "not-performed"}
    measured = {field.name for field in intake_form.FIELDS if field.kind == "measurement"}
    assert set(told.loc[told["reason"] == "not-performed", "field"]) <= measured
    asked = told[told["reason"] == "not-asked"]
    form = clean.table("intake_forms").set_index("form_id")["filled_on"]
    since = asked["field"].map(lambda name: intake_form.field_named(name).since)
    assert (form[asked["form_id"]].to_numpy() < since.to_numpy()).all() and len(asked) > 50


def test_answers_are_true_and_allowed(clean, country):
    table, language = clean.table("intake_forms"), int(country == "cn")
    people = clean.records.people.loc[table["_person"]]
    assert (table["sex"].to_numpy() == people["sex"].to_numpy()).all()
    assert (table["phone"].to_numpy() == people["phone"].to_numpy()).all()
    yes = intake_form.YES_NO[0][language]
    asked = table["diabetes"].notna()
    known = people["diabetes_diagnosed"].to_numpy()[asked]
    assert ((table["diabetes"] == yes)[asked].to_numpy() == known).all() and known.any()
    for field in intake_form.FIELDS:
        if field.answers:
            assert set(table[field.name].dropna()) <= {answer[language] for answer in field.answers}
    assert table.loc[table["sex"] == "M", "pregnant"].isna().all()
    smokes = table["smoking"] == intake_form.FIELDS[1].answers[2][language]
    assert table.loc[~smokes, "cigarettes_per_day"].isna().all()


def test_pregnancies_in_people_registered_male_stay_and_are_listed(district, country):
    table, yes = district.table("intake_forms"), intake_form.YES_NO[0][int(country == "cn")]
    told = table.loc[(table["sex"] == "M") & (table["pregnant"] == yes), "form_id"]
    ledger = district.ledger("intake_forms").query("defect == 'D57'")
    assert len(told) >= 7 and set(told) == set(ledger["record"])
    weeks = table.loc[table["form_id"].isin(told), "gestation_weeks"].astype(int)
    assert weeks.between(6, 39).all() and ledger["clean"].isna().all()


def test_the_ledger_gives_back_what_stood_there(district, clean):
    """Cells changed twice are restored from their first entry."""
    truth = district.truth(["intake"])
    shipped = publish(district.table("intake_forms"), TABLES["intake_forms"])
    restored = truth.restore("intake_forms", shipped, "form_id")
    pd.testing.assert_frame_equal(
        restored, publish(clean.table("intake_forms"), TABLES["intake_forms"]), check_dtype=False
    )


@pytest.mark.parametrize("ident", BLANKS)
def test_rates_turn_each_reason_up_and_leave_other_tables_alone(cared_for, district, ident):
    if district.country == "cn":
        return
    more = District(*cared_for, {ident: 0.3}, 700)
    found, usual = (d.ledger("intake_forms")["defect"].eq(ident).sum() for d in (more, district))
    assert found > usual >= 7
    pd.testing.assert_frame_equal(more.table("clinic_visits"), district.table("clinic_visits"))


def test_who_smokes_or_drinks_declines_more_often(cared_for):
    district = District(*cared_for, {**NONE, "D52": 0.1}, 700)
    ledger = district.ledger("intake_forms").query("field == 'alcohol' and dirty == 'REF'")
    clean = District(*cared_for, NONE, 700).table("intake_forms")["alcohol"].dropna()
    heavy = {"weekly", "daily"}
    assert ledger["clean"].isin(heavy).mean() > clean.isin(heavy).mean() + 0.1


@pytest.mark.parametrize("ident", BLANKS)
def test_blanking_leaves_its_argument_alone(clean, made_up, ident):
    table = clean.table("intake_forms")
    before = table.copy(deep=True)
    DEFECTS[ident].apply(table, 0.1, 5, made_up[1].stream("test"), country=clean.country)
    pd.testing.assert_frame_equal(table, before)
