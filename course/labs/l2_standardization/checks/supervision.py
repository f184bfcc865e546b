"""Task 2.7: what six facilities submit, four indicators with an interval, and whom to audit."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import yaml

from grading.compare import close, is_number, ramp
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

CELL = ("facility", "quarter")
COUNTS = ("events", "messages", "read", "agreed")
SHARES = ("coverage", "conformance", "timeliness", "agreement", "low", "high")
READ_BY_AUDIT = ("conformance", "timeliness", "read", "agreed")
LIMIT, ON_TIME = 0.7, 0.8

Key = tuple[str, str]


# ---- Cases -------------------------------------------------------------------------------------------

RULES = {
    "required": ["message_id", "facility", "event_id", "event_date", "sent_on", "code", "code_system"],
    "event_date": r"2025-\d\d-\d\d",
    "code_systems": [{"uri": "urn:example:icd", "codes": r"[A-Z]\d\d(\.\d)?"}],
    "deadline_days": 14,
}
_SENT = [
    # event, facility, day, code read again; then day sent, date sent, code sent, system sent (None: not sent)
    ("G1", "A", "2025-01-02", "E11.9", "2025-01-05", "2025-01-02", "E11.9", "urn:example:icd"),
    ("G2", "A", "2025-01-09", "I10", "2025-01-23", "2025-01-09", "I10", "urn:example:icd"),
    ("G3", "A", "2025-02-01", None, "2025-02-16", "2025-02-01", "J45.0", "urn:example:icd"),
    ("G4", "A", "2025-02-11", "N18.3", "2025-02-12", "11/02/2025", "N18.3", "urn:example:icd"),
    ("G5", "A", "2025-03-01", "E78.5", None),
    ("G6", "A", "2025-03-08", "J06.9", "2025-03-09", "2025-03-08", None, "urn:example:icd"),
    ("G7", "A", "2025-04-02", "I10", "2025-04-03", "2025-04-02", "I10", "urn:example:icd"),
    ("G8", "B", "2025-01-07", "E11.9", "2025-01-08", "2025-01-07", "R69.0", "urn:example:icd"),
    ("G9", "B", "2025-01-15", "K21.9", "2025-01-16", "2025-01-15", "R69.0", "urn:example:icd"),
    ("G10", "B", "2025-02-20", "I10", "2025-02-21", "2025-02-20", "I10", "urn:example:icd"),
    ("G11", "B", "2025-04-20", None, "2025-04-21", "2025-04-20", "I10", "urn:local:codes"),
]
_CARD = {
    # facility and quarter: events, messages, read, agreed; four shares, low, high
    ("A", "2025Q1"): (6, 5, 4, 3, 0.8333, 0.6, 0.8, 0.75, 0.3006, 0.9544),
    ("A", "2025Q2"): (1, 1, 1, 1, 1.0, 1.0, 1.0, 1.0, 0.2065, 1.0),
    ("B", "2025Q1"): (3, 3, 3, 1, 1.0, 1.0, 1.0, 0.3333, 0.0615, 0.7923),
    ("B", "2025Q2"): (1, 1, 0, 0, 1.0, 0.0, 1.0, math.nan, math.nan, math.nan),
}


def fixtures() -> list[Case]:
    """Gives eleven events with ten messages, and four scorecards to act on."""
    events = pd.DataFrame(
        [(e, f, "2025Q1" if day < "2025-04" else "2025Q2", day, code) for e, f, day, code, *_ in _SENT],
        columns=["event_id", "facility", "quarter", "event_date", "reread_code"],
    ).astype("str")
    sent = [row for row in _SENT if row[4] is not None]
    messages = pd.DataFrame(
        {
            "message_id": [f"S{number}" for number in range(1, len(sent) + 1)],
            "facility": [row[1] for row in sent],
            "event_id": [row[0] for row in sent],
            "event_date": [row[5] for row in sent],
            "sent_on": [row[4] for row in sent],
            "code": [row[6] for row in sent],
            "code_system": [row[7] for row in sent],
        }
    ).astype("str")
    told = pd.DataFrame([(*cell, *row) for cell, row in _CARD.items()], columns=[*CELL, *COUNTS, *SHARES])
    return [
        Case("scorecard", "eleven events", (events, messages, RULES), expected=told),
        *(_audit_case(name, *rest) for name, *rest in _AUDITS),
    ]


_AUDITS: tuple[
    tuple[str, dict[str, tuple[float, float, int, int]], str | None, list[str], list[str]], ...
] = (
    # conformance, timeliness, read, agreed; audit, unclear, remind
    (
        "one sends what means nothing",
        {"A": (1.0, 0.98, 160, 64), "B": (0.94, 0.97, 160, 150), "C": (0.93, 0.99, 40, 31)},
        "A",
        ["C"],
        [],
    ),
    (
        "a small one with a bad year",
        {"A": (0.95, 0.98, 160, 148), "B": (0.97, 0.99, 20, 14)},
        None,
        ["B"],
        [],
    ),
    ("a late one", {"A": (0.95, 0.4, 160, 150), "B": (0.93, ON_TIME, 160, 151)}, None, [], ["A"]),
    (
        "two, and the worse is the smaller",
        {"A": (1.0, 0.5, 200, 120), "B": (0.97, 0.9, 40, 22)},
        "A",
        [],
        ["A"],
    ),
)


def _audit_case(
    name: str,
    year: Mapping[str, tuple[float, float, int, int]],
    audit: str | None,
    unclear: list[str],
    remind: list[str],
) -> Case:
    """Builds a card of four quarters alike from a year's figures."""
    rows = [
        (facility, f"2025Q{number + 1}", valid, prompt, read // 4, agreed // 4 + (number < agreed % 4))
        for facility, (valid, prompt, read, agreed) in year.items()
        for number in range(4)
    ]
    card = pd.DataFrame(rows, columns=[*CELL, *READ_BY_AUDIT])
    told = {"audit": audit, "unclear": unclear, "remind": remind}
    return Case("audit", name, (card, LIMIT, ON_TIME), expected=told, truth={"small": []})


def district(world: World) -> list[Case]:
    """Gives a year's submissions, the same under other numbers, and cards with and without who games."""
    events, messages = world.tables["supervised_events"], world.tables["submissions"]
    messages = messages.drop(columns="quarter")
    rules = yaml.safe_load(world.files["submission_rules.yaml"].decode("utf-8"))
    known = world.truth is not None
    ids = {"event_id": new_ids(events["event_id"], "V"), "message_id": new_ids(messages["message_id"], "M")}
    numbers = {name: {"event_id": ids["event_id"]} for name in ("events", "messages")}
    numbers["messages"]["message_id"] = ids["message_id"]
    others = [
        widened(shuffled(renamed(table, numbers[name]), f"2.7 {name}"))
        for name, table in (("events", events), ("messages", messages))
    ]
    later = rules | {"deadline_days": 7}
    cases = [
        _card_case("a year of six facilities", "district", events, messages, rules, known),
        _card_case("other numbers, another deadline", "variant", *others, later, known),
    ]
    return [*cases, *_cards(world)] if known else cases


def _card_case(
    name: str, kind: Kind, events: pd.DataFrame, messages: pd.DataFrame, rules: Mapping[str, Any], known: bool
) -> Case:
    told = REFERENCE if known else None
    return Case("scorecard", name, (events, messages, dict(rules)), kind, told)


def _cards(world: World) -> list[Case]:
    """Gives the year's card, the same without the facility that games, and with other limits."""
    assert world.truth is not None
    roles = world.truth.facts["submission_roles"].set_index("submitter")["role"]
    small, culprit = ([str(f) for f in roles.index if roles[f] == role] for role in ("small", "games"))
    told = world.truth.facts["submission_indicators"].drop(columns="facility")
    told = told.rename(columns={"submitter": "facility"}).set_index(list(CELL))
    whole = told[["conformance", "timeliness"]].join(_reread(world)).reset_index()
    honest = whole[~whole["facility"].isin(culprit)].reset_index(drop=True)
    other = shuffled(whole, "2.7 card")
    facts = {"small": small}
    return [
        Case("audit", "the year", (whole, LIMIT, ON_TIME), "district", REFERENCE, facts),
        Case("audit", "the year without one", (honest, LIMIT, ON_TIME), "variant", REFERENCE, facts),
        Case("audit", "another order and limit", (other, 0.6, 0.3), "variant", REFERENCE, facts),
    ]


def _reread(world: World) -> pd.DataFrame:
    """Returns how many records of each cell were read again, and in how many the second code is the first."""
    both = world.tables["supervised_events"].dropna(subset=["reread_code"])
    both = both.merge(world.tables["submissions"][["event_id", "code"]], on="event_id")
    both["same"] = both["reread_code"].eq(both["code"])
    return both.groupby(list(CELL))["same"].agg(read="size", agreed="sum").astype("int64")


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "audit":
        right = isinstance(value, dict) and "audit" in value
        right = right and (value["audit"] is None or isinstance(value["audit"], str))
        right = right and all(isinstance(value.get(name), list) for name in ("unclear", "remind"))
        form = '{"audit": a facility or None, "unclear": [facilities], "remind": [facilities]}'
        return None if right else f"audit() must return {form}."
    columns = (*CELL, *COUNTS, *SHARES)
    if not isinstance(value, pd.DataFrame) or not set(columns) <= set(value.columns):
        return f"scorecard() must return a DataFrame with the columns {', '.join(columns)}."
    if value.duplicated(list(CELL)).any():
        return "scorecard() must return one row for each facility and quarter."
    cells = set(zip(case.args[0]["facility"], case.args[0]["quarter"], strict=True))
    if set(zip(value["facility"], value["quarter"], strict=True)) != cells:
        return "scorecard() must return every facility and quarter of the events, and no other."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _given(value: pd.DataFrame) -> dict[Key, dict[str, Any]]:
    rows = value[[*CELL, *COUNTS, *SHARES]].to_dict("records")
    return {(row["facility"], row["quarter"]): row for row in rows}


def _same(got: Any, wanted: float) -> bool:
    if math.isnan(wanted):
        return got is None or (isinstance(got, float) and math.isnan(got))
    return is_number(got) and close(got, wanted, 0.0005)


def _cells(*names: str) -> Callable[[Case, Any], float]:
    """Scores the share of cells in which every one of some columns is right."""

    def score(case: Case, value: Any) -> float:
        given, wanted = _given(value), _given(case.expected)
        right = [all(_same(given[cell][name], row[name]) for name in names) for cell, row in wanted.items()]
        return ramp(sum(right) / len(right), zero_at=0.4, full_at=1.0)

    return score


def _finds(case: Case, value: Any) -> float:
    """Scores whom to audit; a card that gives no cause must lead to nobody."""
    return float(value["audit"] == case.expected["audit"])


def _alike(case: Case, value: Any, name: str) -> bool:
    return sorted(value[name]) == sorted(case.expected[name])


def _spares(case: Case, value: Any) -> float:
    """Scores that the small facility is not accused, by an answer that accuses where there is cause."""
    cause = case.expected["audit"]
    named = value["audit"] is not None if cause else _alike(case, value, "unclear")
    return float(named and value["audit"] not in case.truth["small"])


def _acts(case: Case, value: Any) -> float:
    lists = sum(_alike(case, value, name) for name in ("unclear", "remind"))
    return (2 * _finds(case, value) + lists) / 4


# ---- Misconceptions ----------------------------------------------------------------------------------


def _accuses_by(measure: str) -> Callable[[Case, Any], bool]:
    """Asks whether the facility last by one measure is accused, and is last by no other."""

    def ask(case: Case, value: Any) -> bool:
        year = case.args[0].groupby("facility")
        last = {name: year[name].mean().idxmin() for name in ("conformance", "timeliness")}
        last["agreement"] = (year["agreed"].sum() / year["read"].sum()).idxmin()
        alone = [name for name, facility in last.items() if facility == value["audit"]] == [measure]
        return bool(alone and value["audit"] != case.expected["audit"])

    return ask


def _from_middle(case: Case, value: Any) -> bool:
    """Whether the interval is the one that lies evenly around the share."""
    given = _given(value)
    told = [
        given[cell] for cell, row in _given(case.expected).items() if row["read"] and 0 < row["agreement"] < 1
    ]
    return bool(told) and all(close(row["low"] + row["high"], 2 * row["agreement"], 1e-6) for row in told)


def _valid_is_agreed(case: Case, value: Any) -> bool:
    given = _given(value)
    told = [(given[cell]["agreement"], row) for cell, row in _given(case.expected).items() if row["read"]]
    alike = sum(_same(got, row["conformance"]) and not _same(got, row["agreement"]) for got, row in told)
    return alike > len(told) / 2


_EXACT = "Every cell exact to .0005."
_COLUMNS: tuple[tuple[str, str, float, tuple[str, ...]], ...] = (
    ("coverage", "Coverage", 2.0, ("events", "messages", "coverage")),
    ("conformance", "Conformance", 2.0, ("conformance",)),
    ("timeliness", "Timeliness", 2.0, ("timeliness",)),
    ("agreement", "Agreement", 2.0, ("read", "agreed", "agreement")),
    ("interval", "The interval", 2.0, ("low", "high")),
)

SUPERVISION = Task(
    id="2.7",
    title="Supervision and evaluation",
    functions=("scorecard", "audit"),
    checks=(
        Check(
            "2.7.example",
            "The eleven example events",
            2.0,
            "scorecard",
            _cells(*COUNTS, *SHARES),
            ("fixture",),
            expected=_EXACT,
        ),
        *(
            Check(f"2.7.{name}", title, points, "scorecard", _cells(*names), expected=_EXACT)
            for name, title, points, names in _COLUMNS
        ),
        Check(
            "2.7.audit_example",
            "The example cards",
            1.0,
            "audit",
            _acts,
            ("fixture",),
            expected="Whom to audit, who stays unclear, whom to remind.",
        ),
        Check(
            "2.7.audit",
            "Other cards",
            1.0,
            "audit",
            _acts,
            expected="Whom to audit, who stays unclear, whom to remind.",
        ),
        Check(
            "2.7.found",
            "The facility that games",
            1.0,
            "audit",
            _finds,
            combine="worst",
            expected="The facility whose whole interval lies below the limit; nobody where there is none.",
        ),
        Check(
            "2.7.spared",
            "The small honest facility",
            1.0,
            "audit",
            _spares,
            combine="worst",
            expected="A wide interval that reaches the limit accuses nobody.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC39", "scorecard", _valid_is_agreed),
        Symptom("MC196", "scorecard", _from_middle),
        Symptom("MC39", "audit", _accuses_by("conformance")),
        Symptom("MC123", "audit", _accuses_by("agreement")),
        Symptom("MC195", "audit", _accuses_by("timeliness")),
    ),
    hints=(
        "Fill one row of the card by hand from the eleven example events.",
        "Coverage asks for events, conformance for form, timeliness for days, agreement for meaning. Only "
        "the last looks at what a message says, and only for records that were read again.",
        "Join each event with its message. Count yes and no for each indicator in each cell. A facility is "
        "accused by the upper end of its interval over the year, never by its place in a ranking.",
    ),
)
