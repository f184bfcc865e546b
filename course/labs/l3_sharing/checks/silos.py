"""Task 3.7: people and returns counted over three hospitals: added, linked, and by tokens without a name."""

import hashlib
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from grading.compare import close, is_number, is_whole, ramp
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.exchange.linkage.tokens import normalise
from sim.seeds import PUBLIC_KEY, derive
from sim.world import World

HOSPITALS = {"H1": "", "H2": "h2_", "H3": "h3_"}
PERSON = ["number", "name", "birth_date", "sex"]
LISTED = ["facility", "number", "person", "token"]
STAY = [*LISTED, "admitted_at", "discharged_at", "admission", "discharged_to"]
WAYS = ("added", "linked", "tokens")
CLAIMS = ("too low", "possible", "too high")
LEAST = 11
FEW = 6
"""An identifier that more registrations bear is nobody's: a desk typed it where no card was at hand."""
NEAR = 0.0005


# ---- The small examples ------------------------------------------------------------------------------

_KEY = "kept by the linkage unit"
_PEOPLE = [
    ("H1", "nunez zoe", "1990-05-01", "F"),
    ("H2", "adams paul", "1962-11-02", "M"),
    ("H3", "adams paul", "1962-11-02", "F"),
    ("H4", "baker tom", None, "M"),
    ("H5", "娜 李", "1962-11-02", "F"),
]
# printf 'nunez zoe|1990-05-01|F' | openssl dgst -sha256 -hmac 'kept by the linkage unit'
_TOKENS = {
    "H1": "4f2a649dae3fa493faea3a64af826a7146531955efe4ee6ea7d91b9ab62fb5b5",
    "H2": "78db394f9b1b8c6c0607a84109810afde10e4505d6bc36f60ed5557e6969bc43",
    "H3": "e8afe9721c9cf5562cfce355604bfcdb3acaa5899c31283708334e79668bf85c",
    "H4": None,
    "H5": "c8b9d583e966e7e42fcdf714aa5a14b4f36a0b1ce8bf2fe0a20403ef1e92bbbe",
}
_LISTED = [
    ("H1", "101", "L1", "t1"),
    ("H1", "102", "L2", "t2"),
    ("H1", "103", "L3", None),
    ("H1", "104", "L4", "t4"),
    ("H1", "105", "L4", "t4"),
    ("H2", "101", "L1", "t1"),
    ("H2", "102", "L2", "t9"),
    ("H2", "103", "L5", "t5"),
    ("H3", "101", "L1", "t1"),
    ("H3", "102", "L5", "t5"),
    ("H3", "103", "L3", None),
]
_SEVEN = dict.fromkeys(("H1", "H1 H2", "H1 H2 H3", "H1 H3", "H2", "H2 H3", "H3"))

# Facility, number, person, token; begin and end in 2025, month-day and hour; how it began and ended.
_STAYS: dict[str, list[tuple[Any, ...]]] = {
    "a return to another hospital": [
        ("H1", "101", "L1", "t1", "03-01 10", "03-04 10", "unplanned", "home"),
        ("H2", "101", "L1", "t1", "03-12 08", "03-15 09", "unplanned", "home"),
        ("H1", "102", "L2", "t2", "03-02 10", "03-09 10", "planned", "home"),
    ],
    "a transfer, then a return": [
        ("H1", "101", "L1", "t1", "05-01 08", "05-02 14", "unplanned", "other hospital"),
        ("H2", "101", "L1", "t1", "05-02 16", "05-06 11", "unplanned", "home"),
        ("H1", "101", "L1", "t1", "05-20 08", "05-22 11", "unplanned", "home"),
    ],
    "a transfer that ends in death, and one that was planned": [
        ("H1", "101", "L1", "t1", "08-01 08", "08-02 12", "unplanned", "other hospital"),
        ("H2", "101", "L1", "t1", "08-02 15", "08-05 09", "unplanned", "died"),
        ("H1", "102", "L2", "t2", "08-01 08", "08-03 10", "unplanned", "home"),
        ("H1", "102", "L2", "t2", "08-10 08", "08-11 12", "planned", "other hospital"),
        ("H2", "102", "L2", "t2", "08-11 15", "08-15 10", "unplanned", "home"),
    ],
    "a planned return, then an unplanned one": [
        ("H1", "101", "L1", "t1", "06-01 08", "06-03 11", "unplanned", "home"),
        ("H2", "101", "L1", "t1", "06-10 08", "06-12 11", "planned", "home"),
        ("H1", "101", "L1", "t1", "06-25 08", "06-28 11", "unplanned", "home"),
    ],
    "24 hours, 30 days, and no night": [
        ("H1", "101", "L1", "t1", "07-01 09", "07-03 09", "unplanned", "home"),
        ("H1", "101", "L1", "t1", "07-04 09", "07-05 09", "unplanned", "home"),
        ("H1", "102", "L2", "t2", "07-01 12", "07-03 12", "unplanned", "home"),
        ("H1", "102", "L2", "t2", "08-02 12", "08-04 12", "unplanned", "home"),
        ("H1", "103", "L3", "t3", "07-01 12", "07-03 12", "unplanned", "home"),
        ("H1", "103", "L3", "t3", "08-02 13", "08-04 12", "unplanned", "home"),
        ("H1", "104", "L4", "t4", "07-01 12", "07-03 12", "unplanned", "home"),
        ("H1", "104", "L4", "t4", "07-10 08", "07-10 20", "unplanned", "home"),
        ("H1", "105", "L5", "t5", "07-01 12", "07-03 12", "unplanned", "home"),
        ("H1", "105", "L5", "t5", "07-04 13", "07-06 12", "unplanned", "home"),
    ],
    "a death after going home": [
        ("H1", "101", "L1", "t1", "09-01 10", "09-05 10", "planned", "home"),
        ("H2", "101", "L1", "t1", "09-11 10", "09-14 10", "unplanned", "died"),
        ("H1", "102", "L2", "t2", "09-02 10", "09-04 10", "planned", "home"),
    ],
    "no token": [
        ("H1", "101", "L1", None, "10-01 10", "10-03 10", "unplanned", "home"),
        ("H1", "101", "L1", None, "10-12 10", "10-14 10", "unplanned", "home"),
        ("H2", "101", "L2", None, "10-20 10", "10-22 10", "unplanned", "home"),
    ],
    "a large hospital and a small one": [
        ("H1", "101", "L1", "t1", "11-01 10", "11-03 10", "unplanned", "home"),
        ("H1", "101", "L1", "t1", "11-10 10", "11-13 10", "unplanned", "home"),
        ("H1", "102", "L2", "t2", "11-02 10", "11-04 10", "planned", "home"),
        ("H1", "103", "L3", "t3", "11-02 10", "11-05 10", "planned", "home"),
        ("H2", "101", "L4", "t4", "11-01 10", "11-03 10", "unplanned", "home"),
        ("H2", "101", "L4", "t4", "11-20 10", "11-23 10", "unplanned", "home"),
    ],
}
# Discharges and returns: added, linked, by tokens.
_RETURNS = {
    "a return to another hospital": ((3, 0), (3, 1), (3, 1)),
    "a transfer, then a return": ((3, 1), (2, 1), (2, 1)),
    "a transfer that ends in death, and one that was planned": ((4, 0), (2, 0), (2, 0)),
    "a planned return, then an unplanned one": ((3, 1), (3, 2), (3, 2)),
    "24 hours, 30 days, and no night": ((9, 2), (9, 2), (9, 2)),
    "a death after going home": ((2, 0), (2, 1), (2, 1)),
    "no token": ((3, 1), (3, 1), (3, 1)),
    "a large hospital and a small one": ((6, 2), (6, 2), (6, 2)),
}


def fixtures() -> list[Case]:
    """Gives five people, eleven registrations, eight small tables of stays and four claims, by hand."""
    people = pd.DataFrame(_PEOPLE, columns=PERSON).astype("str")
    listed = pd.DataFrame(_LISTED, columns=LISTED).astype("str")
    two = listed[listed["facility"] != "H1"].reset_index(drop=True)
    eleven = {"added": 11, "linked": 5, "tokens": 7, "cells": {**_SEVEN, "H1": 3}}
    six = {"added": 6, "linked": 4, "tokens": 4, "cells": {"H2": 1, "H2 H3": 2, "H3": 1}}
    return [
        Case("make_tokens", "five people", (people, _KEY), expected=_TOKENS),
        Case("count_people", "eleven registrations", (listed, 2), expected=eleven),
        Case("count_people", "the six of two hospitals", (two, 1), expected=six),
        *(_small_stays(name) for name in _STAYS),
        *_small_claims(),
    ]


def _small_stays(name: str) -> Case:
    stays = pd.DataFrame(_STAYS[name], columns=STAY)
    for column in ("admitted_at", "discharged_at"):
        stays[column] = pd.to_datetime("2025-" + stays[column] + ":00", format="%Y-%m-%d %H:%M")
    stays = stays.astype(dict.fromkeys([*LISTED, "admission", "discharged_to"], "str"))
    figures = [{"discharges": left, "returns": came, "rate": came / left} for left, came in _RETURNS[name]]
    return Case("readmissions", name, (stays,), expected=dict(zip(WAYS, figures, strict=True)))


def _small_claims() -> list[Case]:
    half = {"checked": 100, "same": 50}
    people = {"estimate": 100.0, "low": 72.2814, "high": 127.7186}
    whole = {"checked": 100, "same": 100}
    sure = {"estimate": 150.0, "low": 150.0, "high": 150.0}
    returns = {"estimate": 80.0, "low": 70.398, "high": 89.602}
    told: tuple[tuple[str, tuple[int, int, dict[str, int], int], dict[str, float], str], ...] = (
        ("people: the hospitals' sum", (200, 150, half, 200), people, "too high"),
        ("people: one hundred", (200, 150, half, 100), people, "possible"),
        ("people: no pair is missed", (200, 150, whole, 150), sure, "possible"),
        ("returns: seen from one hospital", (60, 70, half, 60), returns, "too low"),
    )
    return [
        Case("judge_claim", name, args, expected={**figures, "claim": claim})
        for name, args, figures, claim in told
    ]


# ---- The district ------------------------------------------------------------------------------------


def district(world: World) -> list[Case]:
    """Gives the people of two hospitals, the diabetics and the stays of all three, and ten claims."""
    known = world.truth is not None
    patients = _patients(world)
    ill, stays = _diabetics(world, patients), _stays(world, patients)
    second = patients[patients["facility"] == "H2"][PERSON].reset_index(drop=True)
    third = patients[patients["facility"] == "H3"][PERSON].reset_index(drop=True)
    other = widened(renamed(shuffled(third, "3.7"), {"number": new_ids(third["number"], "Q")}))
    moved = _renamed(ill[ill["facility"] != "H3"])
    return [
        _case("make_tokens", "the second hospital", "district", (second, _secret("one")), known),
        _case("make_tokens", "the third hospital, another key", "variant", (other, _secret("two")), known),
        _case("count_people", "three hospitals", "district", (ill, LEAST), known),
        _case("count_people", "two hospitals, renamed", "variant", (moved, LEAST), known),
        _case("readmissions", "three hospitals", "district", (stays,), known),
        _case("readmissions", "shuffled, renamed", "variant", (_renamed(stays),), known),
        *_claims(ill, known),
    ]


def _case(function: str, name: str, kind: Kind, args: tuple[Any, ...], known: bool) -> Case:
    return Case(function, name, args, kind, REFERENCE if known else None)


def _secret(name: str) -> str:
    return derive(PUBLIC_KEY, "3.7", name).hex()


def _patients(world: World) -> pd.DataFrame:
    """Returns every registration with its keys, its token and the person it is linked to."""
    parts = [
        world.tables[f"{prefix}his_patients"].rename(columns={"mrn": "number"}).assign(facility=hospital)
        for hospital, prefix in HOSPITALS.items()
    ]
    told = pd.concat(parts, ignore_index=True)
    keys = [told[column].fillna("").map(normalise) for column in ("given_name", "family_name")]
    names = [" ".join(sorted(part for part in both if part)) for both in zip(*keys, strict=True)]
    told["name"] = pd.Series(names, dtype="str")
    told["token"] = pd.Series([_token(*one) for one in told[PERSON[1:]].itertuples(index=False)], dtype="str")
    borne = told.groupby("verified_id")["number"].transform("size")
    told["person"] = _linked([told["verified_id"].where(borne <= FEW), told["token"]])
    return told


def _token(*parts: Any) -> str | None:
    whole = all(isinstance(part, str) and part for part in parts)
    return derive(PUBLIC_KEY, "token", *parts).hex() if whole else None


def _linked(columns: Sequence["pd.Series[str]"]) -> "pd.Series[str]":
    """Gives rows one number if they agree in a column, or both agree with a third row."""
    of = list(range(len(columns[0])))

    def first(row: int) -> int:
        while of[row] != row:
            row = of[row] = of[of[row]]
        return row

    for column in columns:
        seen: dict[str, int] = {}
        for row, value in enumerate(column):
            if isinstance(value, str):
                of[first(row)] = first(seen.setdefault(value, row))
    return pd.Series([f"L{first(row) + 1:05d}" for row in range(len(of))], dtype="str")


def _diabetics(world: World, patients: pd.DataFrame) -> pd.DataFrame:
    """Returns the registrations under which somebody was ever seen for diabetes."""
    visits = pd.concat(
        [world.tables[f"{prefix}his_encounters"][["mrn", "dx_code"]] for prefix in HOSPITALS.values()]
    )
    seen = visits.loc[visits["dx_code"].str.match("E1[0-4]", na=False), "mrn"]
    return patients.loc[patients["number"].isin(seen), LISTED].reset_index(drop=True)


def _stays(world: World, patients: pd.DataFrame) -> pd.DataFrame:
    parts = [
        world.tables[f"{prefix}bed_stays"].rename(columns={"mrn": "number"}).assign(facility=hospital)
        for hospital, prefix in HOSPITALS.items()
    ]
    stays = pd.concat(parts).merge(patients[LISTED], on=["facility", "number"])[STAY]
    # Where two people were linked, or kept on one chart, a stay may begin in another one: it is left out.
    order = stays.sort_values("admitted_at", kind="stable")
    before = order.groupby("person")["discharged_at"].transform(lambda ends: ends.cummax().shift())
    return order[~(order["admitted_at"] < before)].reset_index(drop=True)


def _renamed(table: pd.DataFrame) -> pd.DataFrame:
    """Returns a table in another order, with other hospitals, persons and tokens and one more column."""
    hospitals = {"H1": "W", "H2": "S", "H3": "N"}
    new = {column: new_ids(table[column], "Q") for column in ("person", "token")}
    return widened(renamed(shuffled(table, "3.7"), {"facility": hospitals, **new}))


def _claims(ill: pd.DataFrame, known: bool) -> list[Case]:
    """Gives ten claims about people and returns, with figures that follow the district's."""
    added, together = len(ill), int(ill["token"].nunique() + ill["token"].isna().sum())
    cases = []
    for k in range(10):
        checked = (100, 200, 400)[k % 3]
        sample = {"checked": checked, "same": round(checked * (0.62 + 0.02 * ((added + k) % 10)))}
        counts = (added, together) if k % 2 else (together, added)
        claim = round(counts[0] + (0.0, 1.0, 1.4, 1.35, 3.0)[k % 5] * (counts[1] - counts[0]))
        cases.append(_case("judge_claim", f"claim {k + 1}", "district", (*counts, sample, claim), known))
    return cases


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if not isinstance(value, dict):
        return f"{case.function}() must return a dictionary."
    return _FORMS[case.function](case, value)


def _tokens_form(case: Case, value: dict[str, Any]) -> str | None:
    if set(value) != set(case.args[0]["number"]):
        return "make_tokens() must return every number of the table, and no other."
    texts = all(token is None or isinstance(token, str) or token != token for token in value.values())
    return None if texts else "make_tokens(): a token is a text, or None."


def _count_form(case: Case, value: dict[str, Any]) -> str | None:
    if not all(is_whole(value.get(way)) for way in WAYS) or not isinstance(value.get("cells"), dict):
        return (
            'count_people() must return {"added": a number, "linked": a number, "tokens": a number, '
            '"cells": a dictionary}.'
        )
    if set(value["cells"]) != set(_sets(case)):
        return "count_people(): cells must name every set of hospitals that is possible, and no other."
    right = all(cell is None or is_whole(cell) for cell in value["cells"].values())
    return None if right else "count_people(): a cell is a whole number, or None."


def _sets(case: Case) -> list[str]:
    """Returns every set of hospitals, as their names in alphabetical order with blanks between."""
    names = sorted(set(case.args[0]["facility"]))
    return [" ".join(some) for size in range(len(names)) for some in combinations(names, size + 1)]


def _returns_form(case: Case, value: dict[str, Any]) -> str | None:
    for way in WAYS:
        told = value.get(way)
        told = told if isinstance(told, dict) else {}
        whole = all(is_whole(told.get(name)) for name in ("discharges", "returns"))
        if not whole or not is_number(told.get("rate")):
            return (
                'readmissions() must return {"discharges": a number, "returns": a number, "rate": a share} '
                f"for each of the three ways; {way} is not so."
            )
    return None


def _claim_form(case: Case, value: dict[str, Any]) -> str | None:
    right = all(is_number(value.get(name)) for name in ("estimate", "low", "high"))
    told = (
        'judge_claim() must return {"estimate": a number, "low": a number, "high": a number, '
        '"claim": "too low", "possible" or "too high"}.'
    )
    return None if right and value.get("claim") in CLAIMS else told


_FORMS: dict[str, Callable[[Case, dict[str, Any]], str | None]] = {
    "make_tokens": _tokens_form,
    "count_people": _count_form,
    "readmissions": _returns_form,
    "judge_claim": _claim_form,
}


# ---- Scores ------------------------------------------------------------------------------------------


def _made(case: Case, value: Any) -> float:
    """Scores the share of tokens that are right; nothing if none is made."""
    alike = [_same(value[number], token) for number, token in case.expected.items()]
    found = any(isinstance(token, str) for token in value.values())
    return ramp(sum(alike) / len(alike), zero_at=0.8, full_at=1.0) if found else 0.0


def _same(got: Any, wanted: str | None) -> bool:
    return got == wanted if isinstance(got, str) else wanted is None


def _counted(case: Case, value: Any) -> float:
    """Scores the two counts over all hospitals; nothing if not even the sum of what they report is right."""
    right = [bool(value[way] == case.expected[way]) for way in WAYS]
    return sum(right[1:]) / 2 if right[0] else 0.0


def _cells(case: Case, value: Any) -> float:
    """Share of cells that are right; nothing if a small one is told, or none is."""
    cells, wanted = value["cells"], case.expected["cells"]
    told = [number for number in cells.values() if number is not None]
    if not told or min(told) < case.args[1]:
        return 0.0
    return sum(bool(cells[name] == wanted[name]) for name in wanted) / len(wanted)


def _counted_and_told(case: Case, value: Any) -> float:
    return (_counted(case, value) + _cells(case, value)) / 2


def _returned(*ways: str) -> Callable[[Case, Any], float]:
    """Scores some ways: a quarter each for discharges and returns, half for the rate."""

    def score(case: Case, value: Any) -> float:
        parts = []
        for way in ways:
            got, wanted = value[way], case.expected[way]
            parts += [bool(got[name] == wanted[name]) for name in ("discharges", "returns")]
            parts += 2 * [close(got["rate"], wanted["rate"], NEAR)]
        return sum(parts) / len(parts)

    return score


def _claimed(case: Case, value: Any) -> float:
    wanted = case.expected
    parts = [close(value[name], wanted[name], 0.01) for name in ("estimate", "low", "high")]
    parts.append(value["claim"] == wanted["claim"])
    return sum(parts) / len(parts) if parts[0] else 0.0


# ---- Misconceptions ----------------------------------------------------------------------------------


def _plain_hash(case: Case, value: Any) -> bool:
    """Whether a token follows from name, date of birth and sex alone."""
    for number, *parts in case.args[0][PERSON].itertuples(index=False):
        token = value[number]
        if isinstance(token, str) and all(isinstance(part, str) for part in parts):
            texts = [between.join(parts).encode() for between in ("|", "", " ", "-", "_", ",", ";")]
            if any(_digest(text, name).startswith(token) for text in texts for name in _PLAIN if token):
                return True
    return False


_PLAIN = ("sha256", "sha1", "md5", "sha512")


def _digest(text: bytes, algorithm: str) -> str:
    return hashlib.new(algorithm, text).hexdigest()


def _silos_added(case: Case, value: Any) -> bool:
    """Whether somebody known to two hospitals was counted twice although the list tells who it is."""
    listed = case.args[0]
    blank = int(listed["token"].isna().sum())
    sums = {
        "linked": len(listed[["facility", "person"]].drop_duplicates()),
        "tokens": len(listed.dropna(subset=["token"])[["facility", "token"]].drop_duplicates()) + blank,
    }
    sums = {way: number for way, number in sums.items() if number > case.expected[way]}
    return any(value[way] in (number, len(listed)) for way, number in sums.items())


def _one_hospital(case: Case, value: Any) -> bool:
    """Whether hardly more returns were found together than each hospital sees by itself."""
    alone = case.expected["added"]["returns"]
    gains = {way: case.expected[way]["returns"] - alone for way in WAYS[1:]}
    each_is_right = _returned("added")(case, value) == 1
    return each_is_right and any(
        gain > 0 and alone - 1 < value[way]["returns"] < alone + 0.25 * gain for way, gain in gains.items()
    )


def _mean_of_means(case: Case, value: Any) -> bool:
    """Whether a rate is not the returns over the discharges, though both are right."""
    got, wanted = value["added"], case.expected["added"]
    right = all(got[name] == wanted[name] for name in ("discharges", "returns"))
    return right and 0 < got["rate"] < 1 and not close(got["rate"], wanted["rate"], NEAR)


def _all_there_is(case: Case, value: Any) -> bool:
    """Whether what was linked was taken for all that there is to link."""
    together = case.args[1]
    return close(value["estimate"], together, NEAR) and not close(case.expected["estimate"], together, NEAR)


def _check(
    name: str, title: str, points: float, function: str, score: Callable[[Case, Any], float], expected: str
) -> Check:
    """Makes a check; one whose name ends in `example` looks at the small examples alone."""
    kinds: tuple[Kind, ...] = ("fixture",) if name.endswith("example") else ("district", "variant")
    return Check(f"3.7.{name}", title, points, function, score, kinds, expected=expected)


_TOLD = "Estimate, both ends of the range, and what they say of the claim."

SILOS = Task(
    id="3.7",
    title="Counting across silos",
    functions=("make_tokens", "count_people", "readmissions", "judge_claim"),
    checks=(
        _check("token_example", "The example people", 0.5, "make_tokens", _made,
               "The five tokens; 0 if one in five is wrong."),
        _check("tokens", "Tokens of two hospitals", 1.5, "make_tokens", _made,
               "A token for everybody of whom all three parts are known."),
        _check("count_example", "The example registrations", 0.5, "count_people", _counted_and_told,
               "Three counts, and every cell or None."),
        _check("count", "People with diabetes, three ways", 1.5, "count_people", _counted,
               "Added, linked and by tokens, each exact."),
        _check("cells", "Who is known where", 1.0, "count_people", _cells,
               "Every set of hospitals; None below the least number, 0 if a small one is told."),
        _check("return_example", "The example stays", 1.0, "readmissions", _returned(*WAYS),
               "Discharges, returns and rate, three ways, for each of the eight small tables."),
        _check("added", "Returns as each hospital sees them", 1.0, "readmissions", _returned("added"),
               "Discharges, returns and the rate of all together."),
        _check("linked", "Returns by linked persons", 1.0, "readmissions", _returned("linked"),
               "Discharges, returns and rate."),
        _check("by_tokens", "Returns by tokens", 1.0, "readmissions", _returned("tokens"),
               "Discharges, returns and rate."),
        _check("claim_example", "The example claims", 1.0, "judge_claim", _claimed, _TOLD),
        _check("claim", "Other claims", 2.0, "judge_claim", _claimed, _TOLD),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC210", "make_tokens", _plain_hash),
        Symptom("MC48", "count_people", _silos_added),
        Symptom("MC53", "readmissions", _one_hospital),
        Symptom("MC49", "readmissions", _mean_of_means),
        Symptom("MC211", "judge_claim", _all_there_is),
    ),
    hints=(
        "Take the small tables one by one and draw each person's stays on a line. Which discharge does each "
        "return belong to?",
        "All three ways are one and the same counting; they differ only in what tells you that two rows are "
        "one person. Give every row such an id first, also the rows without a token.",
        "Sort by id and begin, join what begins within 24 hours of the end before, then hold every live "
        "discharge against every unplanned stay of the same id. For the range write the two parts under "
        "the root down one by one.",
    ),
)  # fmt: skip
