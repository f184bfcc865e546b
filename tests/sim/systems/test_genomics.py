"""Gene panels: a VCF reader reads them all and finds the genes of whoever was in the tube."""

from collections import Counter

import cyvcf2
import numpy as np
import pytest

from sim.defects import DEFECTS
from sim.district import District
from sim.systems.genomics import DRUGS, _chances
from sim.systems.genotypes import given_outcome
from sim.systems.variants import HARM, odds_of_copies, panel


@pytest.fixture(scope="module", params=["us", "cn"])
def country(request):
    return request.param


@pytest.fixture(scope="module")
def district(country, made_up, made_up_cn):
    return District(*(made_up if country == "us" else made_up_cn), {}, 700, country)


@pytest.fixture(scope="module")
def read(district, tmp_path_factory):
    """What cyvcf2 finds in each file: name of the sample, and the variants."""
    folder, found = tmp_path_factory.mktemp("panels"), {}
    for name, content in district.files(["genomics"]).items():
        if name.endswith(".vcf"):
            path = folder / name.partition("/")[2]
            path.write_bytes(content)
            reader = cyvcf2.VCF(str(path))
            found[path.stem.upper()] = (reader.samples, list(reader), reader.raw_header)
    return found


def copies(call):
    """Counts copies in a call of cyvcf2; None where it could not be read."""
    alleles = call[:-1]
    return None if -1 in alleles else sum(alleles)


def test_every_panel_has_a_file_with_one_sample_named_after_the_tube(district, read):
    table = district.table("genetic_panels")
    assert set(read) == set(table["panel_id"]) and len(table) > 50
    for ident, sample in zip(table["panel_id"], table["sample_id"], strict=True):
        samples, variants, header = read[ident]
        assert samples == [sample] and header.startswith("##fileformat=VCFv4.3")
        told = [(v.CHROM, v.POS, v.ID, v.REF, v.ALT[0], v.INFO["GENE"]) for v in variants]
        assert told == [(v.chrom, v.position, v.rsid, v.ref, v.alt, v.gene) for v in panel()]


def test_files_hold_the_genes_of_whoever_was_in_the_tube(district, read):
    table = district.table("genetic_panels")
    facts = district.truth(["genomics"]).facts
    genes = facts["panel_genotypes"].set_index(["person", "rsid"])["copies"]
    male = dict(zip(table["_person"], table["_male"], strict=True))
    source = dict(zip(facts["panel_truth"]["panel_id"], facts["panel_truth"]["genes_of"], strict=True))
    lost = 0
    for ident, (_, variants, _) in read.items():
        for variant in variants:
            call = variant.genotypes[0]
            assert len(call) - 1 == (1 if variant.CHROM == "chrX" and male[source[ident]] else 2)
            if copies(call) is None:
                lost += 1
                assert variant.FILTER == "LowDP" and variant.format("DP")[0][0] < 8
            else:
                assert copies(call) == genes[source[ident], variant.ID] and variant.FILTER is None
    assert 0 < lost < 0.03 * sum(len(variants) for _, variants, _ in read.values())


def test_tubes_changed_places_where_the_ledger_says(district):
    truth = district.truth(["genomics"])
    told = truth.facts["panel_truth"]
    wrong = told[told["person"] != told["genes_of"]]
    ledger = truth.ledger[truth.ledger["defect"] == "D68"]
    assert set(wrong["panel_id"]) == set(ledger["record"]) and len(ledger) >= 2
    table = district.table("genetic_panels").set_index("panel_id")
    tube = table.reset_index().set_index("sample_id")
    for record, clean, dirty in ledger[["record", "clean", "dirty"]].to_numpy():
        assert (
            table.loc[record, "sample_id"] == clean and tube.loc[dirty, "plate"] == table.loc[record, "plate"]
        )
        assert tube.loc[dirty, "_person"] == table.loc[record, "_genes"]


def test_a_higher_rate_swaps_more_and_everybody_s_genes_stay_somewhere(district):
    clean = district.recorded("genetic_panels")
    few, many = (DEFECTS["D68"].apply(clean, rate, 0, np.random.default_rng(2)) for rate in (0.1, 0.4))
    assert 0 < len(few[1]) < len(many[1]) and set(few[1]["record"]) < set(many[1]["record"])
    for table, _ in (few, many):
        assert Counter(table["_genes"]) == Counter(clean["_person"])
    assert DEFECTS["D68"].apply(clean, 0.0, 0, np.random.default_rng(2))[1].empty


def test_the_programme_s_carriers_are_those_whom_the_treatment_harms(district):
    facts = district.truth(["cohort", "genomics"]).facts
    carriers = facts["potential_outcomes"].set_index("person")["carrier"]
    told = facts["panel_truth"].set_index("person")["carrier"]
    both = told.index.intersection(carriers.index)
    assert len(both) > 20 and (told[both] == carriers[both]).all()
    assert set(district.table("genetic_panels").query("reason == 'diabetes programme'")["_person"]) <= set(
        both
    )
    assert HARM in set(facts["panel_genotypes"]["rsid"])


def test_nobody_is_tested_or_called_who_is_dead_or_unknown(district):
    people, numbers = district.records.people, set(district.table("his_patients")["mrn"])
    for name in ("genetic_panels", "drug_followups"):
        assert set(district.table(name)["mrn"]) <= numbers
    assert people["alive"].loc[district.table("genetic_panels")["_person"]].all()
    calls = district.table("drug_followups")
    assert (calls["started_on"] < calls["asked_on"]).all() and len(calls) > 5
    assert not (
        people["death_date"].loc[calls["_person"]].to_numpy() < calls["asked_on"].astype("M8[s]")
    ).any()


@pytest.mark.parametrize("code", list(DRUGS))
def test_genes_change_how_drugs_go_and_not_how_often_on_the_whole(code):
    rng = np.random.default_rng(4)
    genes = rng.choice(3, (4000, len(panel())), p=[0.7, 0.25, 0.05])
    chance = _chances(code, genes)
    assert chance.mean() == pytest.approx(DRUGS[code][2])
    if code == "312961":
        place = next(n for n, variant in enumerate(panel()) if variant.rsid == "rs4149056")
        odds = [c / (1 - c) for c in (chance[genes[:, place] == n].mean() for n in range(3))]
        expected = odds_of_copies("rs4149056", "simvastatin: muscle complaints")
        assert np.allclose(np.array(odds) / odds[0], expected)
    assert len(set(chance.round(9))) == (2 if code == "309362" else 3)
    assert given_outcome(np.array([1.0, 0.0]), np.array([1.0, 2.0]), 0.3)[0].tolist() == [1.0, 0.0]
