"""The hospital information system: registrations, visits and stays."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sim.systems.facilities import HOSPITALS
from sim.systems.identities import alike, newcomers, tell_identities
from sim.systems.old_software import write_old
from sim.systems.recorder import Recorder, Setting
from sim.systems.schema import Column, Table
from sim.systems.targets import tell_targets

HIS_PATIENTS = Table(
    name="his_patients",
    about="One registration of a person; some people have two.",
    key="mrn",
    facilities=HOSPITALS,
    columns=(
        Column(
            "mrn",
            "text",
            'Record number of one registration, "H" (h2: "P", h3: "T") and seven digits; carries no order',
        ),
        Column("given_name", "text", "Given name, as typed at registration; in h2 of China as family_name"),
        Column(
            "family_name",
            "text",
            "Family name, as typed at registration; in h2 capitals without accents, in China with a question "
            "mark for characters that GBK lacks",
        ),
        Column("sex", "text", '"F" or "M"'),
        Column("birth_date", "text", "Date of birth, YYYY-MM-DD, as typed"),
        Column("phone", "text", "Telephone number; in h2 digits only"),
        Column("address", "text", "House number and street; in China street and number"),
        Column("area", "text", 'Area of residence, such as "X0104" or "Q01004"; may be blank'),
        Column(
            "verified_id",
            "text",
            "Invented personal identifier that was checked against a card; may be blank",
        ),
        Column("registered_at", "time", "When the registration was made"),
        Column("deceased_on", "text", "Date of death, YYYY-MM-DD; blank if not known to be dead"),
        Column(
            "moved_away_on",
            "text",
            "Date of leaving the district, YYYY-MM-DD; blank if not known to have left",
        ),
        Column(
            "phone_verified_on", "text", "Date on which somebody last answered that telephone; blank if never"
        ),
    ),
)

HIS_ENCOUNTERS = Table(
    name="his_encounters",
    about="One visit or stay.",
    key="encounter_id",
    facilities=HOSPITALS,
    columns=(
        Column("encounter_id", "text", "Number of the visit or stay"),
        Column("mrn", "text", "Record number under which it was filed"),
        Column("ward", "text", "Ward or clinic of the hospital"),
        Column("class", "text", "inpatient, emergency, outpatient, ambulatory, urgentcare or wellness"),
        Column("admitted_at", "time", "Begin"),
        Column("discharged_at", "time", "End; blank while the patient is still there"),
        Column("dx_code", "text", "Main diagnosis, ICD-10-CM; in China the national ICD-10"),
        Column("dx_text", "text", "The diagnosis in words"),
        Column("payer", "text", "Who pays; blank if not entered"),
    ),
)

DEAD_SINCE = pd.Timestamp("2021-01-01")
"""Registrations of people who died before this day have been archived."""

OPENED = pd.Timestamp("2008-01-01")
"""The day the hospital began to register electronically."""

NO_IDENTIFIER = 0.15
"""Share of registrations without a checked identifier (assumed)."""

PHONE_NEVER_VERIFIED = 0.15
"""Share of registrations whose telephone nobody ever answered (assumed)."""

PHONE_VERIFIED_WITHIN = 1100
"""Days over which the last answered calls are spread (assumed)."""

MOVED_AWAY = 0.03
"""Share of living patients who told the hospital that they moved away (assumed)."""


def register(
    people: pd.DataFrame, first_visit: "pd.Series[pd.Timestamp]", today: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Registers every living person and the recently dead, each once and without mistake.

    Args:
        people: Everybody, the dead included; the index is the person number.
        first_visit: For person numbers the begin of their first visit in the window that is kept.
        today: The day the district is looked at.
        rng: A stream at its beginning.

    Returns:
        A working table of `his_patients`, sorted by record number. Beside the published columns:
        `_person`; `_spare_mrn`, the number that a second registration would get; `_verified_id`;
        `_birth_surname`, `_changed_on`; `_parent_given`, missing where no parent is known;
        `_twin`, `_namesake`, `_junior`, the person numbers of people easily taken for this one, or -1.
    """
    kept = people[people["alive"] | (people["death_date"] >= DEAD_SINCE)]
    rows = len(kept)
    numbers = rng.choice(9_000_000, size=2 * rows, replace=False) + 1_000_000
    registered = _registration_times(kept, first_visit, today, rng)
    checked = pd.Series(phone_checks(rows, today, rng), index=kept.index, dtype="str")
    table = pd.DataFrame(
        {
            "mrn": _numbered(numbers[:rows]),
            "given_name": kept["given"],
            "family_name": kept["surname"],
            "sex": kept["sex"],
            "birth_date": kept["birth_date"].dt.strftime("%Y-%m-%d"),
            "phone": kept["phone"],
            "address": kept["address"],
            "area": kept["area"],
            "verified_id": kept["verified_id"].mask(rng.random(rows) < NO_IDENTIFIER),
            "registered_at": registered,
            "deceased_on": kept["death_date"].dt.strftime("%Y-%m-%d"),
            "moved_away_on": _moves(kept, today, rng),
            "phone_verified_on": checked.where(checked >= registered.dt.strftime("%Y-%m-%d")),
            "_person": kept.index,
            "_spare_mrn": _numbered(numbers[rows:]),
            "_verified_id": kept["verified_id"],
            "_birth_surname": kept["birth_surname"],
            "_changed_on": kept["changed_surname_on"],
        }
    )
    table = table.assign(**_relations(people, kept))
    return table.sort_values("mrn", ignore_index=True)


def _numbered(numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> list[str]:
    return [f"H{number}" for number in numbers]


def _registration_times(
    people: pd.DataFrame, first_visit: "pd.Series[pd.Timestamp]", today: date, rng: np.random.Generator
) -> "pd.Series[pd.Timestamp]":
    """Spreads registrations between birth (or the system's first day) and the first visit on record."""
    born = people["birth_date"].where(people["birth_date"] > OPENED, OPENED)
    last = people["death_date"].fillna(pd.Timestamp(today)) - pd.Timedelta(days=1)
    latest = first_visit.reindex(people.index).fillna(last)
    latest = latest.where(latest < last, last)
    share = rng.random(len(people))
    seconds = (latest - born).dt.total_seconds().clip(lower=0) * share
    times: pd.Series[pd.Timestamp] = (born + pd.to_timedelta(seconds, unit="s")).dt.floor("s")
    return times


def _moves(people: pd.DataFrame, today: date, rng: np.random.Generator) -> "pd.Series[str]":
    days = rng.integers(1, 700, len(people))
    dates = pd.Series(pd.Timestamp(today) - pd.to_timedelta(days, unit="D"), index=people.index)
    chosen = (rng.random(len(people)) < MOVED_AWAY) & people["alive"] & (people["birth_date"] < dates)
    return dates.dt.strftime("%Y-%m-%d").where(chosen)


def phone_checks(rows: int, today: date, rng: np.random.Generator) -> list[str | None]:
    """Draws for each registration the date on which its telephone was last answered, or None."""
    days = rng.integers(0, PHONE_VERIFIED_WITHIN, rows)
    dates = (pd.Timestamp(today) - pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d")
    never = rng.random(rows) < PHONE_NEVER_VERIFIED
    return [None if nobody else date for nobody, date in zip(never, dates, strict=True)]


def _relations(people: pd.DataFrame, kept: pd.DataFrame) -> "dict[str, pd.Series[Any]]":
    """Translates relations between slots into person numbers; -1 where there is none."""
    living = people[people["alive"]]
    person_of = pd.Series(living.index, index=living["slot"])
    given_of = pd.Series(living["given"].to_numpy(), index=living["slot"].to_numpy())
    relations: dict[str, pd.Series[Any]] = {
        f"_{name}": kept[f"{name}_of"].map(person_of).where(kept["alive"]).fillna(-1).astype("int64")
        for name in ("twin", "namesake", "junior")
    }
    relations["_parent_given"] = kept["parent"].map(given_of).where(kept["alive"])
    return relations


WARDS = {
    "us": {
        "inpatient": ("Medicine A", "Medicine B", "Surgery", "Short stay"),
        "emergency": ("Emergency",),
        "outpatient": ("Day clinic", "Diabetes clinic", "Antenatal clinic"),
        "ambulatory": ("General clinic",),
        "urgentcare": ("Walk-in clinic",),
        "wellness": ("Check-up clinic",),
    },
    "cn": {
        "inpatient": ("内科一病区", "内科二病区", "外科病区", "留观病区"),
        "emergency": ("急诊科",),
        "outpatient": ("日间门诊", "糖尿病门诊", "产科门诊"),
        "ambulatory": ("全科门诊",),
        "urgentcare": ("便民门诊",),
        "wellness": ("体检中心",),
    },
}
"""Wards and clinics by country and class of visit; the last of outpatients is the antenatal clinic."""

NO_WARD, NO_DISCHARGE, NO_PAYER, NO_DIAGNOSIS = 0.03, 0.04, 0.06, 0.05
"""Shares of stays and visits whose ward, end, payer or diagnosis nobody entered (assumed)."""


def admit(
    visits: pd.DataFrame,
    filed: "pd.Series[str]",
    today: date,
    rng: np.random.Generator,
    country: str = "us",
) -> pd.DataFrame:
    """Lists the hospital's own visits and stays.

    Args:
        visits: The visits of the last years.
        filed: Record number of each visit.
        today: The day the district is looked at.
        rng: A stream at its beginning.
        country: Whose words for wards.

    Returns:
        A working table of `his_encounters`, sorted by begin, with the column `_person`.
    """
    draws, wards = rng.random((5, len(visits))), WARDS[country]
    ward = pd.Series(
        [wards[c][int(u * len(wards[c]))] for c, u in zip(visits["class"], draws[0], strict=True)],
        index=visits.index,
        dtype="str",
    )
    ward = ward.mask(visits["dx_code"].str.startswith("O24"), wards["outpatient"][-1])
    gone = visits["stop"].where(visits["stop"] <= pd.Timestamp(today))
    planned = visits["dx_code"].str.startswith(("O24", "E11"))
    table = pd.DataFrame(
        {
            "mrn": filed,
            "ward": ward.mask(draws[1] < NO_WARD),
            "class": visits["class"],
            "admitted_at": visits["start"],
            "discharged_at": gone.mask(draws[2] < NO_DISCHARGE),
            "dx_code": visits["dx_code"].mask((draws[3] < NO_DIAGNOSIS) & ~planned),
            "dx_text": visits["dx_text"],
            "payer": visits["payer"].mask(draws[4] < NO_PAYER),
            "_person": visits["person"],
            "_encounter": visits.index,
        }
    )
    table["dx_text"] = table["dx_text"].where(table["dx_code"].notna())
    table = table[table["mrn"].notna()].reset_index(drop=True)
    return table.assign(encounter_id=[f"E{number:06d}" for number in range(1, len(table) + 1)])


LETTERS = {"H1": "H", "H2": "P", "H3": "T"}
"""What record numbers begin with."""

CAME_BEFORE = 0.10
"""Share of people without a visit in the window whom a smaller hospital knows from before (assumed)."""


def _patients(setting: Setting) -> dict[str, pd.DataFrame]:
    """Registers everybody in the large hospital, in the others those who have come."""
    code = setting.facility.code
    first_visit = setting.here.groupby("person")["start"].min()
    if code == "H1":
        first_visit = setting.visits.groupby("person")["start"].min()
    clean = register(setting.people, first_visit, setting.today.date(), setting.stream("his registrations"))
    person = clean["_person"]
    clean["_newcomer"] = person.map(newcomers(setting)).astype(bool)
    clean["_alike"] = person.map(alike(setting.people))
    if code == "H1":
        return {"his_patients": clean}
    before = setting.stream("his came before").random(len(clean)) < CAME_BEFORE
    known = clean[clean["_person"].isin(first_visit.index) | before].reset_index(drop=True)
    number = {name: LETTERS[code] + known[name].str[1:] for name in ("mrn", "_spare_mrn")}
    known = known.assign(**number)
    return {"his_patients": write_old(known, setting.country) if code == "H2" else known}


def _encounters(setting: Setting) -> dict[str, pd.DataFrame]:
    filed = setting.filed["mrn"].reindex(setting.here.index)
    stream = setting.stream("his encounters")
    return {"his_encounters": admit(setting.here, filed, setting.today.date(), stream, setting.country)}


RECORDERS = (
    Recorder("his", (HIS_PATIENTS,), _patients, facts=tell_identities),
    Recorder("his", (HIS_ENCOUNTERS,), _encounters, reads=("his_patients",), facts=tell_targets),
)
