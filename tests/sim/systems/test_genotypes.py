"""Genotypes follow from what happened to people, and all together have the published frequencies."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.seeds import PUBLIC_KEY, Seeds
from sim.systems.genotypes import EMBOLISM, draw, given_outcome
from sim.systems.outcomes import CARRIERS
from sim.systems.variants import E2, E4, HARM, effects, odds_of_copies, panel

COUNT = 60_000
PLACE = {variant.rsid: number for number, variant in enumerate(panel())}

SHARES = st.lists(st.floats(0.01, 1), min_size=2, max_size=6).map(lambda parts: np.array(parts) / sum(parts))


@given(SHARES, st.data())
def test_cases_and_others_make_up_the_population_and_differ_by_the_odds_ratio(prior, data):
    odds = np.array(
        [1.0, *data.draw(st.lists(st.floats(0.1, 20), min_size=len(prior) - 1, max_size=len(prior) - 1))]
    )
    share = data.draw(st.floats(0.001, 0.9))
    cases, others = given_outcome(prior, odds, share)
    assert np.allclose(cases.sum(), 1) and np.allclose(others.sum(), 1)
    assert np.allclose(share * cases + (1 - share) * others, prior)
    assert np.allclose(cases / others, odds * cases[0] / others[0])


def test_where_nobody_or_everybody_is_ill_genes_tell_nothing():
    prior, odds = np.array([0.7, 0.3]), np.array([1.0, 4.0])
    for share in (0.0, 1.0):
        assert all((shares == prior).all() for shares in given_outcome(prior, odds, share))


@pytest.fixture(scope="module")
def many():
    """Many made-up people of three populations, with illnesses, and what was drawn for them."""
    rng = np.random.default_rng(3)
    people = pd.DataFrame(
        {
            "person_id": [f"p{number}" for number in range(COUNT)],
            "race": rng.choice(["white", "black", "asian", "other"], COUNT, p=[0.5, 0.2, 0.2, 0.1]),
            "sex": rng.choice(["F", "M"], COUNT),
            "diabetes": rng.random(COUNT) < 0.15,
            "dementia": rng.random(COUNT) < 0.03,
        }
    )
    clots = pd.DataFrame({"PATIENT": people["person_id"][rng.random(COUNT) < 0.02], "CODE": EMBOLISM})
    carriers = pd.Series(rng.random(5000) < 0.3, index=np.arange(0, 5000 * 7, 7))
    copies = draw(people, clots, carriers, Seeds(PUBLIC_KEY, "genes").stream("genotypes"))
    return people.assign(clot=people["person_id"].isin(clots["PATIENT"])), carriers, copies


def test_every_population_has_the_frequencies_of_the_page(many):
    people, _, copies = many
    for population in ("asian", "black", "white"):
        mine = (
            people["race"].isin([population, "other"] if population == "white" else [population]).to_numpy()
        )
        for variant in panel():
            if variant.chrom == "chrX" or variant.rsid == HARM:
                continue
            expected, chromosomes = variant.frequency[population], 2 * mine.sum()
            spread = 5 * (expected * (1 - expected) / chromosomes) ** 0.5 + 1e-9
            assert abs(copies[mine, PLACE[variant.rsid]].mean() / 2 - expected) < spread, variant.rsid


def test_the_ill_carry_what_favours_their_illness(many):
    people, _, copies = many
    for rsid, illness, outcome in (
        ("rs7903146", "diabetes", "diabetes"),
        ("rs6025", "clot", "pulmonary embolism"),
    ):
        found = copies[:, PLACE[rsid]][people["race"] == "white"]
        ill = people[illness][people["race"] == "white"].to_numpy()
        odds = (
            (found[ill] == 1).sum()
            * (found[~ill] == 0).sum()
            / ((found[ill] == 0).sum() * (found[~ill] == 1).sum())
        )
        assert odds == pytest.approx(odds_of_copies(rsid, outcome)[1], rel=0.25)
    four = (copies[:, PLACE[E4]] == 1) & (copies[:, PLACE[E2]] == 0)
    none = (copies[:, PLACE[E4]] == 0) & (copies[:, PLACE[E2]] == 0)
    ill = people["dementia"].to_numpy()
    odds = (four & ill).sum() * (none & ~ill).sum() / ((none & ill).sum() * (four & ~ill).sum())
    assert odds == pytest.approx(effects()["APOE", "dementia"]["e3/e4"], rel=0.2)


def test_no_chromosome_has_both_variants_of_apoe(many):
    _, _, copies = many
    assert (copies[:, PLACE[E4]] + copies[:, PLACE[E2]]).max() == 2


def test_carriers_of_harm_are_those_of_the_potential_outcomes(many):
    _, carriers, copies = many
    found = copies[:, PLACE[HARM]] > 0
    assert (found[carriers.index] == carriers.to_numpy()).all()
    others = np.setdiff1d(np.arange(COUNT), carriers.index)
    assert found[others].mean() == pytest.approx(CARRIERS, abs=0.01)
    assert set(copies[carriers.index[carriers.to_numpy()], PLACE[HARM]]) == {1, 2}


def test_males_have_one_x_chromosome(many):
    people, _, copies = many
    found = copies[:, PLACE["rs1050828"]]
    black = (people["race"] == "black").to_numpy()
    male = (people["sex"] == "M").to_numpy()
    assert found[male].max() == 1 and found[~male & black].max() == 2 and found[~black].max() == 0


def test_the_panel_is_in_the_order_of_the_genome_and_tells_its_sources():
    order = list(dict.fromkeys(variant.chrom for variant in panel()))
    assert order == [f"chr{n}" for n in (1, 6, 10, 12, 13, 16, 19)] + ["chrX", "hilab"]
    for chrom in order:
        places = [variant.position for variant in panel() if variant.chrom == chrom]
        assert places == sorted(places)
    for variant in panel():
        assert {variant.ref, variant.alt} < set("ACGT") and set(variant.frequency) == {
            "white",
            "asian",
            "black",
        }


@pytest.mark.parametrize("name", ["panel_variants", "panel_frequencies", "panel_effects"])
def test_every_figure_has_a_status_and_every_published_one_a_source_on_the_page(name):
    from sim.paths import datasets

    page = datasets("reference", "SOURCES.md").read_text(encoding="utf-8")
    table = pd.read_csv(datasets("reference", f"{name}.csv"), keep_default_na=False)
    assert set(table["status"]) <= {"verified", "verified_secondary", "verified_file", "assumed"}
    assert (table["source_id"] != "")[table["status"] != "assumed"].all()
    assert f"| {name}.csv | {len(table)} |" in page
    for source in set(table["source_id"]) - {""}:
        assert f"| {source} |" in page
