"""The hospital pharmacies: what was dispensed, under each pharmacy's own codes and names."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.records.costs import REFILL_DAYS
from sim.systems.facilities import HOSPITALS
from sim.systems.his import HIS_PATIENTS
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.regulars import numbers_at, usual_hospitals
from sim.systems.schema import Column, Table
from sim.systems.texts import among
from sim.systems.visits import YEARS
from sim.systems.wording import drugs

PHARMACY_DISPENSES = Table(
    "pharmacy_dispenses",
    "One handing out of a drug in the last three years. What a visit prescribes is dispensed by the "
    "hospital of the visit; clinics have no pharmacy, so what they prescribe, and what was begun earlier, "
    "is dispensed where the patient usually goes. About one refill in eight is never collected.",
    "dispense_id",
    (
        Column(
            "dispense_id", "text", 'Number of the dispense, "A" and seven digits, in the order of handing out'
        ),
        Column(
            "prescription_id", "text", 'Number of the prescription, "RX" and six digits; refills share it'
        ),
        Column("mrn", "text", "Record number of the patient"),
        Column("drug_code", "text", "The pharmacy's own code of the product"),
        Column("drug_text", "text", "The product in the pharmacy's words"),
        Column("quantity", "number", "How many tablets or capsules; packs of anything else"),
        Column("days_supply", "number", "Days for which it should last"),
        Column("dispensed_at", "time", "When it was handed out"),
        Column("prescriber", "text", "Number of the prescriber in this hospital"),
        Column("payer", "text", "Who paid; blank if not known"),
    ),
    facilities=HIS_PATIENTS.facilities,
)

NOT_COLLECTED = 0.12
"""Share of refills that nobody collects (assumed)."""

LATE_DAYS = 7
"""Refills are collected within so many days of the day they are due (assumed)."""

PRESCRIBERS = {"H1": 45, "H2": 24, "H3": 9}
"""How many people prescribe in each hospital (assumed)."""

PER_DAY = {
    "metformin": 2,
    "ibuprofen": 3,
    "amoxicillin": 3,
    "acetaminophen": 3,
    "carvedilol": 2,
    "cephalexin": 4,
}
"""Tablets a day (assumed); one of all others."""

COUNTED = ("tablet", "capsule")
"""Forms that are counted; others come in packs."""

SHORT_FORMS = {
    "tablet": "TAB",
    "capsule": "CAP",
    "injection": "INJ",
    "inhaler": "INH",
    "solution": "SOLN",
    "cream": "CRM",
    "spray": "SPRAY",
    "patch": "PATCH",
}
CHINESE_FORMS = {
    "tablet": "片",
    "capsule": "胶囊",
    "injection": "注射液",
    "inhaler": "吸入剂",
    "solution": "口服液",
    "cream": "乳膏",
    "spray": "喷雾剂",
    "patch": "贴剂",
}


COLUMNS = ["PATIENT", "ENCOUNTER", "CODE", "START", "STOP", "DISPENSES"]


@cache
def brand(name: str, country: str) -> str:
    """Returns the invented brand under which the small hospital knows a drug.

    Example:
        >>> brand("metformin", "us"), brand("二甲双胍", "cn")
        ('Metinlark', '二甲胍云')
    """
    return f"{name[:2]}{name[-1]}云" if country == "cn" else f"{name[:3]}{name[-2:]}lark".capitalize()


def name_products(hospital: str, country: str) -> dict[str, str]:
    """Returns what a pharmacy calls each product, by RxNorm code.

    Args:
        hospital: "H1" (short, in capitals), "H2" (in full) or "H3" (by brand).
        country: Code of the country.

    Example:
        >>> [name_products(hospital, "us")["860975"] for hospital in ("H1", "H2", "H3")]
        ['METFORMIN 500MG TAB', 'metformin 500 mg tablet', 'Metinlark 500']
        >>> name_products("H2", "cn")["860975"]
        '二甲双胍片 500mg'
    """
    told = {}
    for code, en, zh, strength, form in drugs()[["en", "zh", "strength", "form"]].itertuples():
        amount = strength.split(" ")[0]
        tight = strength.replace(" ", "").lower()
        if country == "cn":
            full = f"{zh}{CHINESE_FORMS[form]}"
            words = (
                f"{full}({tight})",
                f"{full} {tight}",
                f"{brand(zh, country)}{CHINESE_FORMS[form]} {amount}",
            )
        else:
            short = f"{en.upper()} {tight.upper()} {SHORT_FORMS[form]}"
            words = (short, f"{en} {strength.lower()} {form}", f"{brand(en, country)} {amount}")
        told[code] = words[HOSPITALS.index(hospital)]
    return told


def code_products(setting: Setting) -> dict[str, str]:
    """Draws the pharmacy's own code of each product, by RxNorm code; each hospital numbers in its own way."""
    products = drugs()
    numbers = setting.stream("pharmacy codes").permutation(900)[: len(products)] + 100
    patterns = {"H1": "D{0:04d}", "H2": "{1}{0:03d}", "H3": "{2:02d}-{0:03d}"}
    forms = list(SHORT_FORMS)
    rows = zip(products.index, products["en"], products["form"], numbers.tolist(), strict=True)
    pattern = patterns[setting.facility.code]
    return {code: pattern.format(n, en[:3].upper(), forms.index(form) + 1) for code, en, form, n in rows}


def prescriptions(setting: Setting) -> pd.DataFrame:
    """Lists what this hospital's pharmacy dispenses: one row a medication of the clean records.

    Returns:
        Columns code (RxNorm), person, start, stop, dispenses (all there ever were), payer; in the order of
        the records.
    """
    listed = setting.once("prescriptions", lambda: _prescribed(setting))
    here = listed.loc[listed["where"] == setting.facility.code]
    return here.drop(columns="where").reset_index(drop=True)


def _prescribed(setting: Setting) -> pd.DataFrame:
    """Lists what all pharmacies dispense, as `prescriptions` does, with the hospital in the column where."""
    rows = setting.records.tables["medications"][COLUMNS]
    since = setting.today - pd.DateOffset(years=YEARS)
    rows = rows[~(rows["STOP"] < since) & (rows["START"] < setting.today)]
    rows = rows[among(rows["CODE"], drugs().index)]
    people, visits = setting.people, setting.visits
    person = rows["PATIENT"].map(pd.Series(people.index, index=people["person_id"]))
    visit = visits[["facility", "payer"]].reindex(rows["ENCOUNTER"]).set_index(rows.index)
    usual = person.map(usual_hospitals(setting)).fillna(HOSPITALS[0])
    last = visits.dropna(subset=["payer"]).drop_duplicates("person", keep="last").set_index("person")["payer"]
    return pd.DataFrame(
        {
            "code": rows["CODE"],
            "person": person,
            "start": rows["START"],
            "stop": rows["STOP"],
            "dispenses": rows["DISPENSES"].astype("int64"),
            "payer": visit["payer"].fillna(person.map(last)),
            "where": visit["facility"].where(visit["facility"].isin(HOSPITALS), usual),
        }
    )


def dispense(setting: Setting) -> dict[str, pd.DataFrame]:
    """Lists what a pharmacy handed out.

    Returns:
        A working table of `pharmacy_dispenses`, in the order of handing out, with `_person` and `_rxnorm`.
    """
    orders = prescriptions(setting)
    rng = setting.stream("pharmacy")
    number, staff = rng.permutation(len(orders)) + 1, PRESCRIBERS[setting.facility.code]
    orders = orders.assign(
        prescription_id=[f"RX{n:06d}" for n in number.tolist()],
        prescriber=[
            f"{setting.facility.code}-{n:03d}" for n in rng.integers(1, staff + 1, len(orders)).tolist()
        ],
        days=_days(orders),
        draw=rng.random(len(orders)),
    )
    row, nth = _fills(orders, setting.today)
    kept = (nth == 0) | (rng.random(len(row)) >= NOT_COLLECTED)
    fills = orders.iloc[row[kept]].reset_index(drop=True)
    fills["dispensed_at"] = _handed_out(fills["start"], nth[kept], rng)
    fills["mrn"] = numbers_at(setting, fills["person"], fills["dispensed_at"], fills["draw"])
    fills = fills[fills["mrn"].notna() & (fills["dispensed_at"] < setting.today)]
    fills = fills.sort_values(["dispensed_at", "prescription_id"], ignore_index=True)
    return {"pharmacy_dispenses": _write(fills, setting)}


def _days(orders: pd.DataFrame) -> "pd.Series[int]":
    """Returns for how many days each dispense of a prescription lasts, at most `REFILL_DAYS`."""
    length = (orders["stop"] - orders["start"]).dt.total_seconds() / 86_400
    days: pd.Series[int] = (-(-length // 1)).fillna(REFILL_DAYS).clip(1, REFILL_DAYS).astype("int64")
    return days


def _fills(orders: pd.DataFrame, today: pd.Timestamp) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns the row of each dispense of the last years and which of the prescription it is, from 0."""
    since = today - pd.DateOffset(years=YEARS)
    until = [(day - orders["start"]).dt.total_seconds().to_numpy() for day in (since, today)]
    gone = [seconds / 86_400 / REFILL_DAYS for seconds in until]
    first, last = np.maximum(np.ceil(gone[0]), 0).astype(np.int64), np.floor(gone[1]).astype(np.int64) + 1
    count = np.clip(np.minimum(last, orders["dispenses"].to_numpy()) - first, 0, None)
    row = np.repeat(np.arange(len(orders)), count)
    ahead = np.repeat(np.cumsum(count) - count, count)
    return row, np.repeat(first, count) + np.arange(len(row)) - ahead


def _handed_out(
    start: "pd.Series[pd.Timestamp]", nth: npt.NDArray[np.int64], rng: np.random.Generator
) -> "pd.Series[pd.Timestamp]":
    """Says when dispenses were collected: the first soon after the visit, refills in opening hours."""
    first = start + pd.to_timedelta(rng.integers(5, 90, len(nth)), unit="min")
    days = nth * REFILL_DAYS + rng.integers(0, LATE_DAYS, len(nth))
    minutes = days * 1440 + rng.integers(8 * 60, 18 * 60, len(nth))
    return first.where(nth == 0, start.dt.normalize() + pd.to_timedelta(minutes, unit="min")).dt.floor("s")


def _write(fills: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    products = drugs()
    daily = products["en"].map(PER_DAY).fillna(1).where(products["form"].isin(COUNTED))
    each, days = fills["code"].map(daily), fills["days"]
    return pd.DataFrame(
        {
            "dispense_id": [f"A{number:07d}" for number in range(1, len(fills) + 1)],
            "prescription_id": fills["prescription_id"],
            "mrn": fills["mrn"],
            "drug_code": fills["code"].map(code_products(setting)),
            "drug_text": fills["code"].map(name_products(setting.facility.code, setting.country)),
            "quantity": (each * days).fillna(1).astype("int64"),
            "days_supply": days,
            "dispensed_at": fills["dispensed_at"],
            "prescriber": fills["prescriber"],
            "payer": fills["payer"],
            "_person": fills["person"],
            "_rxnorm": fills["code"],
        }
    )


def tell_codes(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about local codes: `drug_of_code`, with the columns code, text, rxnorm and atc.

    `atc` is empty where codes_drugs.csv has none. All products are listed, dispensed or not.
    """
    codes, names = code_products(setting), name_products(setting.facility.code, setting.country)
    atc = drugs()["atc"]
    rows = [(codes[code], names[code], code, atc[code]) for code in codes]
    return {"drug_of_code": pd.DataFrame(rows, columns=["code", "text", "rxnorm", "atc"], dtype="str")}


RECORDERS = (
    Recorder("pharmacy", (PHARMACY_DISPENSES,), dispense, reads=("his_patients",), facts=tell_codes),
)
