"""Task 3.1: names and telephone numbers that read alike wherever they were typed, and not too much alike."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from grading.compare import close, is_whole, ramp
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.exchange.linkage.tokens import normalise
from sim.world import World

GIVEN = ["number", "given_name", "family_name", "phone"]
MADE = ["given", "family", "name", "digits"]
NEAR = 0.0005


# ---- Cases -------------------------------------------------------------------------------------------

_ROWS = [
    ("H1", "Zoë", "Núñez", "555-014-2290", "zoe", "nunez", "nunez zoe", "5550142290"),
    ("P1", "NUNEZ", "Zoe", "5550142290", "nunez", "zoe", "nunez zoe", "5550142290"),
    ("T1", "Zoe", "Nunn", "555-014-2291", "zoe", "nunn", "nunn zoe", "5550142291"),
    ("H2", "Siân", "O’Brien-Groß", "555-0143", "sian", "obriengross", "obriengross sian", "5550143"),
    ("T2", "sian ", "OBRIEN GROSS", None, "sian", "obriengross", "obriengross sian", None),
    ("H3", "Åse", "Sørensen", "555-0188", "ase", "sørensen", "ase sørensen", "5550188"),
    ("P4", "Li", "Na", "111 0584 7722", "li", "na", "li na", "11105847722"),
    ("T4", "Lin", "Na", "111-0584-7723", "lin", "na", "lin na", "11105847723"),
    ("H5", "娜", "李", "11105847722", "娜", "李", "娜 李", "11105847722"),
    ("P5", "李", "娜", "11105847722", "李", "娜", "娜 李", "11105847722"),
    ("T5", "娜", "林", "11109930166", "娜", "林", "娜 林", "11109930166"),
    ("P6", "?", "欧阳", "11103086397", None, "欧阳", "欧阳", "11103086397"),
]

_RULES: dict[str, Callable[[str], str]] = {
    "as typed": lambda name: name,
    "small letters": lambda name: name.lower(),
    "letters alone": normalise,
    "three letters": lambda name: normalise(name)[:3],
    "one letter": lambda name: normalise(name)[:1],
}

_PAIRS: list[tuple[str, str, bool]] = [
    ("Núñez", "NUNEZ", True),
    ("Núñez", "Nunn", False),
    ("Li", "LI", True),
    ("Li", "Lin", False),
    ("O’Brien", "OBrien", True),
    ("Marsh", "Martin", False),
    ("Zoë", "zoe", True),
    ("李", "林", False),
    ("王", "王", True),
    ("Weiß", "WEISS", True),
    ("Chen", "Cheng", False),
    ("Moore", "MOORE", True),
    ("Baker", "Bell", False),
]


def fixtures() -> list[Case]:
    """Gives twelve registrations of both countries and three choices, worked out by hand."""
    whole = pd.DataFrame(_ROWS, columns=[*GIVEN, *MADE])
    told = [
        ("letters are enough", ("as typed", "small letters", "letters alone"), slice(0, 6), "C", 1.0, 0),
        ("shorter is not better", ("three letters", "as typed", "small letters"), slice(0, 6), "C", 1 / 3, 0),
        ("every rule merges", ("three letters", "one letter"), slice(0, 6), None, 0.0, 0),
    ]
    return [
        Case("clean", "twelve registrations", (whole[GIVEN].astype("str"),), expected=whole),
        *(
            Case(
                "best_rule",
                name,
                _question(rules, _PAIRS[which]),
                expected={"rule": rule, "joined": joined, "merged": merged},
            )
            for name, rules, which, rule, joined, merged in told
        ),
    ]


def _question(
    rules: tuple[str, ...], pairs: list[tuple[str, str, bool]]
) -> tuple[dict[str, dict[str, str]], list[list[Any]]]:
    """Gives each rule a letter, and what it makes of every name."""
    names = sorted({name for pair in pairs for name in pair[:2]})
    keys = {
        letter: {name: _RULES[rule](name) for name in names}
        for letter, rule in zip("ABCDE", rules, strict=False)
    }
    return keys, [list(pair) for pair in pairs]


def district(world: World) -> list[Case]:
    """Gives the patients of each hospital, of one of them in another form, and twelve choices."""
    known = world.truth is not None
    cases: list[Case] = []
    for table in ("his_patients", "h2_his_patients", "h3_his_patients"):
        patients = world.tables[table].rename(columns={"mrn": "number"})[[*GIVEN, "sex", "birth_date"]]
        cases.append(_case(f"the table {table}", "district", patients, known))
    new = new_ids(patients["number"], "Q")
    cases.append(
        _case(
            "shuffled, renamed",
            "variant",
            widened(renamed(shuffled(patients, "3.1"), {"number": new})),
            known,
        )
    )
    return cases + _choices(len(patients), known)


def _case(name: str, kind: Kind, patients: pd.DataFrame, known: bool) -> Case:
    return Case("clean", name, (patients.reset_index(drop=True),), kind, REFERENCE if known else None)


def _choices(number: int, known: bool) -> list[Case]:
    cases = []
    for k in range(12):
        start = (number + 5 * k) % len(_PAIRS)
        pairs = (_PAIRS + _PAIRS)[start : start + 7]
        turn = (number + k) % len(_RULES)
        rules = tuple(list(_RULES)[turn:] + list(_RULES)[:turn])[: 3 + k % 3]
        expected = REFERENCE if known else None
        cases.append(Case("best_rule", f"choice {k + 1}", _question(rules, pairs), "district", expected))
    return cases


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "best_rule":
        right = isinstance(value, dict) and close(value.get("joined"), 0.5, 0.5)
        right = right and is_whole(value.get("merged")) and "rule" in value
        letters = [*case.args[0], None]
        told = 'best_rule() must return {"rule": a letter or None, "joined": a share, "merged": a number}.'
        return None if right and value["rule"] in letters else told
    if not isinstance(value, pd.DataFrame):
        return "clean() must return a DataFrame."
    if missing := [name for name in [*GIVEN, *MADE] if name not in value]:
        return f"clean(): the column '{missing[0]}' is missing."
    if sorted(value["number"].astype(str)) != sorted(case.args[0]["number"]):
        return "clean(): there must be one row for each row of the table, with its number."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _texts(table: pd.DataFrame, column: str) -> list[str]:
    """A column as texts in the order of the numbers; a missing one is empty."""
    return table.sort_values("number", kind="stable")[column].fillna("").astype(str).tolist()


def _share(case: Case, value: pd.DataFrame, columns: list[str]) -> float:
    """Share of cells that are right."""
    cells = [
        got == wanted
        for column in columns
        for got, wanted in zip(_texts(value, column), _texts(case.expected, column), strict=True)
    ]
    return sum(cells) / len(cells)


def _right(*columns: str) -> Callable[[Case, Any], float]:
    def score(case: Case, value: Any) -> float:
        return ramp(_share(case, value, list(columns)), zero_at=0.8, full_at=1.0)

    return score


def _kept(case: Case, value: Any) -> float:
    """Whether the names and numbers as typed are still there; half if some were changed by the cleaning."""
    mine = case.args[0]
    same = [_texts(value, column) == _texts(mine, column) for column in GIVEN[1:]]
    made = any(any(_texts(value, column)) for column in MADE)
    return float(all(same) and made)


def _choice(case: Case, value: Any) -> float:
    wanted = case.expected
    parts = (
        value["rule"] == wanted["rule"],
        close(value["joined"], wanted["joined"], NEAR),
        value["merged"] == wanted["merged"],
    )
    return sum(parts) / 3 if parts[0] else 0.0


# ---- Misconceptions ----------------------------------------------------------------------------------


def _overwritten(case: Case, value: Any) -> bool:
    return _share(case, value, MADE) > 0.9 and _kept(case, value) == 0


def _vanished(case: Case, value: Any) -> bool:
    """Whether letters that are not of the English alphabet are gone."""
    got = _texts(value, "given") + _texts(value, "family")
    wanted = _texts(case.expected, "given") + _texts(case.expected, "family")
    lost = [
        one != other and one == "".join(letter for letter in other if letter.isascii())
        for one, other in zip(got, wanted, strict=True)
    ]
    return sum(lost) >= 3


def _merged(case: Case, value: Any) -> bool:
    """Whether names that differ by more than case and accents became one."""
    for column in ("given", "family"):
        wanted_of: dict[str, set[str]] = {}
        for got, wanted in zip(_texts(value, column), _texts(case.expected, column), strict=True):
            wanted_of.setdefault(got, set()).add(wanted)
        if any(len(names) > 1 for got, names in wanted_of.items() if got):
            return True
    return False


def _takes_the_merger(case: Case, value: Any) -> bool:
    """Whether a rule was chosen although it makes one of two people."""
    keys, pairs = case.args
    rule = value["rule"]
    return rule is not None and any(keys[rule][a] == keys[rule][b] for a, b, same in pairs if not same)


CLEANING = Task(
    id="3.1",
    title="Cleaning",
    functions=("clean", "best_rule"),
    checks=(
        Check(
            "3.1.example",
            "The example registrations",
            1.0,
            "clean",
            _right(*MADE),
            ("fixture",),
            expected="The four new columns; 0 if one cell in five is wrong.",
        ),
        Check(
            "3.1.letters",
            "Given and family names",
            1.25,
            "clean",
            _right("given", "family"),
            expected="Letters of any script, without case, accents and marks.",
        ),
        Check(
            "3.1.order",
            "The whole name, whichever part stands first",
            1.0,
            "clean",
            _right("name"),
            expected="Both parts in alphabetical order, with a blank between.",
        ),
        Check("3.1.phone", "Telephone numbers", 0.75, "clean", _right("digits"), expected="The digits."),
        Check(
            "3.1.kept",
            "What was typed stays beside it",
            0.5,
            "clean",
            _kept,
            expected="The columns that you were given, unchanged.",
        ),
        Check(
            "3.1.rule_example",
            "The example rules",
            0.5,
            "best_rule",
            _choice,
            ("fixture",),
            expected="The rule that joins most and merges nobody, with both its figures.",
        ),
        Check(
            "3.1.rule",
            "Other rules",
            1.0,
            "best_rule",
            _choice,
            expected="The rule that joins most and merges nobody, with both its figures.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC201", "clean", _overwritten),
        Symptom("MC200", "clean", _vanished),
        Symptom("MC40", "clean", _merged),
        Symptom("MC40", "best_rule", _takes_the_merger),
    ),
    hints=(
        "Read the twelve registrations aloud. Which are one name, and what differs in how they are written?",
        "Small letters first. Then take an accented letter apart into the letter and its mark, and keep "
        "what is a letter in any script. Chinese characters are letters.",
        "unicodedata.normalize with the form NFKD takes a letter and its mark apart, casefold makes small "
        "letters, and isalpha says what is a letter. For the whole name sort both parts.",
    ),
)
