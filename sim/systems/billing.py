"""The billing office: what a hospital asks payers for, line by line, and how they settle it."""

from typing import Any

import numpy as np
import pandas as pd

from sim.countries import country as find_country
from sim.systems.his import HIS_ENCOUNTERS
from sim.systems.planting import days
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table
from sim.systems.services import OTHER, service_names
from sim.systems.texts import among

CLAIMS = Table(
    "claims",
    "One line of a claim that the hospital sent to a payer for a visit of the last two years. A claim is "
    "sent once, and changed by sending another: a void takes lines back (its amount repeats what is taken "
    "back, without a minus), a replacement stands in the place of a whole claim, an adjustment adds its "
    "amount to a line. Voids and adjustments have the line number of the line they change. Patients who pay "
    "themselves get a bill and no claim; drugs are billed by the pharmacy and are not here.",
    "line_id",
    (
        Column("line_id", "text", 'Number of the row, "B" and seven digits, in the order of sending'),
        Column("claim_id", "text", 'Number of the claim, "K" and six digits'),
        Column("line", "number", "Number of the line within its claim, from 1"),
        Column("kind", "text", "original, void, replacement or adjustment"),
        Column(
            "refers_to",
            "text",
            "Number of the claim that is taken back, replaced or adjusted; blank in originals",
        ),
        Column("encounter_id", "text", "Number of the visit or stay"),
        Column("mrn", "text", "Record number of the patient"),
        Column("payer", "text", "Who is asked to pay"),
        Column("dx_code", "text", "Main diagnosis, the country's ICD code"),
        Column("code", "text", "Visit or room: the county's charge code; procedure: SNOMED CT; vaccine: CVX"),
        Column("service", "text", "What was done, in words"),
        Column("amount", "number", "Amount in the country's currency, two decimal places"),
        Column("submitted_on", "text", "Day of sending, YYYY-MM-DD"),
        Column(
            "adjudicated_on", "text", "Day of the payer's decision, YYYY-MM-DD; blank while it is pending"
        ),
        Column("status", "text", "accepted, denied or pending; nothing is paid for denied or pending lines"),
    ),
    facilities=HIS_ENCOUNTERS.facilities,
)

YEARS = 2
"""How far back claims are kept; older ones are archived."""

CHARGES = {
    "ambulatory": ("V11", "Clinic visit", "门诊诊察"),
    "outpatient": ("V12", "Outpatient care", "专科门诊"),
    "wellness": ("V13", "Check-up", "健康体检"),
    "urgentcare": ("V14", "Walk-in visit", "急诊门诊"),
    "emergency": ("V21", "Emergency care", "急诊诊察"),
    "inpatient": ("V31", "Admission", "住院诊察"),
}
"""Charge code of a visit by its class, with its name in English and Chinese (invented)."""

ROOM = ("R01", "Room and board", "床位及护理")
"""The charge for days in hospital."""

CURRENCY = {"us": 1.0, "cn": 2.0}
"""What a dollar of the clean records is in the country's currency (assumed, to keep amounts plausible)."""

SENT_AFTER, DECIDED_AFTER = (2, 21), (5, 46)
"""Days from the end of a visit to the sending, and from there to the decision: least and most (assumed)."""

DENIED = 0.03
"""Share of lines that the payer denies (assumed)."""

FIRST_NUMBER = 100_001
"""Number of the first claim in the table; those before it are archived."""

Frame = pd.DataFrame


def bill(setting: Setting) -> dict[str, pd.DataFrame]:
    """Bills every visit whose payer is not the patient, once and without mistake.

    Returns:
        A working table of `claims` with `_person`, `_class` (visit, room, procedure or vaccine), `_claim`
        (a provisional number), `_refers` (the `_claim` that a line refers to; -1 for none) and `_fate`:
        stands, denied or pending; defects add voided, replaced, void, adjustment and credit.
    """
    rng = setting.stream("billing")
    visits = _billed(setting, rng)
    lines = _price(setting, visits)
    lines["amount"] = (lines["amount"] * CURRENCY[setting.country]).round(2)
    return {"claims": _send(lines, visits, rng)}


def _billed(setting: Setting, rng: np.random.Generator) -> Frame:
    """Returns the visits that are billed, with the days of sending and decision: index = visit id."""
    since = setting.today - pd.DateOffset(years=YEARS)
    columns = ["person", "class", "payer", "dx_code", "start", "stop"]
    visits = setting.here.loc[setting.here["start"] >= since, columns]
    stays = setting.tables["his_encounters"].set_index("_encounter")[["encounter_id", "mrn"]]
    visits = visits.join(stays, how="inner")
    payers = find_country(setting.country).payers
    names = {name: payers.get(name, name) for name in visits["payer"].dropna().unique()}
    ended = visits["stop"].dt.normalize()
    sent, decided = (rng.integers(*span, len(visits)) for span in (SENT_AFTER, DECIDED_AFTER))
    submitted = ended + pd.to_timedelta(sent, unit="D")
    visits = visits.assign(
        payer=visits["payer"].map(names),
        submitted=submitted,
        adjudicated=submitted + pd.to_timedelta(decided, unit="D"),
    )
    insured = visits["payer"].notna() & (visits["payer"] != payers["Self-pay"])
    billed: Frame = visits[insured & (submitted <= setting.today)]
    return billed


def _price(setting: Setting, visits: Frame) -> Frame:
    """Returns the lines of each visit: visit, _class, code, service, amount."""
    tables, country = setting.records.tables, setting.country
    prices = _amounts(tables["encounters"], "Id", visits.index)
    prices = prices.set_index("Id")[["BASE_ENCOUNTER_COST", "TOTAL_CLAIM_COST"]].reindex(visits.index)
    chinese = country == "cn"
    kind = visits["class"].to_numpy(dtype=object)
    code, service = ([CHARGES[each][place] for each in kind] for place in (0, 1 + chinese))
    amount = prices["BASE_ENCOUNTER_COST"].to_numpy()
    base = pd.DataFrame(
        {"visit": visits.index, "_class": "visit", "code": code, "service": service, "amount": amount}
    )
    done = [
        _services(tables.get(table), visits.index, kind, country)
        for table, kind in (("procedures", "procedure"), ("immunizations", "vaccine"))
    ]
    listed = pd.concat([base, *done], ignore_index=True)
    rest = prices["TOTAL_CLAIM_COST"] - listed.groupby("visit")["amount"].sum().reindex(visits.index)
    stays = rest[(rest >= 1) & (visits["class"] == "inpatient")]
    room = pd.DataFrame(
        {
            "visit": stays.index,
            "_class": "room",
            "code": ROOM[0],
            "service": ROOM[1 + chinese],
            "amount": stays.to_numpy(),
        }
    )
    return pd.concat([base, room, *done], ignore_index=True)


def _amounts(table: Frame, key: str, visits: "pd.Index[Any]") -> Frame:
    kept: Frame = table[among(table[key], visits)]
    return kept


def _services(table: Frame | None, visits: "pd.Index[Any]", kind: str, country: str) -> Frame:
    """Returns the lines of procedures or doses; none where the records hold no such table."""
    columns = ["ENCOUNTER", "CODE", "BASE_COST"]
    here = pd.DataFrame(columns=columns) if table is None else _amounts(table, "ENCOUNTER", visits)[columns]
    lines = here.rename(columns={"ENCOUNTER": "visit", "CODE": "code", "BASE_COST": "amount"})
    names = service_names(kind, country)
    return lines.assign(_class=kind, service=lines["code"].map(names).fillna(OTHER[country]))


def _send(lines: Frame, visits: Frame, rng: np.random.Generator) -> Frame:
    """Puts lines on claims, one claim a visit, in the order of visits."""
    claim = visits.index.get_indexer(pd.Index(lines["visit"]))
    lines = lines.assign(_claim=claim).sort_values("_claim", kind="stable", ignore_index=True)
    of_line = visits.iloc[lines["_claim"].to_numpy()].reset_index(drop=True)
    denied = rng.random(len(lines)) < DENIED
    status = np.where(denied, "denied", "accepted")
    open_ = of_line["adjudicated"] > pd.Timestamp(visits["submitted"].max())
    status = np.where(open_, "pending", status)
    return pd.DataFrame(
        {
            "line_id": np.arange(len(lines)).astype(str),
            "line": lines.groupby("_claim").cumcount() + 1,
            "kind": "original",
            "encounter_id": of_line["encounter_id"],
            "mrn": of_line["mrn"],
            "payer": of_line["payer"],
            "dx_code": of_line["dx_code"],
            "code": lines["code"],
            "service": lines["service"],
            "amount": lines["amount"].astype("float64"),
            "submitted_on": of_line["submitted"],
            "adjudicated_on": of_line["adjudicated"].mask(open_),
            "status": status,
            "_person": of_line["person"],
            "_class": lines["_class"],
            "_claim": lines["_claim"],
            "_refers": -1,
            "_fate": pd.Series(status, dtype="str").replace("accepted", "stands"),
        }
    )


def number_lines(table: Frame, ledger: Frame) -> tuple[Frame, Frame]:
    """Gives lines and claims their final numbers, in the order in which they were sent.

    Args:
        table: Working table with provisional numbers; days are times.
        ledger: Ledger whose `record` holds provisional numbers of lines; so do `clean` and `dirty` where the
            field is `line_id`. Records that are no line stay as they are.

    Returns:
        Both with final numbers; days are texts.
    """
    order = table.sort_values(["submitted_on", "_claim", "line"], kind="stable", ignore_index=True)
    final = [f"B{number:07d}" for number in range(1, len(order) + 1)]
    name_of = dict(zip(order["line_id"], final, strict=True))
    place, claims = pd.factorize(order["_claim"])
    numbers = {claim: f"K{FIRST_NUMBER + at:06d}" for at, claim in enumerate(claims)}
    archived = {
        refers: f"K{FIRST_NUMBER + refers:06d}" for refers in order["_refers"].unique() if refers < -1
    }
    numbered = order.assign(
        line_id=final,
        claim_id=[f"K{FIRST_NUMBER + at:06d}" for at in place],
        refers_to=order["_refers"].map(numbers | archived).astype("str"),
        submitted_on=days(order["submitted_on"]),
        adjudicated_on=days(order["adjudicated_on"]),
    )
    lines = ledger["field"] == "line_id"
    renamed = {
        column: ledger[column].map(name_of).where(lines, ledger[column]) for column in ("clean", "dirty")
    }
    record = ledger["record"].map(name_of).fillna(ledger["record"])
    return numbered, ledger.assign(record=record, **renamed).astype("str")


def settle(table: Frame) -> "pd.Series[float]":
    """Returns what the payer owes for each visit after everything that was sent.

    Accepted lines that were neither taken back nor replaced count, with their adjustments; a credit whose
    original is not in the table does not.

    Args:
        table: A working table of `claims`, with `_fate`.

    Returns:
        Amounts with two decimal places; index = encounter_id, every visit that is in the table.
    """
    counted = table["amount"].where(table["_fate"].isin(("stands", "adjustment")), 0.0)
    total: pd.Series[float] = counted.groupby(table["encounter_id"]).sum().round(2)
    return total


def tell_claims(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about claims.

    `claim_net` (encounter_id, net: what the payer owes for the visit) and `claim_line_fate` (line_id, fate:
    stands, denied, pending, voided, replaced, void, adjustment, or credit, whose original is not there).
    """
    table = tables["claims"]
    net = settle(table).rename("net").reset_index()
    fate = table[["line_id", "_fate"]].rename(columns={"_fate": "fate"}).reset_index(drop=True)
    return {"claim_net": net, "claim_line_fate": fate}


def _finish(name: str, table: Frame, ledger: Frame) -> tuple[Frame, Frame]:
    return number_lines(table, ledger)


RECORDERS = (
    Recorder("billing", (CLAIMS,), bill, reads=("his_encounters",), finish=_finish, facts=tell_claims),
)
