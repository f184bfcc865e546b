"""Bills, claims, insurance and expenses: every sum can be reached by two ways."""

import numpy as np
import pandas as pd
import pytest

from sim.records import PAYERS, Records
from sim.records.payers import NOBODY, SENIOR

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="session")
def tables(records: Records) -> Tables:
    return records.tables


def test_claims_are_the_bills_of_encounters_and_medications(tables: Tables) -> None:
    claims, lines, visits, pills = (
        tables[name] for name in ("claims", "claims_transactions", "encounters", "medications")
    )
    assert len(claims) == len(visits) + len(pills) and claims["Id"].is_unique
    charges = lines[lines["TYPE"] == "CHARGE"].groupby("CLAIMID")["AMOUNT"].sum()
    billed = charges.reindex(claims["Id"]).to_numpy()
    asked = np.concatenate([visits["TOTAL_CLAIM_COST"], pills["TOTALCOST"]])
    np.testing.assert_allclose(billed, asked, atol=1e-6)


def test_transactions_settle_every_claim(tables: Tables) -> None:
    lines = tables["claims_transactions"]
    assert lines["ID"].is_unique and set(lines["CLAIMID"]) == set(tables["claims"]["Id"])
    by_claim = lines.groupby("CLAIMID")
    charged = lines[lines["TYPE"] == "CHARGE"].groupby("CLAIMID")["AMOUNT"].sum()
    np.testing.assert_allclose(charged, by_claim["PAYMENTS"].sum(), atol=1e-6)
    out, in_ = (lines[lines["TYPE"] == f"TRANSFER{way}"] for way in ("OUT", "IN"))
    assert out["CLAIMID"].tolist() == in_["CLAIMID"].tolist()
    assert in_["TRANSFEROUTID"].tolist() == out["CHARGEID"].tolist()
    numbers = by_claim["CHARGEID"].apply(list)
    assert all(row == list(range(1, len(row) + 1)) for row in numbers)
    assert (by_claim["OUTSTANDING"].last() == 0).all()
    charge = lines[lines["TYPE"] == "CHARGE"]
    np.testing.assert_allclose(charge["UNITS"] * charge["UNITAMOUNT"], charge["AMOUNT"], atol=1e-6)


def test_payers_pay_what_encounters_and_medications_say(tables: Tables) -> None:
    visits, pills, payers = (tables[name] for name in ("encounters", "medications", "payers"))
    bills = pd.concat(
        [
            visits[["PAYER", "PAYER_COVERAGE"]].assign(cost=visits["TOTAL_CLAIM_COST"]),
            pills[["PAYER", "PAYER_COVERAGE"]].assign(cost=pills["TOTALCOST"]),
        ]
    )
    sums = bills.groupby("PAYER")[["PAYER_COVERAGE", "cost"]].sum().reindex(payers["Id"]).fillna(0.0)
    np.testing.assert_allclose(payers["AMOUNT_COVERED"], sums["PAYER_COVERAGE"], atol=0.01)
    whole = payers["AMOUNT_COVERED"] + payers["AMOUNT_UNCOVERED"]
    np.testing.assert_allclose(whole, sums["cost"], atol=0.01)
    for what, table in (("ENCOUNTERS", visits), ("MEDICATIONS", pills)):
        assert (payers[f"COVERED_{what}"] + payers[f"UNCOVERED_{what}"]).sum() == len(table)
    for what in ("PROCEDURES", "IMMUNIZATIONS"):
        assert (payers[f"COVERED_{what}"] + payers[f"UNCOVERED_{what}"]).sum() == len(tables[what.lower()])
    worth = payers["QOLS_AVG"].dropna()
    assert len(worth) >= 2 and worth.between(0.5, 1).all() and (worth < 1).any()


def test_expenses_by_year_add_up_to_the_patient_s(tables: Tables) -> None:
    spent = tables["patient_expenses"].groupby("PATIENT_ID")[["HEALTHCARE_EXPENSES", "COVERED_COSTS"]].sum()
    patients = tables["patients"].set_index("Id")
    spent = spent.reindex(patients.index)
    np.testing.assert_allclose(spent["HEALTHCARE_EXPENSES"], patients["HEALTHCARE_EXPENSES"], atol=0.01)
    np.testing.assert_allclose(spent["COVERED_COSTS"], patients["HEALTHCARE_COVERAGE"], atol=0.01)
    premiums = tables["patient_expenses"].groupby("PAYER_ID")["INSURANCE_COSTS"].sum()
    revenue = tables["payers"].set_index("Id")["REVENUE"]
    np.testing.assert_allclose(premiums, revenue[premiums.index], atol=0.01)


def test_insurance_covers_life_without_gaps_and_overlaps(tables: Tables) -> None:
    spans, patients = tables["payer_transitions"], tables["patients"].set_index("Id")
    first, last = spans.groupby("PATIENT").first(), spans.groupby("PATIENT").last()
    assert set(first.index) == set(patients.index) and spans["MEMBERID"].is_unique
    assert (first["START_DATE"] == patients.loc[first.index, "BIRTHDATE"]).all()
    until = patients["DEATHDATE"].fillna(pd.Timestamp("2026-01-01"))
    assert (last["END_DATE"] == until[last.index]).all()
    same = spans["PATIENT"] == spans["PATIENT"].shift(-1)
    assert (spans["END_DATE"] == spans["START_DATE"].shift(-1))[same].all()
    assert (spans["END_DATE"] >= spans["START_DATE"]).all()


def test_who_pays_goes_by_age(tables: Tables) -> None:
    spans = tables["payer_transitions"].merge(tables["patients"], left_on="PATIENT", right_on="Id")
    age = (spans["START_DATE"] - spans["BIRTHDATE"]).dt.days / 365.25
    assert ((spans["PAYER"] == PAYERS[SENIOR].id) == (age > 64.9)).all()
    assert spans.loc[spans["PAYER"] == PAYERS[NOBODY].id, "PLAN_OWNERSHIP"].isna().all()
    both = spans["SECONDARY_PAYER"].notna()
    assert both.any() and (age[both] > 64.9).all()


def test_encounters_are_paid_by_the_payer_of_the_day(tables: Tables) -> None:
    spans = tables["payer_transitions"]
    met = tables["encounters"].merge(spans, on="PATIENT", suffixes=("", "_span"))
    here = met[(met["START"] >= met["START_DATE"]) & (met["START"] < met["END_DATE"] + pd.Timedelta(days=1))]
    agree = here[here["PAYER"] == here["PAYER_span"]]
    assert set(agree["Id"]) == set(tables["encounters"]["Id"])
