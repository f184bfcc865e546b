"""Task 2.3: three code books mapped to standard concepts, with direction and dates, and the map at work."""

from collections import Counter
from collections.abc import Callable, Mapping
from io import BytesIO
from itertools import pairwise
from typing import Any

import pandas as pd

from grading.compare import precision_recall, ramp
from grading.once import once
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task, among
from grading.variants import new_ids, renamed, shuffled, widened
from sim.errors import HilabError
from sim.systems.units import read_unit
from sim.world import World

ROW = ("facility", "test_code", "valid_from", "valid_to", "loinc", "equivalence", "source")
BOOK = (
    "entry_id",
    "facility",
    "test_code",
    "test_name",
    "specimen",
    "method",
    "unit",
    "valid_from",
    "valid_to",
)
BOOKS = {"H1": "lab_codes", "H2": "h2_lab_codes", "H3": "h3_lab_codes"}
WORDS = ("equivalent", "wider", "narrower", "unmatched")
PROBLEMS = ("no-code", "unmatched", "property")
PARTS = ("component", "specimen", "method")
REASONS = ("same", "loses-detail", "claims-more", "no-concept")
DIRECTION = "Direction, as in FHIR R4: 'wider' means that the TARGET is wider than the source. "
"""Printed with every hint, for the next version of the standard words it the other way round."""

Key = tuple[str, str, str]
Fact = tuple[str | None, str | None, str]


# ---- Cases -------------------------------------------------------------------------------------------

_BOOK = [
    # entry, facility, code, name, specimen, method, unit, from, to; concept and equivalence
    ("X01", "E", "GLU", "Sugar", "serum", "", "mg/dL", "2010-01-01", "", "2345-7", "equivalent"),
    ("X02", "E", "GLUM", "Sugar", "serum", "", "mmol/L", "2010-01-01", "", "14749-6", "equivalent"),
    ("X03", "E", "GLUU", "Sugar", "urine", "", "mg/dL", "2010-01-01", "", "2350-7", "equivalent"),
    ("X04", "E", "GLUF", "Sugar", "serum", "fasting", "mg/dL", "2010-01-01", "", "2345-7", "wider"),
    ("X05", "E", "PLT", "Thrombocytes", "blood", "", "10*3/uL", "2010-01-01", "", "777-3", "narrower"),
    ("X06", "E", "A1", "Sugar on Hb", "blood", "", "%", "2010-01-01", "2024-05-31", "4548-4", "equivalent"),
    ("X07", "E", "A1", "Sugar on Hb", "blood", "IFCC", "mmol/mol", "2024-06-01", "", "59261-8", "equivalent"),
    ("X08", "E", "GLUD", "Sugar", "drain fluid", "", "mg/dL", "2010-01-01", "", None, "unmatched"),
    ("X09", "E", "FEE", "Sugar visit, fee", "", "", "", "2010-01-01", "", None, "unmatched"),
    ("X10", "E", "GLU1", "Sugar", "serum", "", "ug/mL", "2010-01-01", "", "2345-7", "equivalent"),
    ("X11", "E", "GLU2", "Sugar", "serum", "", "ng/mL", "2010-01-01", "", "2345-7", "equivalent"),
    ("X12", "E", "GLU3", "Sugar", "serum", "", "ng/L", "2010-01-01", "", "2345-7", "equivalent"),
    ("X13", "E", "GLU4", "Sugar", "serum", "", "pmol/L", "2010-01-01", "", "14749-6", "equivalent"),
]  # fmt: skip
_MASS = ("g/dL", "g/L", "mg/L", "ug/mL", "ng/mL", "ng/L")
_CONCEPTS = [
    ("2345-7", "Glucose", "Mass/volume", "Serum or Plasma", ""),
    ("14749-6", "Glucose", "Moles/volume", "Serum or Plasma", ""),
    ("2350-7", "Glucose", "Mass/volume", "Urine", ""),
    ("777-3", "Platelets", "#/volume", "Blood", "Automated count"),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total", "Mass fraction", "Blood", ""),
    ("59261-8", "Hemoglobin A1c/Hemoglobin.total", "Substance fraction", "Blood", "IFCC protocol"),
]
_GLOSSARY = [
    ("test", "Sugar", "Glucose", "equivalent"),
    ("test", "Thrombocytes", "Platelets", "equivalent"),
    ("test", "Sugar on Hb", "Hemoglobin A1c/Hemoglobin.total", "equivalent"),
    ("specimen", "serum", "Serum or Plasma", "equivalent"),
    ("specimen", "urine", "Urine", "equivalent"),
    ("specimen", "blood", "Blood", "equivalent"),
    ("method", "IFCC", "IFCC protocol", "equivalent"),
]


def _frame(rows: list[tuple[Any, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame([row[: len(columns)] for row in rows], columns=list(columns))
    return table.replace("", None).astype("str")


def fixtures() -> list[Case]:
    """Gives a small code book, thirteen results under its codes, and seven rows of maps to judge."""
    book = _frame(_BOOK, BOOK)
    concepts = _frame(_CONCEPTS, ("loinc", "component", "property", "specimen", "method"))
    concepts.insert(
        1, "name", concepts["component"] + " [" + concepts["property"] + "] in " + concepts["specimen"]
    )
    glossary = _frame(_GLOSSARY, ("axis", "local", "part", "relation"))
    truth = {row[0]: row[-2:] for row in _BOOK}
    day = ("2024-05-31 23:10:00", "2024-06-01 06:00:00", "2025-01-08 08:00:00")
    results = [
        ("Y1", "A1", "6.4", "%", day[0], "4548-4", ""),
        ("Y2", "A1", "48", "mmol/mol", day[1], "59261-8", ""),
        ("Y3", "GLU", "95", "mg/dL", day[2], "2345-7", ""),
        ("Y4", "GLU", "5.3", "mmol/L", day[2], None, "property"),
        ("Y5", "GLUD", "80", "mg/dL", day[2], None, "unmatched"),
        ("Y6", "XXX", "4.1", "mmol/L", day[2], None, "no-code"),
        *((f"Y{n}", "GLU", "1", unit, day[2], "2345-7", "") for n, unit in enumerate(_MASS, start=7)),
        ("Y13", "GLUM", "1", "pmol/L", day[2], "14749-6", ""),
    ]
    table = _frame(results, ("row_id", "test_code", "value", "unit", "collected_at"))
    table["collected_at"] = pd.to_datetime(table["collected_at"]).astype("datetime64[s]")
    mapping = book.assign(
        loinc=[row[-2] for row in _BOOK], equivalence=[row[-1] for row in _BOOK], source=book["entry_id"]
    )
    told = pd.DataFrame([(row[0], *row[-2:]) for row in results], columns=["row_id", "loinc", "problem"])
    named = (table, mapping[list(ROW[1:])].astype("str"), concepts)
    return [
        _map_case("thirteen entries", "fixture", book, concepts, glossary, truth),
        Case("translate", "thirteen results", named, expected=told),
        *_carry_examples(),
    ]  # fmt: skip


def _carry_examples() -> list[Case]:
    glucose, fasting = ("Glucose", "Serum or Plasma", None), ("Glucose", "Serum or Plasma", "Fasting")
    counted, platelets = ("Platelets", "Blood", "Automated count"), ("Platelets", "Blood", None)
    rows = (
        (glucose, glucose, "forward", "equivalent", True, "same"),
        (fasting, glucose, "forward", "wider", True, "loses-detail"),
        (fasting, glucose, "back", "wider", False, "claims-more"),
        (platelets, counted, "forward", "narrower", False, "claims-more"),
        (platelets, counted, "back", "narrower", True, "loses-detail"),
        (("Glucose", "Urine", None), glucose, "forward", "unmatched", False, "no-concept"),
        (("Platelets", "Blood", "Manual count"), counted, "forward", "unmatched", False, "no-concept"),
    )
    return [
        _carry(local, target, way, {"equivalence": word, "safe": safe, "reason": reason})
        for local, target, way, word, safe, reason in rows
    ]


def _carry(local: tuple[Any, ...], target: tuple[Any, ...], way: str, told: Any = REFERENCE) -> Case:
    name = f"{local[0]}, {local[1]}, {local[2]}: {way}"
    args = (dict(zip(PARTS, local, strict=True)), dict(zip(PARTS, target, strict=True)), way)
    return Case("carry", name, args, "district" if told is REFERENCE else "fixture", told)


def _map_case(
    name: str, kind: Kind, book: pd.DataFrame, concepts: pd.DataFrame, glossary: pd.DataFrame,
    truth: Mapping[str, tuple[str | None, str]] | None,
) -> Case:  # fmt: skip
    args = (book, concepts, glossary)
    return Case("map_codes", name, args, kind, None if truth is None else _facts(book, truth))


def _facts(book: pd.DataFrame, truth: Mapping[str, tuple[str | None, str]]) -> dict[Key, Fact]:
    """Returns last day, concept and equivalence of each entry, by facility, code and first day."""
    plain = book.astype(object).where(book.notna(), None)
    keys = zip(plain["facility"], plain["test_code"], plain["valid_from"], strict=True)
    rows = zip(keys, plain["valid_to"], plain["entry_id"], strict=True)
    return {key: (last, *truth[entry]) for key, last, entry in rows}


def district(world: World) -> list[Case]:
    """Gives the three code books, the same with other codes, and the second hospital's results."""
    book = pd.concat([world.tables[name].assign(facility=code) for code, name in BOOKS.items()])
    book = book[list(BOOK)].reset_index(drop=True).astype("str")
    concepts, glossary = (_listed(world.files[name]) for name in ("lab_concepts.csv", "lab_words.csv"))
    truth = _truth(world)
    ids = {"entry_id": new_ids(book["entry_id"], "E"), "test_code": new_ids(book["test_code"], "C")}
    other = widened(shuffled(renamed(book, ids), "2.3"))
    new = None if truth is None else {ids["entry_id"][entry]: told for entry, told in truth.items()}
    cases = [
        _map_case("three code books", "district", book, concepts, glossary, truth),
        _map_case("other codes and order", "variant", other, shuffled(concepts, "2.3"), glossary, new),
    ]
    return [*cases, *_translations(world, book, concepts, truth)] if truth is not None else cases


def _listed(content: bytes) -> pd.DataFrame:
    return pd.read_csv(BytesIO(content), dtype="str", keep_default_na=False).replace("", None).astype("str")


def _truth(world: World) -> dict[str, tuple[str | None, str]] | None:
    if world.truth is None:
        return None
    told = world.truth.facts["concept_of_code"]
    loinc = told["loinc"].astype(object).where(told["loinc"].notna(), None)
    return dict(zip(told["entry_id"], zip(loinc, told["equivalence"], strict=True), strict=True))


def _translations(
    world: World, book: pd.DataFrame, concepts: pd.DataFrame, truth: Mapping[str, tuple[str | None, str]]
) -> list[Case]:
    """Gives results of the three hospitals, with the right map of their codes."""
    cases = []
    for code, name in (("H2", "h2_lis_results"), ("H3", "h3_lis_results"), ("H1", "lis_results")):
        mine = book[book["facility"] == code].rename(columns={"entry_id": "source"})
        mine = mine.assign(
            loinc=[truth[entry][0] for entry in mine["source"]],
            equivalence=[truth[entry][1] for entry in mine["source"]],
        )
        mapping = mine[list(ROW[1:])].reset_index(drop=True).astype("str")
        table = world.tables[name]
        table = table.loc[table["value"].notna(), ["row_id", "test_code", "value", "unit", "collected_at"]]
        table = _with_strays(_spelt(shuffled(table, f"2.3 {code}").head(2500)))
        names = Counter(mine["test_code"])
        facts = {"drifted": sorted(code for code, count in names.items() if count > 1)}
        kind: Kind = "variant" if code == "H1" else "district"
        args = (table, mapping, concepts)
        cases.append(Case("translate", f"results of {code}", args, kind, REFERENCE, facts, situation=code))
    local = _local(world)
    return [*cases, *local]


def _spelt(table: pd.DataFrame) -> pd.DataFrame:
    """Tells units in one spelling, and leaves out those that nobody knows."""
    known = {}
    for unit in table["unit"].dropna().unique():
        try:
            known[unit] = read_unit(unit)
        except HilabError:
            known[unit] = None
    return table.assign(unit=table["unit"].map(known).astype("str"))


def _with_strays(table: pd.DataFrame) -> pd.DataFrame:
    """Gives every hundredth result a code that no book holds."""
    stray = pd.Series(range(len(table))) % 100 == 99
    return table.assign(test_code=table["test_code"].mask(stray, "9-" + table["test_code"]))


def _local(world: World) -> list[Case]:
    """Gives entries of the books in the words of the concepts, each beside a concept, both ways."""
    assert world.truth is not None
    rows = pd.concat([world.tables[name] for name in BOOKS.values()], ignore_index=True)
    rows = rows.merge(
        world.truth.facts["concept_of_code"][["entry_id", "loinc", "equivalence"]], on="entry_id"
    )
    concepts = _listed(world.files["lab_concepts.csv"]).set_index("loinc").astype(object)
    concepts = concepts.where(concepts.notna(), None)
    cases = []
    for word, count in (("equivalent", 3), ("wider", 4), ("narrower", 4)):
        mine = shuffled(rows[rows["equivalence"] == word], f"2.3 {word}")
        mine = mine[(word != "narrower") | mine["loinc"].map(concepts["method"]).notna()]
        for entry in mine.head(count).itertuples():
            target = tuple(concepts.loc[entry.loinc, list(PARTS)])
            method = {"equivalent": target[2], "wider": entry.method, "narrower": None}[word]
            cases += [_carry((*target[:2], method), target, way) for way in ("forward", "back")]
    chosen = [tuple(concepts.iloc[number][list(PARTS)]) for number in (0, 5, 20, 30, 40)]
    cases += [_carry(one, two, "forward") for one, two in pairwise(chosen) if one[:2] != two[:2]]
    return cases


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "carry":
        right = (
            isinstance(value, dict) and value.get("equivalence") in WORDS and value.get("reason") in REASONS
        )
        right = right and isinstance(value.get("safe"), bool)
        return (
            None
            if right
            else (
                f'carry() must return {{"equivalence": one of {", ".join(WORDS)}, "safe": True or False, '
                f'"reason": one of {", ".join(REASONS)}}}.'
            )
        )
    columns = ROW if case.function == "map_codes" else ("row_id", "loinc", "problem")
    if not isinstance(value, pd.DataFrame) or not set(columns) <= set(value.columns):
        return f"{case.function}() must return a DataFrame with the columns {', '.join(columns)}."
    if case.function == "translate":
        if Counter(value["row_id"]) != Counter(case.args[0]["row_id"]):
            return "translate() must return every row_id of results exactly once, and no other."
        return None
    if set(value["equivalence"].dropna()) - set(WORDS):
        return f"map_codes(): an equivalence is one of {', '.join(WORDS)}."
    if len(value) > 2 * len(case.args[0]):
        return "map_codes() may return at most two rows for each entry of the books."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


@once
def _given(value: pd.DataFrame) -> dict[Key, Fact]:
    plain = value[list(ROW)].astype(object)
    plain = plain.where(plain.notna() & (plain != ""), None)
    return {(row.facility, row.test_code, row.valid_from): (row.valid_to, row.loinc, row.equivalence)
            for row in plain.itertuples()}  # fmt: skip


def _asserted(case: Case, value: Any) -> tuple[int, float]:
    """Returns how many of the rows that name a concept name a wrong one, and which share of all was found."""
    found = {(*key, fact[1]) for key, fact in _given(value).items() if fact[1]}
    true = {(*key, fact[1]) for key, fact in case.expected.items() if fact[1]}
    return len(found - true), precision_recall(found, true)[1]


def _concepts_right(case: Case, value: Any) -> float:
    wrong, recall = _asserted(case, value)
    return min(ramp(wrong, zero_at=40, full_at=3), ramp(recall, zero_at=0.4, full_at=0.9))


def _directions_right(case: Case, value: Any) -> float:
    """Scores wider and narrower apart, so that calling all equivalent earns nothing."""
    given = _given(value)
    shares = []
    for word in ("wider", "narrower"):
        mine = {key for key, fact in case.expected.items() if fact[2] == word}
        called = {key for key, fact in given.items() if fact[2] == word}
        shares.append(ramp(min(precision_recall(called, mine)), zero_at=0.5, full_at=0.9))
    return sum(shares) / len(shares)


def _unmatched_right(case: Case, value: Any) -> float:
    given = _given(value)
    mine = {key for key, fact in case.expected.items() if fact[1] is None}
    called = {key for key, fact in given.items() if fact[1] is None and fact[2] == "unmatched"}
    return ramp(min(precision_recall(called, mine)), zero_at=0.5, full_at=0.9)


@once
def _versions(case: Case) -> set[Key]:
    """Returns the entries whose code has more than one."""
    count = Counter(key[:2] for key in case.expected)
    return {key for key in case.expected if count[key[:2]] > 1}


def _dates_right(case: Case, value: Any) -> float:
    """Scores entries of codes with several meanings: first and last day, and the concept between them."""
    given, mine = _given(value), _versions(case)
    right = sum(key in given and given[key][:2] == case.expected[key][:2] for key in mine)
    return ramp(right / len(mine), zero_at=0.4, full_at=0.95)


def _map_right(case: Case, value: Any) -> float:
    given = _given(value)
    right = sum(given.get(key) == fact for key, fact in case.expected.items())
    return ramp(right / len(case.expected), zero_at=0.3, full_at=1.0)


@once
def _told(value: pd.DataFrame) -> dict[str, tuple[str | None, str]]:
    plain = value[["row_id", "loinc", "problem"]].astype(object)
    plain = plain.where(plain.notna() & (plain != ""), None)
    return {row.row_id: (row.loinc, row.problem or "") for row in plain.itertuples()}


@once
def _kinds(case: Case) -> dict[str, list[str]]:
    """Returns the results whose code changed its meaning, and those with a problem of each kind."""
    drifted = set(case.truth.get("drifted", ()))
    kinds: dict[str, list[str]] = {"drifted": [], "plain": [], **{name: [] for name in PROBLEMS}}
    wanted = _told(case.expected)
    for row, code in zip(case.args[0]["row_id"], case.args[0]["test_code"], strict=True):
        problem = wanted[row][1]
        kinds[problem or ("drifted" if code in drifted else "plain")].append(row)
    return kinds


def _rows_right(*names: str) -> Callable[[Case, Any], float]:
    """Scores the results of some kinds; only who gets most of the plain ones right can earn it."""

    def score(case: Case, value: Any) -> float:
        told, wanted, kinds = _told(value), _told(case.expected), _kinds(case)
        share = {
            name: sum(told[row] == wanted[row] for row in rows) / len(rows)
            for name, rows in kinds.items()
            if rows
        }
        mine = [ramp(share[name], zero_at=0.5, full_at=0.98) for name in names if name in share]
        return sum(mine) / len(mine) if mine and share.get("plain", 1.0) >= 0.7 else 0.0

    return score


def _results_right(case: Case, value: Any) -> float:
    told = _told(value)
    right = sum(told[row] == fact for row, fact in _told(case.expected).items())
    return ramp(right / len(told), zero_at=0.4, full_at=1.0)


def _carried(case: Case, value: Any) -> float:
    return sum(value[part] == case.expected[part] for part in ("equivalence", "safe", "reason")) / 3


def _carried_more(case: Case, value: Any) -> float:
    """As `_carried`; a third is what a guess gets and earns nothing."""
    return ramp(_carried(case, value), zero_at=1 / 3, full_at=1.0)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _reversed(case: Case, value: Any) -> bool:
    """Whether wider and narrower changed places."""
    other = {"wider": "narrower", "narrower": "wider"}
    given = _given(value)
    mine = [key for key, fact in case.expected.items() if fact[2] in other and key in given]
    turned = sum(given[key][2] == other[case.expected[key][2]] for key in mine)
    return bool(mine) and turned > len(mine) / 2


def _one_row_a_code(case: Case, value: Any) -> bool:
    """Whether codes with several meanings got one."""
    given, mine = _given(value), _versions(case)
    return bool(mine) and sum(key in given for key in mine) <= 0.6 * len(mine) and len(given) > len(mine)


def _forces(case: Case, value: Any) -> bool:
    """Whether most entries without a counterpart got one."""
    given = _given(value)
    mine = [key for key, fact in case.expected.items() if fact[1] is None and key in given]
    return bool(mine) and sum(given[key][1] is not None for key in mine) > len(mine) / 2


def _mistaken(case: Case, value: Any, parts: tuple[str, ...]) -> float:
    """Returns which share of the wrong concepts differ from the right one in just one of some parts."""
    table = case.args[1].set_index("loinc")
    given, wrong, alike = _given(value), 0, 0
    for key, (_, true, _) in case.expected.items():
        told = given.get(key, (None, None, ""))[1]
        if true and told and told != true and told in table.index:
            wrong += 1
            differ = [
                name for name in ("specimen", "property") if table.at[told, name] != table.at[true, name]
            ]
            alike += bool(differ) and set(differ) <= set(parts)
    return alike / wrong if wrong >= max(2, len(case.expected) / 40) else 0.0


def _other_property(case: Case, value: Any) -> bool:
    return _mistaken(case, value, ("property",)) > 0.5


def _other_specimen(case: Case, value: Any) -> bool:
    return _mistaken(case, value, ("specimen", "property")) > 0.3 and not _other_property(case, value)


def _ignores_days(case: Case, value: Any) -> bool:
    """Whether results under codes with several meanings mostly got the meaning of another time."""
    told, wanted, rows = _told(value), _told(case.expected), _kinds(case)["drifted"]
    return sum(told[row] != wanted[row] for row in rows) > 0.2 * len(rows) > 0


def _believes_the_code(case: Case, value: Any) -> bool:
    told, rows = _told(value), _kinds(case)["property"]
    return sum(told[row][0] is not None for row in rows) > len(rows) / 2 > 0


def _carries_the_other_way(case: Case, value: Any) -> bool:
    told, between = case.expected, set(WORDS[1:3])
    if told["equivalence"] not in between:
        return False
    turned = value["equivalence"] in between - {told["equivalence"]}
    return turned or {value["reason"], told["reason"]} == set(REASONS[1:3])


_PARTS: tuple[tuple[str, str, float, Callable[[Case, Any], float], str], ...] = (
    ("concepts", "The concepts", 3.5, _concepts_right, "At most 3 wrong, and 90 % of all found."),
    ("directions", "The directions", 2.0, _directions_right, "Wider and narrower targets called so."),
    ("unmatched", "What fits nothing", 1.0, _unmatched_right, "No concept where there is none."),
    ("dates", "Codes with several meanings", 1.5, _dates_right, "Each meaning with its first and last day."),
)

MAPPING = Task(
    id="2.3",
    title="Code map",
    functions=("map_codes", "translate", "carry"),
    checks=(
        Check(
            "2.3.example",
            "The example book",
            1.0,
            "map_codes",
            _map_right,
            ("fixture",),
            expected="Every entry with its concept, direction and days. " + DIRECTION.strip(),
        ),
        *(
            Check(
                f"2.3.{name}", title, points, "map_codes", score, ("district", "variant"), expected=expected
            )
            for name, title, points, score, expected in _PARTS
        ),
        Check(
            "2.3.translate_example",
            "The example results",
            0.5,
            "translate",
            _results_right,
            ("fixture",),
            expected="The concept that held on the day of taking, or what stands in the way.",
        ),
        Check(
            "2.3.days",
            "Results around the change of codes",
            1.25,
            "translate",
            _rows_right("drifted", "no-code"),
            expected="The concept that the code had on that day.",
        ),
        Check(
            "2.3.property",
            "Results under a code of another property",
            1.25,
            "translate",
            _rows_right("property"),
            ("district",),
            expected="A molar value under a code of mass is held back.",
            only=among("H3"),
        ),
        Check(
            "2.3.carry_example",
            "The example pairs",
            1.5,
            "carry",
            _carried,
            ("fixture",),
            expected="How the target stands to the source, and whether a result may be carried over. "
            + DIRECTION.strip(),
        ),
        Check(
            "2.3.carry",
            "Other pairs",
            2.5,
            "carry",
            _carried_more,
            ("district",),
            expected="How the target stands to the source, and whether a result may be carried over.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC121", "map_codes", _reversed),
        Symptom("MC35", "map_codes", _forces),
        Symptom("MC122", "map_codes", _other_property),
        Symptom("MC33", "map_codes", _other_specimen),
        Symptom("MC34", "map_codes", _one_row_a_code),
        Symptom("MC122", "translate", _believes_the_code),
        Symptom("MC34", "translate", _ignores_days),
        Symptom("MC121", "carry", _carries_the_other_way),
    ),
    hints=(
        DIRECTION + "Take one entry and tick off: which test, which specimen, which property, which method?",
        DIRECTION
        + "The unit tells the property. Among the concepts of one test, specimen and property, only "
        "the method is left to choose by.",
        DIRECTION
        + "The same method: equivalent. The concept leaves the method open: wider. It names one that "
        "the book does not: narrower. No concept with this test, specimen and property: unmatched.",
    ),
)
