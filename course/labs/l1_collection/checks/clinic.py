"""Task 1.1: a clinic's file, read as its contract says, without a letter or a person lost."""

import csv
import io
from collections.abc import Callable, Mapping
from itertools import cycle
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grading.compare import close, is_number, ramp
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import shuffled
from sim.systems.clinic_contract import contract_of
from sim.world import World

ORDERS = ("month-first", "day-first", "cannot-tell")
REASONS = ("proved", "nothing-tells", "contradiction")
NAMES = ("name", "surname", "given_name")
SHOWN_DATES = 400

Marks = npt.NDArray[np.bool_]


# ---- Cases: small files ------------------------------------------------------------------------------


def _column(column: str, field: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"column": column, "field": field, "type": kind, **more}


def _small_contract(encoding: str, delimiter: str, date: str, codes: Any, blanks: Any) -> dict[str, Any]:
    columns = [
        _column("Nr", "patient_no"),
        _column("Surname", "surname"),
        _column("Given", "given_name"),
        _column("Sex", "sex", "code", codes=codes),
        _column("Born", "birth_date", "date", format=date),
        _column("Why", "complaint"),
        _column("Kg", "weight", "number", blanks=blanks),
        _column("Tel", "phone", blanks=blanks),
    ]
    return {"file": "small.csv", "encoding": encoding, "delimiter": delimiter, "columns": columns}


_HEAD = ["Nr", "Surname", "Given", "Sex", "Born", "Why", "Kg", "Tel"]

_ENGLISH = (
    _small_contract("windows-1252", ",", "%m/%d/%Y", {"1": "male", "2": "female", "0": "unknown",
                    "9": "not-applicable"}, ["", "NA", "unk", "-9"]),
    [
        ["0101", "Núñez", "Zoë", "2", "03/04/1961", "cough, 3 days", "61.5", "020 5550101"],
        ["0102", "O’Brien", "Seán", "1", "12/25/1988", "can’t sleep", "-9", "unk"],
        ["0103", "Na", "Li", "2", "07/11/2001", 'calls it "the tingle"', "NA", "020 5550103"],
        ["0104", "Null", "Ana", "9", "01/01/1975", "unk", "", "NA"],
        ["0105", "Šimek", "Ivo", "0", "10/09/1950", "fell\r\nknee swollen", "80", "-9"],
    ],
    [
        ["0101", "Núñez", "Zoë", "female", "1961-03-04", "cough, 3 days", 61.5, "020 5550101"],
        ["0102", "O’Brien", "Seán", "male", "1988-12-25", "can’t sleep", None, None],
        ["0103", "Na", "Li", "female", "2001-07-11", 'calls it "the tingle"', None, "020 5550103"],
        ["0104", "Null", "Ana", "not-applicable", "1975-01-01", "unk", None, None],
        ["0105", "Šimek", "Ivo", "unknown", "1950-10-09", "fell\r\nknee swollen", 80.0, None],
    ],
)  # fmt: skip

_CHINESE = (
    _small_contract("GB18030", ",", "%Y年%m月%d日", {"1": "male", "2": "female", "0": "unknown",
                    "9": "not-stated"}, ["", "无", "不详", "-9"]),
    [
        ["0201", "李", "㛃", "2", "1961年03月04日", "咳嗽，3天", "61.5", "11100000201"],
        ["0202", "无", "𬭎", "1", "1988年12月25日", "无法入睡", "-9", "不详"],
        ["0203", "未", "可", "9", "2001年07月11日", "不详", "无", "11100000203"],
        ["0204", "王", "强", "0", "1950年10月09日", "摔倒, 膝肿", "", "无"],
    ],
    [
        ["0201", "李", "㛃", "female", "1961-03-04", "咳嗽，3天", 61.5, "11100000201"],
        ["0202", "无", "𬭎", "male", "1988-12-25", "无法入睡", None, None],
        ["0203", "未", "可", "not-stated", "2001-07-11", "不详", None, "11100000203"],
        ["0204", "王", "强", "unknown", "1950-10-09", "摔倒, 膝肿", None, None],
    ],
)  # fmt: skip

_DAY_FIRST = (
    _small_contract("UTF-16", "\t", "%d/%m/%Y", {"f": "female", "m": "male", "x": "not-stated"},
                    ["", "NULL", "-"]),
    [
        ["0301", "NULL", "CÉLINE", "f", "03/04/1961", "cough; fever", "58", "-"],
        ["0302", "NA", "MIN", "x", "25/12/1988", "-", "NULL", "030 5550302"],
        ["0303", "WOJCIK", "JAN", "m", "11/07/2001", "check-up", "-", ""],
    ],
    [
        ["0301", "NULL", "CÉLINE", "female", "1961-04-03", "cough; fever", 58.0, None],
        ["0302", "NA", "MIN", "not-stated", "1988-12-25", "-", None, "030 5550302"],
        ["0303", "WOJCIK", "JAN", "male", "2001-07-11", "check-up", None, None],
    ],
)  # fmt: skip


def _written(rows: list[list[str]], contract: Mapping[str, Any]) -> bytes:
    """Writes a file as a contract says: lines end in CR LF, cells stand in quotes where they must.

    UTF-16 has a byte order mark and begins with the lower byte, on every machine.
    """
    page = io.StringIO(newline="")
    csv.writer(page, delimiter=contract["delimiter"], lineterminator="\r\n").writerows(rows)
    if contract["encoding"] == "UTF-16":
        return ("\ufeff" + page.getvalue()).encode("utf-16-le")
    return page.getvalue().encode(contract["encoding"])


def _small(name: str, parts: tuple[Any, list[list[str]], list[list[Any]]]) -> Case:
    contract, rows, answer = parts
    fields = [column["field"] for column in contract["columns"]]
    table = pd.DataFrame(answer, columns=fields)
    table = table.astype(dict.fromkeys(set(fields) - {"weight"}, "str") | {"weight": "float64"})
    return Case("load_clinic", name, (_written([_HEAD, *rows], contract), contract), expected=table)


def fixtures() -> list[Case]:
    """Gives three small files and five lists of dates."""
    plain = ["03/04/2025", "11/12/2025", "05/05/2025"]
    return [
        _small("a file in Windows-1252", _ENGLISH),
        _small("a file in GB18030", _CHINESE),
        _small("a file in UTF-16, day first", _DAY_FIRST),
        _order("one date tells", [*plain, "04/13/2025"], "month-first", 0.5, "proved"),
        _order("two dates tell", ["13/04/2025", *plain, "13/11/2024"], "day-first", 0.4, "proved"),
        _order("nothing tells", plain, "cannot-tell", 2 / 3, "nothing-tells"),
        _order("they disagree", ["25/04/2025", *plain, "04/25/2025", "01/31/2025"], "cannot-tell", 1 / 3,
               "contradiction"),
        _order("equal numbers", ["07/07/2025", "12/12/2024"], "cannot-tell", 0.0, "nothing-tells"),
    ]  # fmt: skip


def _order(name: str, dates: list[str], order: str, either: float, reason: str) -> Case:
    expected = {"order": order, "either": either, "reason": reason}
    return Case("date_order", name, (dates,), expected=expected)


# ---- Cases: the district -----------------------------------------------------------------------------


def district(world: World) -> list[Case]:
    """Gives both clinics' files, the first one's as another program writes it, and lists of dates."""
    country = world.manifest["country"]
    known = REFERENCE if world.truth else None
    cases = []
    for clinic, kind in (("C1", "district"), ("C2", "variant")):
        contract = contract_of(clinic, country)
        cases.append(
            Case("load_clinic", f"clinic {clinic}", (world.files[contract["file"]], contract), kind, known)
        )
    if world.truth is not None:
        name = "the first clinic's visits, written by another program"
        cases.append(Case("load_clinic", name, _other_program(world, country), "variant", known))
    return [*cases, *_date_lists(world, known)]


_LETTERS = {"1": "m", "2": "f", "0": "u", "9": "n"}


def _other_program(world: World, country: str) -> tuple[bytes, dict[str, Any]]:
    """Writes half of the first clinic's visits otherwise: capitals, day first, semicolons, other codes."""
    assert world.truth is not None
    first = contract_of("C1", country)
    shipped = world.truth.texts["clinic_visits"]
    clean = world.truth.restore("clinic_visits", shipped, "_row")
    of_record = world.truth.person_of_record
    person = of_record[of_record["table"] == "clinic_visits"].set_index("record")["person"]
    who = world.truth.people.loc[person.reindex(shipped["_row"])]
    meanings = next(column["codes"] for column in first["columns"] if column["type"] == "code")
    blanks = ["", "无", "-", "NULL"] if country == "cn" else ["", "NULL", "-", "none"]
    columns = {
        "SURNAME": who["surname"].str.upper().to_numpy(),
        "FIRST": who["given"].str.upper().to_numpy(),
        "S": shipped["SexCode"].map(_LETTERS).to_numpy(),
        "BORN": _day_first(clean["DOB"]),
        "SEEN": _day_first(clean["VisitDate"]),
        "NOTE": shipped["Complaint"].to_numpy(),
        "A1C": _filled(clean["HbA1c"], blanks),
        "TEL": _filled(clean["Phone"], blanks),
        "NO": shipped["PatNo"].to_numpy(),
    }
    contract = {
        "file": "export.csv",
        "encoding": "utf-8",
        "delimiter": ";",
        "columns": [
            _column("NO", "patient_no"),
            _column("SURNAME", "surname"),
            _column("FIRST", "given_name"),
            _column("S", "sex", "code", codes={_LETTERS[code]: what for code, what in meanings.items()}),
            _column("BORN", "birth_date", "date", format="%d/%m/%Y"),
            _column("SEEN", "visit_date", "date", format="%d/%m/%Y"),
            _column("NOTE", "complaint"),
            _column("A1C", "hba1c", "number", blanks=blanks),
            _column("TEL", "phone", blanks=blanks),
        ],
    }
    rows = shuffled(pd.DataFrame(columns), "1.1").iloc[::2]
    return _written([list(columns), *rows.astype(object).to_numpy().tolist()], contract), contract


def _day_first(dates: "pd.Series[str]") -> npt.NDArray[np.object_]:
    parts = dates.str.split("-", expand=True)
    return (parts[2] + "/" + parts[1] + "/" + parts[0]).to_numpy(dtype=object)


def _filled(cells: "pd.Series[str]", blanks: list[str]) -> list[str]:
    """Writes blanks in all the ways that there are, one after another."""
    turns = cycle(blanks)
    return [next(turns) if gone else cell for cell, gone in zip(cells, cells.isna(), strict=True)]


def _date_lists(world: World, expected: Any) -> list[Case]:
    """Gives the hospital's birth dates in orders that can be told, and in some that cannot."""
    born = world.tables["his_patients"]["birth_date"].dropna().iloc[:SHOWN_DATES].str.split("-", expand=True)
    day, month = born[2], born[1]
    month_first, day_first = month + "/" + day + "/" + born[0], day + "/" + month + "/" + born[0]
    early = day <= "12"
    late = month_first[~early]
    lists = {
        "month first": month_first,
        "no day after the 12th": month_first[early],
        "seven early days": day_first[early].iloc[:7],
        "no day after the 12th, then one": pd.concat([day_first[early], day_first[~early].iloc[:1]]),
        "two programs": pd.concat([month_first.iloc[::2], day_first.iloc[1::2]]),
        "one among hundreds": pd.concat([late, day_first[~early].iloc[:1]]),
    }
    return [
        Case("date_order", name, (dates.tolist(),), "district", expected) for name, dates in lists.items()
    ]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    return _order_form(value) if case.function == "date_order" else _table_form(case.args[1], value)


def _table_form(agreed: Mapping[str, Any], value: Any) -> str | None:
    fields = [column["field"] for column in agreed["columns"]]
    if not isinstance(value, pd.DataFrame) or list(value.columns) != fields:
        return f"load_clinic() must return a DataFrame with the columns {', '.join(fields)}, in this order."
    for column in agreed["columns"]:
        cells, kind = value[column["field"]].dropna(), column["type"]
        if kind == "number":
            if not all(map(is_number, cells.tolist())):
                return f"load_clinic(): {column['field']} must hold numbers, or be missing."
        elif not all(isinstance(cell, str) for cell in cells.tolist()):
            return f"load_clinic(): {column['field']} must hold text, or be missing."
        if kind == "date" and not cells.astype("str").str.fullmatch(r"\d{4}-\d\d-\d\d").all():
            return f"load_clinic(): {column['field']} must hold dates as text, YYYY-MM-DD."
    return None


def _order_form(value: Any) -> str | None:
    if (
        not isinstance(value, dict)
        or value.get("order") not in ORDERS
        or not is_number(value.get("either"))
        or value.get("reason") not in REASONS
    ):
        return (
            f'date_order() must return {{"order": one of {", ".join(ORDERS)}, "either": a number, '
            f'"reason": one of {", ".join(REASONS)}}}.'
        )
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _fields(case: Case, *kinds: str, blank: bool | None = None) -> list[str]:
    """Returns the fields of these types; `blank` tells whether they may be blank."""
    return [
        column["field"]
        for column in case.args[1]["columns"]
        if column["type"] in kinds and blank in (None, "blanks" in column)
    ]


def _alike(case: Case, value: pd.DataFrame, field: str) -> Marks:
    """Marks the cells that are as they should be; none if rows are missing or too many."""
    want, got = case.expected[field], value[field]
    if len(want) != len(got):
        return np.zeros(len(want), dtype=bool)
    both = zip(got.tolist(), want.tolist(), strict=True)  # ten times as fast as going through the columns
    equal = np.array([close(a, b, 1e-9) if is_number(b) else a == b for a, b in both])
    return np.asarray(equal | (want.isna().to_numpy() & got.isna().to_numpy()), dtype=bool)


def _share(right: list[Marks], which: list[Marks] | None = None) -> float:
    """Returns the share of right cells among those marked; 1 if there is none."""
    cells = np.concatenate(right) if right else np.ones(1, dtype=bool)
    if which is not None:
        cells = cells[np.concatenate(which)]
    return float(cells.mean()) if len(cells) else 1.0


def _treacherous(text: str) -> bool:
    """Whether a text holds what only one of several similar encodings knows: ’ and Š, or a rare character."""
    if text.isascii():
        return False
    encoded = text.encode("cp1252", "ignore")
    return any(0x80 <= byte <= 0x9F for byte in encoded) or any(
        ord(letter) > 0x2FF and len(letter.encode("gb18030")) == 4 for letter in text
    )


def _words(case: Case, value: Any) -> float:
    """Scores texts beyond ASCII, and among them those that similar encodings lose: the smaller share."""
    fields = _fields(case, "text", blank=False)
    right = [_alike(case, value, field) for field in fields]
    texts = [case.expected[field].fillna("").tolist() for field in fields]
    beyond = [np.array([not text.isascii() for text in column]) for column in texts]
    rare = [np.array([_treacherous(text) for text in column]) for column in texts]
    return ramp(min(_share(right, beyond), _share(right, rare), _share(right)), 0.5, 1.0)


def _dates(case: Case, value: Any) -> float:
    return ramp(_share([_alike(case, value, field) for field in _fields(case, "date")]), 0.6, 1.0)


def _sexes(case: Case, value: Any) -> float:
    """Scores the meaning that was kept worst."""
    right, want = _alike(case, value, "sex"), case.expected["sex"]
    return ramp(min(_share([right], [(want == what).to_numpy()]) for what in want.unique()), 0.5, 1.0)


def _blanks(case: Case, value: Any) -> float:
    """Scores cells that may be blank: those that are, and those that are not; the smaller share."""
    fields = _fields(case, "text", "number", blank=True)
    right = [_alike(case, value, field) for field in fields]
    gone = [case.expected[field].isna().to_numpy() for field in fields]
    return ramp(min(_share(right, gone), _share(right, [~cells for cells in gone])), 0.6, 1.0)


def _nameless(case: Case, value: Any) -> int:
    """Counts people whose name became a blank."""
    fields = [field for field in NAMES if field in value.columns]
    return int(sum(value[field].isna().sum() for field in fields))


def _named(case: Case, value: Any) -> float:
    return float(len(value) == len(case.expected) and _nameless(case, value) == 0)


def _whole(case: Case, value: Any) -> float:
    scores = [score(case, value) for score in (_words, _dates, _sexes, _blanks, _named)]
    return sum(scores) / len(scores)


def _told(case: Case, value: Any) -> float:
    words = all(value[key] == case.expected[key] for key in ("order", "reason"))
    return (close(value["either"], case.expected["either"], 0.001) + 3 * words) / 4


# ---- Misconceptions ----------------------------------------------------------------------------------


def _misread(case: Case, value: Any) -> bool:
    """Whether texts beyond ASCII came back as other texts."""
    for field in _fields(case, "text", blank=False):
        wrong = ~_alike(case, value, field) & value[field].notna().to_numpy()
        if len(value) == len(case.expected) and not case.expected.loc[wrong, field].map(str.isascii).all():
            return True
    return False


def _no_name(case: Case, value: Any) -> bool:
    return _nameless(case, value) > 0


def _sex_dropped(case: Case, value: Any) -> bool:
    """Whether rows or cells are gone, or alike, whose sex is not told."""
    told = case.expected["sex"].isin(["female", "male"])
    if len(value) == told.sum() < len(told):
        return True
    return not told.all() and not _alike(case, value, "sex")[~told].all()


def _turned(case: Case, value: Any) -> bool:
    """Whether dates came back with day and month exchanged."""
    for field in _fields(case, "date"):
        wrong = ~_alike(case, value, field)
        want = case.expected.loc[wrong, field].str.split("-", expand=True)
        if wrong.any() and len(value) == len(wrong):
            turned = want[0] + "-" + want[2] + "-" + want[1]
            if (turned == value.loc[wrong, field]).any():
                return True
    return False


def _token_kept(case: Case, value: Any) -> bool:
    """Whether a text that stands for a blank came back as a value."""
    for column in case.args[1]["columns"]:
        if "blanks" in column and len(value) == len(case.expected):
            should_be_gone = case.expected[column["field"]].isna()
            if value.loc[should_be_gone, column["field"]].notna().any():
                return True
    return False


def _guessed(case: Case, value: Any) -> bool:
    return bool(case.expected["reason"] == "nothing-tells" and value["order"] != "cannot-tell")


def _outvoted(case: Case, value: Any) -> bool:
    return bool(case.expected["reason"] == "contradiction" and value["order"] != "cannot-tell")


def _check(
    name: str, title: str, points: float, score: Callable[[Case, Any], float], expected: str, **more: Any
) -> Check:
    return Check(f"1.1.{name}", title, points, "load_clinic", score, expected=expected, **more)


CLINIC = Task(
    id="1.1",
    title="Load the clinic's file",
    functions=("load_clinic", "date_order"),
    checks=(
        _check(
            "example",
            "Three small files",
            1.0,
            _whole,
            "Every cell as the contract says.",
            kinds=("fixture",),
        ),
        _check(
            "words",
            "Names and words",
            2.5,
            _words,
            "Every text as it was written, letter by letter, rare characters included.",
            combine="worst",
        ),
        _check(
            "dates",
            "Dates",
            1.5,
            _dates,
            "Every date as the contract's format says, none by a guess.",
            combine="worst",
        ),
        _check(
            "sex",
            "Sex",
            1.0,
            _sexes,
            "Every code by its meaning; those that tell no sex stay apart.",
            combine="worst",
        ),
        _check(
            "blanks",
            "Blanks and values",
            1.0,
            _blanks,
            "Missing where the contract says that a text stands for a blank, and nowhere else.",
            combine="worst",
        ),
        _check(
            "names",
            "Nobody loses the name",
            0.5,
            _named,
            "No name is a blank, whatever it looks like.",
            combine="worst",
        ),
        Check(
            "1.1.order_example",
            "The order of day and month in small lists",
            0.5,
            "date_order",
            _told,
            ("fixture",),
            expected="What the dates prove together, and how many could be read both ways.",
        ),
        Check(
            "1.1.order",
            "The order of day and month in other lists",
            2.0,
            "date_order",
            _told,
            expected="What the dates prove together, and how many could be read both ways.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC12", "load_clinic", _no_name),
        Symptom("MC10", "load_clinic", _misread),
        Symptom("MC11", "load_clinic", _turned),
        Symptom("MC25", "load_clinic", _sex_dropped),
        Symptom("MC180", "load_clinic", _token_kept),
        Symptom("MC11", "date_order", _guessed),
        Symptom("MC181", "date_order", _outvoted),
    ),
    hints=(
        "Go through the contract line by line. Where does each line of it appear in your function?",
        "First bytes to text by the named encoding, then text to cells by a reader of CSV that guesses "
        "nothing, then each column by its own type.",
        "pandas.read_csv(..., dtype='str', keep_default_na=False) leaves every cell as text. Blanks only "
        "in columns that have some, dates only by their format, codes only by their table.",
    ),
)
