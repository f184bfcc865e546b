"""Task 4.9 (optional): what still stands in a file that is called de-identified, and in its notes."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from grading.compare import ramp, weaker
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from grading.variants import shuffled
from sim.policy.released import list_patients
from sim.world import World

COLUMNS = ("age", "birth_year", "admitted", "area", "knowledge")
FACTS = ("condition", "drug", "measurement")
NAMED = ("given_name", "family_name")
HOSPITALS = ("his_patients", "h2_his_patients", "h3_his_patients")
PLAIN = 400
"""Notes without a name that stand beside those with one."""


# ---- Cases -------------------------------------------------------------------------------------------

_ROWS = [
    ("R1", 91, "1934", "2024", "X0", [("R1", "age"), ("R1", "birth_year")]),
    ("R2", 45, "1980", "2024-03-12", "X0", [("R2", "admitted")]),
    ("R3", 45, "1980", "2024", "X1", [("R3", "area")]),
    ("R4", None, "1931", "2025", "X0", [("R4", "birth_year")]),
    ("R5", 89, "1936", "2024", None, []),
    ("R6", 33, None, "2023", "X0", [("R6", "knowledge")]),
    ("R7", 60, "1965", None, "X0104", [("R7", "area")]),
]
_PEOPLE = {"X0": 20_001, "X1": 20_000, "X0104": 900}
_NOTES = [
    ("N1", "Ms. Ortiz here for cough since 3/2/24. Na 139 mmol/L."),
    ("N2", "Wife Mia Chen can be reached at 555-431-4501. No fever."),
    ("N3", "Seen on March 4, 2024. Takes metformin."),
]
_TOLD = {
    "N1": (["Ortiz", "3/2/24"], ["cough", "Na 139 mmol/L"]),
    "N2": (["Mia Chen", "555-431-4501"], ["fever"]),
    "N3": (["March 4, 2024"], ["metformin"]),
}


def fixtures() -> list[Case]:
    """Gives three notes, and seven rows with seven findings, worked out by hand."""
    notes = pd.DataFrame(_NOTES, columns=["note_id", "text"]).astype("str")
    names = pd.DataFrame([("Lena", "Ortiz"), ("Mia", "Chen"), ("Søra", "Na")], columns=list(NAMED))
    table = pd.DataFrame([row[:5] for row in _ROWS], columns=["row_id", *COLUMNS[:4]])
    table = table.astype({"age": "float64", "birth_year": "str", "admitted": "str", "area": "str"})
    wanted = [list(found) for row in _ROWS for found in row[5]]
    told = [
        (note, kind, text)
        for note, (secret, facts) in _TOLD.items()
        for kind, texts in (("name", secret), ("condition", facts))
        for text in texts
    ]
    return [
        Case("scrub", "three notes", (notes, names.astype("str")), expected={"mentions": told}),
        Case("safe_harbor", "seven rows", (table, _PEOPLE, ["R6"]), expected=wanted),
    ]


def district(world: World) -> list[Case]:
    """Gives notes of the large hospital, and its patients' file as somebody thought it was ready."""
    known = world.truth is not None
    return [_notes(world), *_files(world, known)]


def _notes(world: World) -> Case:
    """Gives the notes that name somebody, and others, with all names of the hospitals' patients."""
    notes = world.tables["emr_notes"][["note_id", "text"]].reset_index(drop=True)
    people = pd.concat([world.tables[name][list(NAMED)] for name in HOSPITALS], ignore_index=True)
    names = shuffled(people.drop_duplicates(), "4.9 names")
    if world.truth is None:
        return Case("scrub", "notes", (notes.head(PLAIN), names), "district")
    mentions = world.truth.facts["note_mentions"]
    mine = mentions[mentions["facility"] == "H1"]
    named = notes["note_id"].isin(mine.loc[mine["kind"] == "name", "note_id"])
    chosen = pd.concat([notes[named], shuffled(notes[~named], "4.9").head(PLAIN)])
    chosen = chosen.sort_values("note_id", ignore_index=True)
    text = chosen.set_index("note_id")["text"].to_dict()
    mine = mine[mine["note_id"].isin(list(text)) & mine["kind"].isin(["name", "date", "phone", *FACTS])]
    spans = zip(mine["note_id"], mine["kind"], mine["start"], mine["end"], strict=True)
    told = [(note, kind, text[note][start:end]) for note, kind, start, end in spans]
    return Case("scrub", "notes", (chosen, names), "district", {"mentions": told})


def _files(world: World, known: bool) -> list[Case]:
    people = list_patients(world.tables["his_patients"]).rename(columns={"mrn": "row_id"})
    place = people.index.to_series()
    table = pd.DataFrame(
        {
            "row_id": people["row_id"],
            "age": people["age"].astype("float64").mask((people["age"] > 89) & (place % 3 > 0)),
            "birth_year": people["birth_year"].mask((people["age"] > 89) & (place % 2 > 0)),
            "admitted": people["birth_date"].str.replace(r"^\d{4}", "2024", regex=True),
            "area": people["zone"].mask(place % 40 == 0, people["town"]),
        }
    )
    # Days are left in some rows only; the others have the year.
    table["admitted"] = table["admitted"].mask(place % 25 > 0, "2024")
    where = pd.concat([world.tables["register"]["area"].str[:cut] for cut in (2, 3)])
    crowd = {str(code): int(count) for code, count in where.value_counts().items()}
    found = people["row_id"].iloc[::97].tolist()
    answer = REFERENCE if known else None
    cases: list[tuple[str, Kind, pd.DataFrame]] = [
        ("the hospital", "district", table),
        ("shuffled", "variant", shuffled(table, "4.9 rows")),
    ]
    return [Case("safe_harbor", name, (rows, crowd, found), kind, answer) for name, kind, rows in cases]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "scrub":
        notes = set(case.args[0]["note_id"])
        right = isinstance(value, dict) and set(value) == notes
        right = right and all(isinstance(text, str) for text in value.values())
        return None if right else "scrub() must return the text of every note by its note_id."
    rows = set(case.args[0]["row_id"])
    right = isinstance(value, list) and all(
        isinstance(one, list | tuple) and len(one) == 2 and one[0] in rows and one[1] in COLUMNS
        for one in value
    )
    return None if right else f"safe_harbor() must return pairs of row_id and one of {', '.join(COLUMNS)}."


# ---- Scores ------------------------------------------------------------------------------------------


def _left(case: Case, value: Any, *kinds: str) -> float:
    """Returns the share of mentions of some kinds whose text still stands in its note."""
    mine = [(note, text) for note, kind, text in case.expected["mentions"] if kind in kinds]
    return sum(text in value[note] for note, text in mine) / len(mine) if mine else 0.0


def _gone(*kinds: str) -> Callable[[Case, Any], float]:
    """Scores what is gone, if the medicine was not thrown away with it."""

    def score(case: Case, value: Any) -> float:
        useful = _left(case, value, *FACTS) >= 0.8
        return ramp(1 - _left(case, value, *kinds), zero_at=0.5, full_at=0.95) * useful

    return score


def _medicine(case: Case, value: Any) -> float:
    """Scores what a doctor may still read, if something was removed at all."""
    careful = _left(case, value, "name", "date", "phone") <= 0.5
    return ramp(_left(case, value, *FACTS), zero_at=0.8, full_at=0.98) * careful


def _example(case: Case, value: Any) -> float:
    return (_gone("name")(case, value) + _medicine(case, value)) / 2


def _pairs(found: Any) -> set[tuple[str, str]]:
    return {(row, column) for row, column in found}


def _findings(case: Case, value: Any) -> float:
    return ramp(weaker(_pairs(value), _pairs(case.expected)), zero_at=0.5, full_at=1.0) if value else 0.0


# ---- Misconceptions ----------------------------------------------------------------------------------


def _columns_only(case: Case, value: Any) -> bool:
    """Whether nothing was found of known people, of telling years, or of small places."""
    missed = _pairs(case.expected) - _pairs(value)
    return any(
        {one for one in missed if one[1] == column}
        == {one for one in _pairs(case.expected) if one[1] == column}
        for column in ("knowledge", "birth_year", "area")
    )


def _names_left(case: Case, value: Any) -> bool:
    return _left(case, value, "name") > 0.5


HARBOR = Task(
    id="4.9",
    title="Safe Harbor",
    functions=("scrub", "safe_harbor"),
    checks=(
        Check(
            "4.9.notes",
            "Three notes",
            0.5,
            "scrub",
            _example,
            ("fixture",),
            expected="Names, dates and telephone numbers are gone; the medicine stays.",
        ),
        Check("4.9.names", "Names", 0.75, "scrub", _gone("name"), expected="95 % of the names are gone."),
        Check(
            "4.9.numbers",
            "Dates and telephone numbers",
            0.5,
            "scrub",
            _gone("date", "phone"),
            expected="95 % of them are gone.",
        ),
        Check(
            "4.9.medicine", "The medicine", 0.75, "scrub", _medicine, expected="98 % of it is still there."
        ),
        Check(
            "4.9.rows",
            "Seven rows",
            0.5,
            "safe_harbor",
            _findings,
            ("fixture",),
            expected="Every cell that Safe Harbor does not allow, and every row known to be found.",
        ),
        Check(
            "4.9.file",
            "The hospital's file",
            1.0,
            "safe_harbor",
            _findings,
            expected="Every cell that Safe Harbor does not allow, and every row known to be found.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC136", "scrub", _names_left),
        Symptom("MC136", "safe_harbor", _columns_only),
    ),
    hints=(
        "Read one note aloud, and stop at every word that could lead somebody to this person.",
        "Dates and telephone numbers have forms. Names have none, but you hold a list of them; mind words "
        "that "
        "are a name and a substance.",
        "One pattern for each form, one with all names, longest first. In the table ask of each row: over "
        "89, "
        "by age or year? more than a year? a place of 20,000 people or fewer? found already?",
    ),
    optional=True,
)
