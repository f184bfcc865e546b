"""Three laboratories: each files what was measured under codes, in units and on pages of its own."""

import pytest

from sim.defects import DEFECTS
from sim.district import District
from sim.systems.catalogue import TABLES
from sim.systems.lab_concepts import concepts
from sim.systems.lis import PAGE
from sim.systems.schema import publish
from sim.systems.units import convert

NAMES = {"H1": "lis_results", "H2": "h2_lis_results", "H3": "h3_lis_results"}
CLEAN = {"2345-7": "mg/dL", "2160-0": "mg/dL", "718-7": "g/dL", "2823-3": "mmol/L", "4548-4": "%"}
"""Units of the made-up observations."""


@pytest.fixture(scope="module", params=["us", "cn"])
def clean(request, tested):
    records, seeds = tested
    return District(records, seeds, dict.fromkeys(DEFECTS, 0.0), 700, request.param)


@pytest.mark.parametrize("name", NAMES.values())
def test_every_result_is_an_observation_of_a_visit_to_that_hospital(clean, tested, name):
    """Rounded as the laboratory rounds, the value is one that was observed there, or its same-day repeat."""
    table = clean.table(name)
    visits = clean.visits[clean.visits["facility"] == next(code for code in NAMES if NAMES[code] == name)]
    observations = tested[0].tables["observations"]
    here = observations[observations["ENCOUNTER"].isin(visits.index)]
    for code, unit in CLEAN.items():
        kind = concepts().at[code, "analyte"]
        mine = (
            table[table["_concept"].map(concepts()["analyte"]) == kind]
            if kind
            else table[table["_concept"] == code]
        )
        places, to = mine["_decimals"].iloc[0], mine["unit"].iloc[0]
        observed = here.loc[here["CODE"] == code, "VALUE"].astype(float)
        told = {f"{convert(code, value, unit, to):.{places}f}" for value in observed}
        assert mine["value"].isin(told).mean() > (0.6 if name == NAMES["H3"] else 0.9), code
        assert len(mine) > 15 and set(mine["unit"]) == {to}


@pytest.mark.parametrize("name", NAMES.values())
def test_times_numbers_and_tubes_are_in_order(clean, name):
    table = clean.table(name)
    assert (table["collected_at"] < table["reported_at"]).all()
    assert (table["reported_at"] < table["received_at"]).all()
    assert table.groupby("specimen_id")["mrn"].nunique().eq(1).all()
    assert table["row_id"].is_unique and table["received_at"].is_monotonic_increasing
    assert not table.duplicated(["specimen_id", "test_code"]).any()
    assert set(table["mrn"]) <= set(clean.table(name.replace("lis_results", "his_patients"))["mrn"])


def test_every_laboratory_has_the_same_columns(clean):
    shipped = [publish(clean.table(name), TABLES[name]) for name in NAMES.values()]
    assert list(shipped[0].columns) == list(shipped[1].columns) == list(shipped[2].columns)


@pytest.mark.parametrize("name", NAMES.values())
def test_codes_names_and_units_are_those_of_the_book(clean, name):
    table, book = clean.table(name), clean.table(name.replace("lis_results", "lab_codes"))
    entries = set(book[["test_code", "test_name", "unit"]].itertuples(index=False, name=None))
    assert set(table[["test_code", "test_name", "unit"]].itertuples(index=False, name=None)) <= entries


def test_units_follow_the_country(tested):
    units = {}
    for country in ("us", "cn"):
        district = District(*tested, dict.fromkeys(DEFECTS, 0.0), 700, country)
        for hospital, name in NAMES.items():
            table = district.table(name)
            kinds = table["_concept"].map(concepts()["analyte"])
            units[country, hospital] = table.groupby(kinds)["unit"].first().to_dict()
    assert units["us", "H1"]["glucose"] == "mg/dL" and units["us", "H1"]["haemoglobin"] == "g/dL"
    assert units["cn", "H1"]["glucose"] == "mmol/L" and units["cn", "H1"]["creatinine"] == "umol/L"
    assert units["cn", "H1"]["haemoglobin"] == units["cn", "H2"]["haemoglobin"] == "g/L"
    assert units["us", "H2"]["haemoglobin"] == "mmol/L" and units["us", "H2"]["creatinine"] == "umol/L"
    assert {units[country, "H1"]["HbA1c"] for country in ("us", "cn")} == {"%"}
    assert {units[country, "H2"]["HbA1c"] for country in ("us", "cn")} == {"mmol/mol"}


def test_the_same_life_gives_the_same_value_in_every_unit(tested):
    """The median glucose of H1 and H2 differs by the molar mass and hardly else."""
    district = District(*tested, dict.fromkeys(DEFECTS, 0.0), 700)
    one, other = (district.table(NAMES[code]) for code in ("H1", "H2"))
    mass = one.loc[one["_concept"] == "2345-7", "value"].astype(float).median()
    molar = other.loc[other["_concept"] == "14749-6", "value"].astype(float).median()
    assert convert("glucose", mass, "mg/dL", "mmol/L") == pytest.approx(molar, rel=0.03)


def test_pages_of_the_bench_book_hold_consecutive_specimens(clean):
    table = clean.table("h3_lis_results")
    assert table["batch_id"].str.fullmatch(r"[BS]\d{3}").all()
    for section in "BS":
        mine = table[table["batch_id"].str[:1] == section]
        spans = mine.groupby("batch_id")["collected_at"].agg(["min", "max"]).sort_index()
        assert (spans["max"].iloc[:-1].to_numpy() <= spans["min"].iloc[1:].to_numpy()).all()
    alike = table[table["_overlaps"]].groupby("batch_id").size()
    assert alike.max() == PAGE and (alike == PAGE).sum() >= len(alike) - 2


def test_runs_of_the_others_are_days(clean):
    for name in ("lis_results", "h2_lis_results"):
        table = clean.table(name)
        assert (table["batch_id"] == "R" + table["collected_at"].dt.strftime("%Y%m%d")).all()


def test_the_truth_of_every_row_is_kept(clean):
    facts = clean.truth(["lis"]).facts["unit_of_result"]
    for hospital, name in NAMES.items():
        table, mine = clean.table(name), facts[facts["facility"] == hospital]
        assert list(mine["row_id"]) == list(table["row_id"])
        assert list(mine["unit"]) == list(table["unit"]) and mine["shown"].all() and not mine["mixed"].any()


def test_a_laboratory_without_results_keeps_an_empty_table(tested):
    records, seeds = tested
    none = records.tables["observations"].iloc[:0]
    empty = type(records)({**records.tables, "observations": none}, records.people)
    district = District(empty, seeds, {}, 700)
    for name in NAMES.values():
        table = publish(district.table(name), TABLES[name])
        assert table.empty and district.ledger(name).empty
