"""Pharmacies hand out what the clean records say was taken, under codes of their own."""

import numpy as np
import pandas as pd
import pytest
from made_up_hospital import made_up_setting

from sim.records.costs import REFILL_DAYS
from sim.systems import pharmacy
from sim.systems.facilities import HOSPITALS
from sim.systems.regulars import most_visited, numbers_at
from sim.systems.schema import publish
from sim.systems.wording import drugs


@pytest.fixture(scope="module", params=HOSPITALS)
def setting(made_up, request):
    return made_up_setting(made_up, request.param)


@pytest.fixture(scope="module")
def dispensed(setting):
    return pharmacy.dispense(setting)["pharmacy_dispenses"]


def test_every_medication_of_the_window_is_dispensed_in_exactly_one_hospital(made_up):
    settings = [made_up_setting(made_up, hospital) for hospital in HOSPITALS]
    parts = [pharmacy.prescriptions(setting) for setting in settings]
    rows = settings[0].records.tables["medications"]
    window = rows[~(rows["STOP"] < settings[0].today - pd.DateOffset(years=3))]
    assert sum(map(len, parts)) == len(window) and all(len(part) > 20 for part in parts)
    visits = settings[0].visits
    there = visits["facility"].reindex(window["ENCOUNTER"])
    for hospital, part in zip(HOSPITALS, parts, strict=True):
        assert len(part) >= (there == hospital).sum()


def test_refills_come_every_month_until_the_end_and_none_before_the_window(setting, dispensed):
    orders = pharmacy.prescriptions(setting)
    row, nth = pharmacy._fills(orders, setting.today)
    since = setting.today - pd.DateOffset(years=3)
    due = orders["start"].iloc[row].to_numpy() + nth * np.timedelta64(REFILL_DAYS, "D")
    assert (due >= since.to_datetime64()).all() and (due <= setting.today.to_datetime64()).all()
    assert (nth < orders["dispenses"].to_numpy()[row]).all()
    for number in range(0, len(orders), 7):
        start, times = orders["start"][number], int(orders["dispenses"][number])
        days = [start + pd.Timedelta(days=REFILL_DAYS * n) for n in range(times)]
        assert (row == number).sum() == sum(since <= day <= setting.today for day in days)
    assert (dispensed["dispensed_at"] < setting.today).all()
    assert 0.80 < len(dispensed) / len(row) < 1


def test_a_first_dispense_is_always_collected(setting, dispensed):
    orders = pharmacy.prescriptions(setting)
    begun = orders["start"] >= setting.today - pd.DateOffset(years=3)
    in_time = begun & (orders["start"] < setting.today - pd.Timedelta(hours=2))
    assert dispensed["prescription_id"].nunique() >= in_time.sum()


def test_codes_are_the_hospitals_own_and_the_truth_translates_each(made_up):
    codes = {}
    for hospital in HOSPITALS:
        setting = made_up_setting(made_up, hospital)
        table = pharmacy.dispense(setting)
        told = pharmacy.tell_codes(setting, table)["drug_of_code"].set_index("code")
        assert told.index.is_unique and set(told["rxnorm"]) == set(drugs().index)
        rows = table["pharmacy_dispenses"]
        assert (told.loc[rows["drug_code"], "rxnorm"].to_numpy() == rows["_rxnorm"]).all()
        assert (told.loc[rows["drug_code"], "text"].to_numpy() == rows["drug_text"]).all()
        assert "_rxnorm" not in publish(rows, pharmacy.PHARMACY_DISPENSES)
        codes[hospital] = set(told.index)
    assert not codes["H1"] & codes["H2"] and not codes["H1"] & codes["H3"] and not codes["H2"] & codes["H3"]


@pytest.mark.parametrize("country", ["us", "cn"])
@pytest.mark.parametrize("hospital", HOSPITALS)
def test_every_product_has_a_name_of_its_own(hospital, country):
    names = pharmacy.name_products(hospital, country)
    assert len(set(names.values())) == len(names)
    chinese = ["一" <= character <= "鿿" for name in names.values() for character in name[:1]]
    assert all(chinese) == (country == "cn")


@pytest.mark.parametrize("country", ["us", "cn"])
def test_brands_of_different_drugs_differ(country):
    names = set(drugs()[{"us": "en", "cn": "zh"}[country]])
    assert len({pharmacy.brand(name, country) for name in names}) == len(names)


def test_quantities_last_for_the_days_they_are_meant_for(dispensed):
    form = drugs()["form"].reindex(dispensed["_rxnorm"]).to_numpy()
    counted = np.isin(form, pharmacy.COUNTED)
    days, quantity = dispensed["days_supply"].to_numpy(), dispensed["quantity"].to_numpy()
    assert (quantity[counted] % days[counted] == 0).all() and (quantity[~counted] == 1).all()
    assert dispensed["days_supply"].between(1, REFILL_DAYS).all()
    assert (dispensed["days_supply"] == 10).any()


def test_dispenses_are_filed_under_numbers_of_the_right_person(setting, dispensed):
    book = setting.tables["his_patients"].set_index("mrn")["_person"]
    assert (book[dispensed["mrn"]].to_numpy() == dispensed["_person"]).all()
    assert dispensed["dispense_id"].is_unique and dispensed["dispensed_at"].is_monotonic_increasing
    second = dispensed["mrn"].str.endswith("b")
    assert second.any() and (dispensed.loc[second, "dispensed_at"] >= "2024-01-01").all()


def test_numbers_are_blank_for_whom_the_hospital_never_registered(made_up):
    setting = made_up_setting(made_up, "H3")
    strangers = pd.Series(
        [person for person in setting.people.index if person not in set(setting.here["person"])]
    )
    when, draw = pd.Series(setting.today, index=strangers.index), pd.Series(0.5, index=strangers.index)
    assert len(strangers) and numbers_at(setting, strangers, when, draw).isna().all()


def test_the_usual_hospital_is_the_one_visited_most():
    visits = pd.DataFrame(
        {"person": [1, 1, 1, 2, 2, 3, 4], "facility": ["H3", "H3", "H1", "H2", "H1", "C1", "H2"]}
    )
    assert most_visited(visits).to_dict() == {1: "H3", 2: "H1", 4: "H2"}
