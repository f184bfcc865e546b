"""The electronic medical record's problem list: what a hospital believes a patient has."""

import numpy as np
import pandas as pd

from sim.systems.his import HIS_PATIENTS
from sim.systems.note_cases import LIVEBIRTH
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.regulars import numbers_at, usual_hospitals
from sim.systems.schema import Column, Table
from sim.systems.texts import among
from sim.systems.wording import conditions, icd_codes, lasting

EMR_PROBLEMS = Table(
    "emr_problems",
    "One entry of a patient's problem list. Long-lasting problems come from the visits to this hospital and, "
    "if older than three years, from the hospital where the patient usually goes; about a quarter of acute "
    "problems is entered. Habits, not mistakes: half of what is over is never closed, some problems are "
    "entered again in other words, and what another hospital found is missing until it is coded here.",
    "problem_id",
    (
        Column("problem_id", "text", 'Number of the entry, "P" and six digits, in the order of entry'),
        Column("mrn", "text", "Record number of the patient"),
        Column("code", "text", "The country's ICD code"),
        Column("problem", "text", "The problem in the clinician's words"),
        Column("onset_date", "text", "Day it began, YYYY-MM-DD; blank if nobody asked"),
        Column("status", "text", "active or resolved, as entered"),
        Column("entered_by", "text", "Role of the person who entered it, in the country's words"),
        Column("entered_at", "time", "When it was entered"),
    ),
    facilities=HIS_PATIENTS.facilities,
)

ACUTE_ENTERED = 0.25
"""Share of problems that pass which are entered at all (assumed)."""

NEVER_CLOSED = 0.5
"""Share of problems that are over and still listed as active (assumed)."""

HISTORY_OF = 0.4
"""Share of closed problems that are written as history (assumed)."""

WORDED_AGAIN = 0.06
"""Share of lasting problems that are entered a second time in other words (assumed)."""

ROLES = {
    "us": ("physician", "resident physician", "nurse practitioner", "medical assistant"),
    "cn": ("主治医师", "住院医师", "副主任医师", "护士"),
}
"""Who enters problems, by country."""

PAST = {"us": "history of {}", "cn": "{}病史"}
"""How a problem of the past is written, by country."""

COLUMNS = ["person", "condition", "onset", "stop", "entered_at"]


def list_problems(setting: Setting) -> dict[str, pd.DataFrame]:
    """Lists the problems that a hospital knows of.

    Returns:
        A working table of `emr_problems` with `_person`, `_condition` (SNOMED CT), `_active` (whether the
        patient still has it) and `_duplicate_of` (an earlier entry of the same problem; missing for most).
    """
    rng = setting.stream("emr problems")
    known = _known(setting, rng)
    words = conditions(setting.country)
    known = known[among(known["condition"], [code for code in words if code != LIVEBIRTH])]
    table = _enter(known.reset_index(drop=True), setting, rng)
    return {"emr_problems": _number(_again(table, setting, rng))}


def _known(setting: Setting, rng: np.random.Generator) -> pd.DataFrame:
    """Returns what was found here, what was known before, and what was coded here later: `COLUMNS`."""
    rows = setting.once("conditions going on", lambda: _going_on(setting))
    listed = pd.concat([_found_here(setting.here, rows, rng), _known_before(setting, rows)])[COLUMNS]
    listed = listed.drop_duplicates(["person", "condition", "onset"])
    every = pd.concat([listed, _coded_here(setting.here, rows)], ignore_index=True)
    again = every.duplicated(["person", "condition"]) & (every.index >= len(listed))
    kept: pd.DataFrame = every[~again]
    return kept


def _going_on(setting: Setting) -> pd.DataFrame:
    """Returns the conditions that somebody had at some time since the first visit that is kept."""
    rows, people = setting.records.tables["conditions"], setting.people
    recent = ~(rows["STOP"] < setting.visits["start"].min())
    rows = rows.loc[recent, ["PATIENT", "ENCOUNTER", "CODE", "START", "STOP"]].reset_index(drop=True)
    rows = rows.rename(columns={"CODE": "condition", "START": "onset", "STOP": "stop"})
    told: pd.DataFrame = rows.assign(
        person=rows["PATIENT"].map(pd.Series(people.index, index=people["person_id"])),
        lasts=among(rows["condition"], sorted(lasting())),
    )
    return told


def _found_here(here: pd.DataFrame, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    entered = rows["lasts"] | (rng.random(len(rows)) < ACUTE_ENTERED)
    found: pd.DataFrame = rows[entered & among(rows["ENCOUNTER"], here.index)]
    return found.assign(entered_at=here["start"].reindex(found["ENCOUNTER"]).to_numpy())


def _known_before(setting: Setting, rows: pd.DataFrame) -> pd.DataFrame:
    """Returns lasting conditions from before, of the people who usually come to this hospital."""
    usual = usual_hospitals(setting)
    regular = usual.index[usual == setting.facility.code]
    earlier = rows["lasts"] & (rows["onset"] < setting.visits["start"].min())
    old: pd.DataFrame = rows[earlier & rows["person"].isin(regular)]
    return old.assign(entered_at=old["person"].map(setting.here.groupby("person")["start"].min()))


def _coded_here(here: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Returns lasting conditions that were coded at visits here, with the day on which they really end."""
    coded = here.loc[among(here["snomed"], sorted(lasting())), ["person", "snomed", "start"]]
    coded = coded.rename(columns={"snomed": "condition", "start": "entered_at"})
    ends = rows.loc[rows["lasts"], ["person", "condition", "stop"]]
    return coded.merge(ends.drop_duplicates(["person", "condition"], keep="last"), how="left")


def _enter(known: pd.DataFrame, setting: Setting, rng: np.random.Generator) -> pd.DataFrame:
    """Writes problems down as clinicians do."""
    draws = rng.random((6, len(known)))
    entered = known["entered_at"] + pd.to_timedelta((10 + draws[0] * 110).astype(int), unit="min")
    active = ~(known["stop"] <= setting.today)
    closed = ~active & (draws[1] >= NEVER_CLOSED)
    words = conditions(setting.country)
    texts = [
        words[code].all[int(draw * len(words[code].all))]
        for code, draw in zip(known["condition"].tolist(), draws[2].tolist(), strict=True)
    ]
    past = closed & (draws[3] < HISTORY_OF)
    texts = [PAST[setting.country].format(w) if over else w for w, over in zip(texts, past, strict=True)]
    roles = np.array(ROLES[setting.country], dtype=object)
    table = pd.DataFrame(
        {
            "mrn": numbers_at(setting, known["person"], entered, pd.Series(draws[4], index=known.index)),
            "problem": texts,
            "onset_date": known["onset"].dt.strftime("%Y-%m-%d"),
            "status": np.where(closed, "resolved", "active"),
            "entered_by": roles[(draws[5] * len(roles)).astype(int)],
            "entered_at": entered,
            "_person": known["person"],
            "_condition": known["condition"],
            "_active": active,
        }
    )
    codes = {**icd_codes(setting.country), **_coded(setting.visits)}
    table["code"] = table["_condition"].map(codes)
    table = table[table["mrn"].notna() & table["code"].notna()]
    return table.reset_index(drop=True)


def _coded(visits: pd.DataFrame) -> dict[str, str]:
    """Returns the code that visits carry for each condition, so that list and visits agree."""
    coded = visits.dropna(subset=["snomed", "dx_code"]).drop_duplicates("snomed")
    return dict(zip(coded["snomed"], coded["dx_code"], strict=True))


def _again(table: pd.DataFrame, setting: Setting, rng: np.random.Generator) -> pd.DataFrame:
    """Adds second entries of some lasting problems in other words."""
    draws = rng.random((3, len(table)))
    words = conditions(setting.country)
    several = {code for code, wording in words.items() if len(wording.all) > 1}
    chosen = table["_condition"].isin(several) & table["_condition"].isin(lasting())
    chosen &= draws[0] < WORDED_AGAIN
    first = table[chosen]
    room = (setting.today - first["entered_at"]).dt.total_seconds()
    other = [
        next(word for word in words[code].all if word != text)
        for code, text in zip(first["_condition"].tolist(), first["problem"].tolist(), strict=True)
    ]
    roles = np.array(ROLES[setting.country], dtype=object)
    second: pd.DataFrame = first.assign(
        problem=other,
        entered_at=first["entered_at"] + pd.to_timedelta((room * draws[1, chosen]).astype(int), unit="s"),
        entered_by=roles[(draws[2, chosen] * len(roles)).astype(int)],
        _first=first.index,
    )
    return pd.concat([table, second], ignore_index=True)


def _number(table: pd.DataFrame) -> pd.DataFrame:
    order = table.assign(_row=np.arange(len(table)))
    order = order.sort_values(["entered_at", "_person", "_row"], ignore_index=True)
    order["problem_id"] = [f"P{number:06d}" for number in range(1, len(order) + 1)]
    name_of = order.set_index("_row")["problem_id"]
    return order.assign(_duplicate_of=order["_first"].map(name_of)).drop(columns=["_row", "_first"])


def tell_problems(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about the entries: `problem_truth`.

    Columns problem_id, condition (SNOMED CT), active (whether the patient still has it), duplicate_of (the
    entry that it repeats; missing for most).
    """
    table = tables["emr_problems"]
    columns = {"problem_id": "problem_id", "_condition": "condition", "_active": "active"}
    told = table[[*columns, "_duplicate_of"]].rename(columns={**columns, "_duplicate_of": "duplicate_of"})
    return {"problem_truth": told.reset_index(drop=True)}


RECORDERS = (Recorder("emr", (EMR_PROBLEMS,), list_problems, reads=("his_patients",), facts=tell_problems),)
