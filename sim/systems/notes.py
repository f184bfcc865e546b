"""The electronic medical record's notes: free text about stays, emergencies and some other visits."""

import numpy as np
import pandas as pd

from sim.systems import note_chinese, note_english
from sim.systems.his import HIS_PATIENTS
from sim.systems.note_dice import Dice
from sim.systems.note_facts import open_cases
from sim.systems.note_marks import list_mentions, strip
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

EMR_NOTES = Table(
    "emr_notes",
    "One note about one visit: every stay has an admission and a discharge note, every emergency a note, "
    "and 3 to 15 % of other visits, by class, a clinic note. Words are the country's. Clinicians use "
    "abbreviations (codes/note_abbreviations.csv).",
    "note_id",
    (
        Column("note_id", "text", 'Number of the note, "N" and six digits, in the order of writing'),
        Column("mrn", "text", "Record number under which it was filed"),
        Column("encounter_id", "text", "The hospital's number of the visit; blank if it lists none"),
        Column("written_at", "time", "When it was signed"),
        Column("author_role", "text", "Who wrote it, in the country's words"),
        Column("note_type", "text", "Kind of note, in the country's words"),
        Column("text", "text", "The note; paragraphs are lines"),
    ),
    facilities=HIS_PATIENTS.facilities,
)

NOTED = {"outpatient": 0.15, "ambulatory": 0.045, "urgentcare": 0.045, "wellness": 0.03}
"""Share of visits with a clinic note by class (assumed); stays and emergencies all have notes."""

NURSED, TELEPHONED = 0.12, 0.15
"""Share of stays and emergencies with a nurse's note; share of other noted visits with a telephone note two
days later (assumed)."""

STYLES = {"H1": (0.7, 0.2, 0.1), "H2": (0.2, 0.7, 0.1), "H3": (0.1, 0.3, 0.6)}
"""Shares of notes with headings, without, and terse, by hospital (assumed)."""

DRAWS = 48
"""How many choices of a note are drawn beforehand."""

KINDS = ("admission", "discharge", "emergency", "clinic", "nursing", "telephone")

WORDS = {
    "us": {
        "admission": ("Admission note", ("resident physician", "attending physician")),
        "discharge": ("Discharge summary", ("resident physician", "attending physician")),
        "emergency": ("Emergency note", ("emergency physician", "physician assistant")),
        "clinic": ("Clinic note", ("physician", "nurse practitioner")),
        "nursing": ("Nursing note", ("registered nurse",)),
        "telephone": ("Telephone note", ("registered nurse", "medical assistant")),
    },
    "cn": {
        "admission": ("入院记录", ("住院医师", "主治医师")),
        "discharge": ("出院小结", ("住院医师", "主治医师")),
        "emergency": ("急诊病历", ("急诊医师", "主治医师")),
        "clinic": ("门诊病历", ("主治医师", "副主任医师")),
        "nursing": ("护理记录", ("护士", "主管护师")),
        "telephone": ("电话随访记录", ("护士",)),
    },
}
"""What each kind of note is called, and who writes it, by country."""

WRITERS = {"us": note_english.write, "cn": note_chinese.write}


def choose_visits(setting: Setting) -> pd.DataFrame:
    """Draws which notes are written about which visits.

    Returns:
        One row a note: visit, kind (one of `KINDS`), and written_at; in the order of writing.
    """
    here = setting.here.loc[setting.filed.index]
    draws = setting.stream("notes visits").random((4, len(here)))
    stay, emergency = here["class"] == "inpatient", here["class"] == "emergency"
    other = ~stay & ~emergency & (draws[0] < here["class"].map(NOTED).fillna(0.0))
    minutes = (10 + draws[1] * 170).round()
    soon = here["start"] + pd.to_timedelta(minutes, unit="min")
    late = (here["stop"] - pd.to_timedelta((minutes / 2).round(), unit="min")).clip(lower=soon)
    written = {
        "admission": (stay, soon),
        "discharge": (stay, late),
        "emergency": (emergency, soon),
        "clinic": (other, soon),
        "nursing": ((stay | emergency) & (draws[2] < NURSED), soon + pd.Timedelta(minutes=45)),
        "telephone": (other & (draws[3] < TELEPHONED), soon + pd.Timedelta(days=2)),
    }
    parts = [
        pd.DataFrame({"visit": here.index[chosen], "kind": kind, "written_at": at[chosen].to_numpy()})
        for kind, (chosen, at) in written.items()
    ]
    notes = pd.concat(parts, ignore_index=True)
    notes = notes[notes["written_at"] < setting.today]
    return notes.sort_values(["written_at", "visit", "kind"], ignore_index=True)


def take_notes(setting: Setting) -> dict[str, pd.DataFrame]:
    """Writes the notes of a hospital, without a slip.

    Returns:
        A working table of `emr_notes`. `text` still carries marks (`sim.systems.note_marks`); `tidy` takes
        them out once the defects have happened.
    """
    notes = choose_visits(setting)
    rng, words, kinds = setting.stream("notes words"), WORDS[setting.country], notes["kind"].tolist()
    texts, signers = _write(setting, notes, rng), rng.random(len(notes))
    filed = setting.filed.loc[notes["visit"]].reset_index(drop=True)
    numbers = setting.tables["his_encounters"].drop_duplicates("_encounter").set_index("_encounter")
    table = pd.DataFrame(
        {
            "note_id": [f"N{number:06d}" for number in range(1, len(notes) + 1)],
            "mrn": filed["mrn"],
            "encounter_id": notes["visit"].map(numbers["encounter_id"]),
            "written_at": notes["written_at"],
            "author_role": [Dice([u]).pick(words[k][1]) for k, u in zip(kinds, signers, strict=True)],
            "note_type": [words[kind][0] for kind in kinds],
            "text": texts,
            "_person": filed["_person"],
        }
    )
    return {"emr_notes": table}


def _write(setting: Setting, notes: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Returns the marked text of each note."""
    visits = setting.visits.loc[notes["visit"].drop_duplicates()]
    cases = dict(zip(visits.index, open_cases(setting, visits), strict=True))
    styles = rng.choice(("headed", "plain", "terse"), len(notes), p=STYLES[setting.facility.code]).tolist()
    draws = rng.random((len(notes), DRAWS))
    rows = zip(notes["visit"].tolist(), notes["kind"].tolist(), styles, draws, strict=True)
    write = WRITERS[setting.country]
    return [
        write(cases[visit], kind, style, Dice(roll.tolist(), style == "terse"))
        for visit, kind, style, roll in rows
    ]


def tidy(name: str, notes: pd.DataFrame, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Takes the marks out of texts and ledger; the marked text stays in `_marked` for the truth."""
    marked = notes["text"].tolist()
    clean = [strip(text) for text in marked]
    told = {field: ledger[field].map(strip, na_action="ignore").astype("str") for field in ("clean", "dirty")}
    return notes.assign(text=np.array(clean, dtype=object), _marked=marked), ledger.assign(**told)


def find_mentions(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth of every mention of the final notes: `note_mentions`, see `list_mentions`."""
    notes = tables["emr_notes"]
    return {"note_mentions": list_mentions(notes["note_id"].tolist(), notes["_marked"].tolist())}


RECORDERS = (
    Recorder(
        "emr",
        (EMR_NOTES,),
        take_notes,
        reads=("his_patients", "his_encounters"),
        finish=tidy,
        facts=find_mentions,
    ),
)
