"""Task 3.8: what leaves the hospital, for whom, on what basis; a token for it; what a revocation changes."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from grading.compare import ramp
from grading.tasks import Case, Check, Kind, Symptom, Task, among
from grading.variants import new_ids, renamed, shuffled, widened
from sim.exchange.facade.consent import consent_state
from sim.exchange.facade.minimum import needs
from sim.exchange.facade.scopes import read_scopes, write_scopes
from sim.systems.disclosures import JURISDICTIONS, decide, policies
from sim.world import World

NOTES = "psychotherapy_notes"
LACKING = ("none", "refused", "revoked")
REASONS = ("allowed", "emergency", "no_rule", "wrong_purpose", "notes", *LACKING)
CUT = "minimum"
WORDS = ("untouched", "lawful", "unlawful", "stop")
RIGHTS = {"read": "r", "search": "s", "export": "rs"}
"""What a token must allow for each way of asking."""

PARTS = {
    "record": ("name", "birth_date", "phone", "address", "payer", "visit", "diagnosis"),
    "claims": ("name", "birth_date", "phone", "payer", "visit", "diagnosis"),
    "case_report": ("name", "birth_date", "phone", "address", "payer", "diagnosis"),
    NOTES: ("note",),
}
"""The fields of each part of a patient's file."""

NEEDS = {
    "treatment": ["name", "birth_date", "phone", "address", "visit", "diagnosis", "allergy", "note"],
    "payment": ["name", "birth_date", "payer", "visit", "diagnosis"],
    "quality_review": ["birth_date", "visit", "diagnosis"],
    "notification": ["name", "birth_date", "phone", "address", "diagnosis"],
    "vaccination_register": ["name", "birth_date"],
    "court_order": ["name", "birth_date", "address", "visit", "diagnosis", "note"],
    "injury_report": ["name", "birth_date", "address", "diagnosis"],
    "research": ["birth_date", "visit", "diagnosis", "note"],
    "marketing": ["name", "address"],
    "home_monitoring": ["name", "birth_date", "phone"],
}
"""The fields that each purpose needs."""

Request = dict[str, Any]
Policies = dict[str, Any]


# ---- Examples ----------------------------------------------------------------------------------------

_RECORDS = [
    ("R01", "H1", "record", "name", "Zoë Núñez"),
    ("R02", "H1", "record", "phone", "555-014-2290"),
    ("R03", "H1", "record", "payer", "County Health Plan"),
    ("R04", "H1", "record", "diagnosis", "Anaphylaxis"),
    ("R05", "H1", "record", "allergy", "Penicillin"),
    ("R06", "H2", "record", "name", "Paul Adams"),
    ("R07", "H2", "record", "diagnosis", "Type 2 diabetes"),
    ("R08", "H1", NOTES, "note", "Notes on the session of 4 March"),
    ("R09", "H1", "claims", "visit", "Emergency, 840.00"),
    ("R10", "H1", "claims", "phone", "555-014-2290"),
    ("R11", "H2", "record", "phone", "555-014-7781"),
]
_BASES = [
    ("H1", "research", "university", "permit", "2024-02-01", "2024-06-01"),
    ("H1", "treatment", "second_hospital", "deny", "2024-01-10", None),
    ("H1", "research", "drug_company", "permit", "2024-01-10", None),
    ("H2", "research", "university", "deny", "2024-01-05", None),
    ("H2", "research", "university", "permit", "2024-03-01", None),
    ("H2", "payment", "insurer", "permit", "2024-03-01", None),
]
_ASKED: list[tuple[str, str, str, tuple[str, ...], str, bool, str, str]] = [
    # day, patient, law, (basis, purpose, recipient, data), rows, minimum, reason, what it is
    ("2024-04-02", "H1", "HIPAA", ("treatment", "treatment", "second_hospital", "record"), "01 02 03 04 05",
     False, "allowed", "care, though she refused"),
    ("2024-04-02", "H1", "PIPL", ("treatment", "treatment", "second_hospital", "record"), "",
     False, "refused", "the same under another law"),
    ("2024-04-02", "H2", "GDPR", ("treatment", "treatment", "second_hospital", "record"), "06 07 11",
     True, "allowed", "care, and no more than it needs"),
    ("2024-04-02", "H1", "HIPAA", ("treatment", "treatment", "second_hospital", NOTES), "",
     False, "notes", "notes for care"),
    ("2024-04-02", "H1", "HIPAA", ("required_by_law", "court_order", "court", NOTES), "08",
     True, "allowed", "notes for the court"),
    ("2024-05-31", "H1", "GDPR", ("consent", "research", "university", "record"), "04",
     True, "allowed", "research on the day before the revocation"),
    ("2024-06-01", "H1", "GDPR", ("consent", "research", "university", "record"), "",
     False, "revoked", "research on the day of the revocation"),
    ("2024-02-20", "H2", "HIPAA", ("consent", "research", "university", "record"), "",
     False, "refused", "research before he changed his mind"),
    ("2024-03-02", "H2", "HIPAA", ("consent", "research", "university", "record"), "07",
     True, "allowed", "research after he changed his mind"),
    ("2024-04-02", "H2", "HIPAA", ("consent", "marketing", "drug_company", "record"), "",
     False, "none", "nobody asked him"),
    ("2024-04-02", "H2", "GDPR", ("consent", "payment", "insurer", "record"), "",
     False, "wrong_purpose", "agreed, and not what the basis covers"),
    ("2024-04-02", "H1", "STATE", ("treatment", "treatment", "second_hospital", "record"), "",
     False, "no_rule", "a law without a rule"),
]  # fmt: skip
_URGENT: list[tuple[str, str, str, tuple[str, ...], str, bool, str, str]] = [
    ("2024-04-02", "H2", "PIPL", ("treatment", "treatment", "second_hospital", "record"), "06 07 11",
     True, "emergency", "he cannot be asked"),
    ("2024-04-02", "H1", "PIPL", ("operations", "payment", "insurer", "claims"), "",
     False, "none", "an emergency, but the rule lets it not stand in"),
]  # fmt: skip

_ORDERS: list[tuple[tuple[str, str, str, list[str], str], tuple[str, str] | None, str]] = [
    # recipient, law, purpose, wants, does; basis and scope, or None; what it is
    (("university", "HIPAA", "research", ["Patient", "Condition"], "search"),
     ("consent", "system/Condition.s system/Patient.s"), "a search for research"),
    (("insurer", "PIPL", "payment", ["Claim"], "export"),
     ("operations", "system/Claim.rs"), "an export for payment"),
    (("university", "GDPR", "research", ["Condition", "Claim"], "export"),
     ("consent", "system/Condition.rs"), "claims, which research does not need"),
    (("second_hospital", "HIPAA", "treatment", ["AllergyIntolerance", "Claim"], "read"),
     ("treatment", "system/AllergyIntolerance.r system/Claim.r"), "care, whose rule does not cut down"),
    (("second_hospital", "GDPR", "treatment", ["Claim"], "read"), None, "nothing is left to ask for"),
    (("charity", "HIPAA", "fundraising", ["Patient"], "search"), None, "a purpose without a rule"),
]  # fmt: skip
ORDER = ("recipient", "jurisdiction", "purpose", "wants", "does")
TOKEN = ("basis", "purpose", "scope")

_LETTER = {"mrn": "H1", "purpose": "research", "recipient": "university", "revoked_on": "2024-06-01"}
_LOG = [
    # entry, day, purpose, recipient, needs_consent, given, word
    ("D1", "2024-03-15", "research", "university", True, True, "lawful"),
    ("D2", "2024-05-31", "research", "university", True, True, "lawful"),
    ("D3", "2024-06-01", "research", "university", True, True, "unlawful"),
    ("D4", "2024-06-20", "research", "university", True, False, "stop"),
    ("D5", "2024-06-20", "research", "drug_company", True, False, "untouched"),
    ("D6", "2024-06-03", "treatment", "second_hospital", False, True, "untouched"),
    ("D7", "2024-04-02", "marketing", "university", True, True, "untouched"),
]
_CARE = {"mrn": "H2", "purpose": "treatment", "recipient": "second_hospital", "revoked_on": "2024-05-10"}
_VISITS = [
    ("D1", "2024-05-09", "treatment", "second_hospital", True, True, "lawful"),
    ("D2", "2024-05-12", "treatment", "second_hospital", False, True, "untouched"),
    ("D3", "2024-05-30", "treatment", "second_hospital", False, False, "untouched"),
    ("D4", "2024-05-30", "treatment", "second_hospital", True, False, "stop"),
]

REQUEST = ("request_id", "asked_on", "mrn", "jurisdiction", "basis", "purpose", "recipient", "data")
ENTRY = ("entry", "day", "purpose", "recipient", "needs_consent", "given")
RECORDS = ["row_id", "mrn", "data", "field", "value"]
BASES = ["mrn", "purpose", "recipient", "decided", "given_on", "revoked_on"]


def fixtures() -> list[Case]:
    """Gives fourteen requests about two patients, six orders and two letters, all worked out by hand."""
    records = pd.DataFrame(_RECORDS, columns=RECORDS)
    bases = pd.DataFrame(_BASES, columns=BASES).astype("str")
    cases = []
    for number, asked in enumerate([*_ASKED, *_URGENT], start=101):
        day, mrn, law, wanted, rows, minimum, reason, name = asked
        request: Request = dict(zip(REQUEST, (f"Q{number}", day, mrn, law, *wanted), strict=True))
        request["emergency"] = asked in _URGENT
        reasons = [reason, CUT] if minimum else [reason]
        expected = {"rows": [f"R{row}" for row in rows.split()], "reasons": reasons}
        cases.append(Case("release", name, (request, records, bases, _rules()), expected=expected))
    for order, told, name in _ORDERS:
        token = None if told is None else {"basis": told[0], "purpose": order[2], "scope": told[1]}
        args = (dict(zip(ORDER, order, strict=True)), _rules())
        cases.append(Case("order_token", name, args, expected=token))
    for letter, log in ((_LETTER, _LOG), (_CARE, _VISITS)):
        words = {row[0]: row[-1] for row in log}
        entries = [dict(zip(ENTRY, row[:-1], strict=True)) for row in log]
        name = f"a letter about {letter['purpose']}"
        cases.append(Case("answer_letter", name, (letter, entries), expected=words))
    return cases


def _rules() -> Policies:
    """Returns the district's rules as the task tells them: without remarks, with what a purpose needs."""
    keys = ("jurisdiction", "basis", "purposes", "consent", "minimum", "emergency")
    found = policies()
    rules = [{key: rule[key] for key in keys} for rule in found["rules"]]
    return {
        "notes": found["notes"],
        "rules": rules,
        "needs": {purpose: list(fields) for purpose, fields in NEEDS.items()},
        "types": {purpose: list(needed["types"]) for purpose, needed in needs().items()},
    }


# ---- Cases of a district -----------------------------------------------------------------------------


def district(world: World) -> list[Case]:
    """Gives the district's requests, some of them changed or under other rules, and eight letters."""
    requests: list[Request] = [
        {str(name): value for name, value in row.items()}
        for row in world.tables["disclosure_requests"].to_dict("records")
    ]
    files = _files(world, [request["mrn"] for request in requests])
    forms = world.tables["consents"][BASES]
    cases: list[Case] = []
    for number, request in enumerate(requests):
        people = [requests[(number + step) % len(requests)]["mrn"] for step in (0, 1, 2)]
        records = files[files["mrn"].isin(people)]
        records = shuffled(records, f"3.8 {request['request_id']}")[RECORDS]
        bases = forms[forms["mrn"].isin(people)].reset_index(drop=True)
        cases += _of_request(request, records, bases)
    cases += _orders(len(forms)) + _letters(world)
    return cases if world.truth is not None else [replace(case, expected=None) for case in cases]


def _of_request(request: Request, records: pd.DataFrame, bases: pd.DataFrame) -> list[Case]:
    """Gives a request, the same with other ids and more consents, and under other rules if they matter."""
    situation = _situation(request, bases)
    case = _case("district", request, records, bases, _rules(), situation)
    cases = [case]
    if situation in ("consent", "revoked", "notes") or request["jurisdiction"] == "PIPL":
        cases.append(_changed(request, records, bases))
    other = _case("variant", request, records, bases, _other_rules(), "other rules")
    if other.expected != case.expected:
        cases.append(replace(other, truth={"remembered": case.expected}))
    return cases


def _situation(request: Request, bases: pd.DataFrame) -> str:
    if request["data"] == NOTES:
        return "notes"
    if request["basis"] != "consent":
        return "care" if request["basis"] == "treatment" else "duty"
    return "revoked" if _forms(request, bases)["revoked_on"].notna().any() else "consent"


def _case(
    kind: Kind,
    request: Request,
    records: pd.DataFrame,
    bases: pd.DataFrame,
    rules: Policies,
    situation: str,
) -> Case:
    expected = _answer(request, records, bases, rules)
    name = request["request_id"] if kind == "district" else f"{request['request_id']}, {situation}"
    return Case("release", name, (request, records, bases, rules), kind, expected, {}, situation)


def _changed(request: Request, records: pd.DataFrame, bases: pd.DataFrame) -> Case:
    """Returns the same request with other ids, and with consents that have nothing to do with it."""
    new = new_ids(records["mrn"], "Q")
    purpose, recipient = request["purpose"], request["recipient"]
    other = "marketing" if purpose != "marketing" else "home_monitoring"
    pairs = ((other, recipient), (purpose, "county_archive"), ("fundraising", "charity"))
    more = [(request["mrn"], *pair, "permit", "2023-01-02", None) for pair in pairs]
    told = pd.concat([bases, pd.DataFrame(more, columns=BASES).astype("str")], ignore_index=True)
    return _case(
        "variant",
        request | {"mrn": new[request["mrn"]]},
        widened(renamed(records, {"mrn": new})),
        renamed(shuffled(told, "3.8"), {"mrn": new}),
        _rules(),
        "other consents",
    )


def _other_rules() -> Policies:
    """Returns rules under which each law says what another one says today, and nothing on one basis."""
    turned = {"HIPAA": "GDPR", "GDPR": "PIPL", "PIPL": "HIPAA"}
    silent = {("PIPL", "public_health"), ("GDPR", "required_by_law"), ("HIPAA", "operations")}
    told = _rules()
    rules = [rule | {"jurisdiction": turned[rule["jurisdiction"]]} for rule in told["rules"]]
    return told | {
        "rules": [rule for rule in rules[::-1] if (rule["jurisdiction"], rule["basis"]) not in silent]
    }


def _answer(request: Request, records: pd.DataFrame, bases: pd.DataFrame, rules: Policies) -> dict[str, Any]:
    """Returns what the district's own exchange would do."""
    forms = _forms(request, bases).to_dict("records")
    state = consent_state(
        [{str(key): cell for key, cell in row.items()} for row in forms], request["asked_on"]
    )
    release, reason, minimum = decide(request, state, rules)
    if not release:
        return {"rows": [], "reasons": [reason]}
    mine = records[(records["mrn"] == request["mrn"]) & (records["data"] == request["data"])]
    if minimum:
        mine = mine[mine["field"].isin(rules["needs"][request["purpose"]])]
    return {"rows": sorted(mine["row_id"]), "reasons": [reason, CUT] if minimum else [reason]}


def _forms(request: Request, bases: pd.DataFrame) -> pd.DataFrame:
    """Returns what a patient has answered for the purpose and recipient of a request."""
    mine = bases[bases["mrn"] == request["mrn"]]
    about = (mine["purpose"] == request["purpose"]) & (mine["recipient"] == request["recipient"])
    return mine.loc[about]  # type: ignore[no-any-return]


def _files(world: World, numbers: list[str]) -> pd.DataFrame:
    """Returns what the large hospital holds of some patients: a row for each field of each part."""
    patients = world.tables["his_patients"].drop_duplicates("mrn").set_index("mrn")
    visits = world.tables["his_encounters"]
    visits = visits[visits["mrn"].isin(numbers)].sort_values("admitted_at")
    last = {str(mrn): rows.iloc[-1] for mrn, rows in visits.groupby("mrn")}
    rows = []
    for mrn in dict.fromkeys(numbers):
        person, visit = patients.loc[mrn], last.get(mrn)
        told = {
            "name": f"{person['given_name']} {person['family_name']}",
            "birth_date": person["birth_date"],
            "phone": person["phone"],
            "address": person["address"],
            "payer": None if visit is None else visit["payer"],
            "visit": None if visit is None else visit["admitted_at"],
            "diagnosis": None if visit is None else visit["dx_text"],
            "note": "Notes on a session",
        }
        for part, fields in PARTS.items():
            rows += [(mrn, part, field, _text(told[field])) for field in fields]
    table = pd.DataFrame(rows, columns=RECORDS[1:])
    table.insert(0, "row_id", [f"R{number}" for number in range(1001, 1001 + len(table))])
    return table


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "not told"


_ASKERS = (
    ("second_hospital", "treatment"),
    ("insurer", "payment"),
    ("university", "quality_review"),
    ("registry", "notification"),
    ("court", "court_order"),
    ("university", "research"),
    ("drug_company", "marketing"),
    ("charity", "fundraising"),
)
_TYPES = ("Patient", "Encounter", "Condition", "Observation", "MedicationDispense", "Claim")


def _orders(number: int) -> list[Case]:
    """Gives orders of every asker under every law, some under other rules; a district's number turns them."""
    cases = []
    for k, (recipient, purpose) in enumerate(_ASKERS * len(JURISDICTIONS)):
        law = JURISDICTIONS[(k // len(_ASKERS) + k) % len(JURISDICTIONS)]
        turned = _TYPES[(number + k) % len(_TYPES) :] + _TYPES[: (number + k) % len(_TYPES)]
        wants, does = list(turned[: 2 + k % 3]), list(RIGHTS)[(number + k) % 3]
        order = dict(zip(ORDER, (recipient, law, purpose, wants, does), strict=True))
        rules = _other_rules() if k % 4 == 3 else _rules()
        cases.append(Case("order_token", f"order {k + 1}", (order, rules), "district", _token(order, rules)))
    return cases


def _token(order: Mapping[str, Any], rules: Policies) -> dict[str, str] | None:
    """Returns what the token of an order has to say, or None."""
    law, purpose = order["jurisdiction"], order["purpose"]
    found = [one for one in rules["rules"] if one["jurisdiction"] == law and purpose in one["purposes"]]
    if not found:
        return None
    kinds = set(order["wants"])
    if found[0]["minimum"]:
        kinds &= set(rules["types"][purpose])
    scopes = frozenset((kind, right) for kind in kinds for right in RIGHTS[order["does"]])
    return {"basis": found[0]["basis"], "purpose": purpose, "scope": write_scopes(scopes)} if kinds else None


def _letters(world: World) -> list[Case]:
    """Gives letters of patients who revoked, each with what was and what is to be given away."""
    forms = world.tables["consents"].dropna(subset=["revoked_on"]).drop_duplicates("mrn")
    chosen = forms.iloc[:: max(1, len(forms) // 8)].head(8)
    cases = []
    for number, (_, form) in enumerate(chosen.iterrows()):
        letter = {key: str(form[key]) for key in ("mrn", "purpose", "recipient", "revoked_on")}
        entries = _entries(letter, number)
        expected = {entry["entry"]: _word(entry, letter) for entry in entries}
        cases.append(Case("answer_letter", f"letter {number + 1}", (letter, entries), "district", expected))
    return cases


def _entries(letter: Mapping[str, str], number: int) -> list[dict[str, Any]]:
    """Gives a log around the day of a letter; which entries there are differs from letter to letter."""
    purpose, recipient = letter["purpose"], letter["recipient"]
    other = "quality_review" if purpose != "quality_review" else "research"
    told = [
        (-40 - number, purpose, recipient, True, True),
        (-1, purpose, recipient, True, True),
        (0, purpose, recipient, True, True),
        (3 + number, purpose, recipient, True, True),
        (30, purpose, recipient, True, False),
        (31, purpose, recipient, False, False),
        (2, purpose, recipient, False, True),
        (-5, purpose, "county_archive", True, True),
        (25, other, recipient, True, False),
        (4, other, "county_archive", True, True),
    ]
    turned = told[number:] + told[:number]
    day = dt.date.fromisoformat(letter["revoked_on"])
    return [
        dict(zip(ENTRY, (f"D{place}", str(day + dt.timedelta(days=days)), *rest), strict=True))
        for place, (days, *rest) in enumerate(turned[: 8 + number % 3], start=1)
    ]


def _word(entry: Mapping[str, Any], letter: Mapping[str, str]) -> str:
    rests = entry["needs_consent"] and _same(entry, letter)
    later = entry["day"] >= letter["revoked_on"]
    return WORDS[0] if not rests else WORDS[1] if not later else WORDS[2 if entry["given"] else 3]


def _same(entry: Mapping[str, Any], letter: Mapping[str, str]) -> bool:
    return all(entry[key] == letter[key] for key in ("purpose", "recipient"))


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "answer_letter":
        entries = {entry["entry"] for entry in case.args[1]}
        if not isinstance(value, dict) or set(value) != entries:
            return "answer_letter() must return a dictionary with a word for every entry of the log."
        right = all(isinstance(word, str) and word in WORDS for word in value.values())
        return None if right else f"answer_letter(): each word must be one of {', '.join(WORDS)}."
    if case.function == "order_token":
        texts = isinstance(value, dict) and all(isinstance(value.get(name), str) for name in TOKEN)
        told = 'order_token() must return {"basis": a text, "purpose": a text, "scope": a text}, or None.'
        return None if value is None or texts else told
    lists = isinstance(value, dict) and all(_texts(value.get(name)) for name in ("rows", "reasons"))
    if not lists:
        return 'release() must return {"rows": a list of row_ids, "reasons": a list of reasons}.'
    if not value["reasons"] or not set(value["reasons"]) <= {*REASONS, CUT}:
        return f"release(): reasons must be one or two of {', '.join((*REASONS, CUT))}."
    if not set(value["rows"]) <= set(case.args[1]["row_id"]):
        return "release(): a row that is not among the records."
    return None


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


# ---- Scores ------------------------------------------------------------------------------------------


def _decided(case: Case, value: Any) -> float:
    """Full for the right rows with the right reasons; a quarter if rightly given, but not these rows."""
    wanted = case.expected
    if set(value["rows"]) == set(wanted["rows"]) and list(value["reasons"]) == wanted["reasons"]:
        return 1.0
    alike = _gave(value) == _gave(wanted) and value["reasons"][0] == wanted["reasons"][0]
    return 0.25 if alike else 0.0


def _gave(value: Any) -> bool:
    return bool(value["rows"])


def _ordered(case: Case, value: Any) -> float:
    """A third for basis and purpose, the rest for a scope that is exactly what is needed."""
    wanted = case.expected
    if wanted is None or value is None:
        return float(wanted is value)
    named = all(value[name] == wanted[name] for name in TOKEN[:2])
    return (named + 2 * (read_scopes(value["scope"]) == read_scopes(wanted["scope"]))) / 3


def _sorted_out(case: Case, value: Any) -> float:
    right = sum(value[entry] == word for entry, word in case.expected.items())
    return ramp(right / len(case.expected), zero_at=0.5, full_at=1.0)


# ---- Misconceptions ----------------------------------------------------------------------------------

Shows = Callable[[Request, dict[str, Any], dict[str, Any]], bool]


def _of_today(shows: Shows) -> Callable[[Case, Any], bool]:
    """Looks at a request, what is wanted and what came back, where the rules are the district's own."""

    def judge(case: Case, value: Any) -> bool:
        today = "remembered" not in case.truth
        return today and shows(case.args[0], case.expected, value)

    return judge


def _why(answer: dict[str, Any]) -> str:
    return str(answer["reasons"][0])


def _refused_for_consent(wanted: dict[str, Any], value: dict[str, Any]) -> bool:
    return _gave(wanted) and not _gave(value) and _why(value) in LACKING


def _consent_for_all(request: Request, wanted: dict[str, Any], value: dict[str, Any]) -> bool:
    """Whether a consent was wanted where none is needed, or taken where it does not help."""
    needless = request["basis"] not in ("treatment", "consent") and _refused_for_consent(wanted, value)
    enough = request["basis"] == "consent" and _why(wanted) == "wrong_purpose" and _gave(value)
    return needless or enough


def _basis_for_all(request: Request, wanted: dict[str, Any], value: dict[str, Any]) -> bool:
    return _why(wanted) == "wrong_purpose" and request["basis"] != "consent" and _gave(value)


def _agreed_to_other(case: Case, value: Any) -> bool:
    """Whether a consent to something else was taken for this one."""
    if case.situation != "other consents" or case.args[0]["basis"] != "consent":
        return False
    return _why(case.expected) in ("none", "refused") and _gave(value)


def _like_a_record(request: Request, wanted: dict[str, Any], value: dict[str, Any]) -> bool:
    return _why(wanted) == "notes" and _gave(value)


def _other_law(request: Request, wanted: dict[str, Any], value: dict[str, Any]) -> bool:
    """Whether care or payment was given as other laws give it, where this one wants a consent."""
    strict = request["jurisdiction"] == "PIPL" and request["basis"] in ("treatment", "operations")
    return strict and _why(wanted) in ("none", "refused") and _gave(value)


def _care_refused(request: Request, wanted: dict[str, Any], value: dict[str, Any]) -> bool:
    care = request["jurisdiction"] == "HIPAA" and request["basis"] == "treatment"
    return care and request["data"] != NOTES and _refused_for_consent(wanted, value)


def _care_cut(request: Request, wanted: dict[str, Any], value: dict[str, Any]) -> bool:
    care = request["jurisdiction"] == "HIPAA" and request["basis"] == "treatment"
    return care and _gave(value) and set(value["rows"]) < set(wanted["rows"])


def _revocation(case: Case, value: Any) -> bool:
    """Whether a later revocation undid a consent, or one of before was overlooked."""
    request, _, bases, _ = case.args
    if "remembered" in case.truth or request["basis"] != "consent":
        return False
    if _why(case.expected) == "revoked":
        return _gave(value)
    later = (_forms(request, bases)["revoked_on"] > request["asked_on"]).any()
    return bool(later and _gave(case.expected) and not _gave(value) and _why(value) == "revoked")


def _uncut(request: Request, wanted: dict[str, Any], value: dict[str, Any]) -> bool:
    return CUT in wanted["reasons"] and set(value["rows"]) > set(wanted["rows"])


def _given_by_default(case: Case, value: Any) -> bool:
    return case.kind == "fixture" and _why(case.expected) == "no_rule" and _gave(value)


def _remembered(case: Case, value: Any) -> bool:
    """Whether the answer is what the rules of today say, though the case has others."""
    old = case.truth.get("remembered")
    return old is not None and set(value["rows"]) == set(old["rows"]) and _why(value) == _why(old)


def _wider(case: Case, value: Any) -> bool:
    """Whether a token reaches types or ways of asking that nobody wanted."""
    if value is None:
        return False
    kinds = {kind for kind, _ in read_scopes(value["scope"])}
    wanted = read_scopes(case.expected["scope"]) if case.expected else frozenset()
    more = read_scopes(value["scope"]) > wanted and kinds == {kind for kind, _ in wanted}
    return bool(kinds - set(case.args[0]["wants"])) or more


def _unneeded(case: Case, value: Any) -> bool:
    """Whether a token reaches a type that somebody wants and the purpose does not need."""
    if value is None:
        return False
    kinds = {kind for kind, _ in read_scopes(value["scope"])}
    wanted = {kind for kind, _ in read_scopes(case.expected["scope"])} if case.expected else set()
    covered = any(case.args[0]["purpose"] in rule["purposes"] for rule in case.args[1]["rules"])
    return covered and bool((kinds - wanted) & set(case.args[0]["wants"]))


def _consent_named(case: Case, value: Any) -> bool:
    """Whether a consent was named as the basis where another one covers the purpose."""
    both = value is not None and case.expected is not None
    return both and value["basis"] == "consent" != case.expected["basis"]


def _letter_undoes(case: Case, value: Any) -> bool:
    """Whether what was given before was undone, or what comes after goes on."""
    pairs = [(word, value[entry]) for entry, word in case.expected.items()]
    return any(
        (wanted == "lawful" and got in ("unlawful", "stop"))
        or (wanted in ("unlawful", "stop") and got in ("lawful", "untouched"))
        for wanted, got in pairs
    )


def _letter_reaches(same: bool) -> Callable[[Case, Any], bool]:
    """Returns whether a letter changed what it is not about: other purposes, or what needs no consent."""

    def shows(case: Case, value: Any) -> bool:
        letter, log = case.args
        return any(
            case.expected[entry["entry"]] == WORDS[0] != value[entry["entry"]]
            and _same(entry, letter) is same
            for entry in log
        )

    return shows


GATE = Task(
    id="3.8",
    title="The exchange's gate",
    functions=("release", "order_token", "answer_letter"),
    checks=(
        Check(
            "3.8.example",
            "The example requests",
            1.0,
            "release",
            _decided,
            ("fixture",),
            expected="For each request the rows that may be given, and why or why not.",
        ),
        Check(
            "3.8.care",
            "Requests for treatment",
            1.75,
            "release",
            _decided,
            ("district",),
            expected="The rows and the reasons. To refuse wrongly costs as much as to give wrongly.",
            only=among("care"),
        ),
        Check(
            "3.8.duty",
            "Requests for operations, public health and by law",
            0.75,
            "release",
            _decided,
            ("district",),
            expected="The rows and the reasons.",
            only=among("duty"),
        ),
        Check(
            "3.8.consent",
            "Requests that rest on a consent",
            1.25,
            "release",
            _decided,
            ("district",),
            expected="The rows and the reasons, by what the patient had answered by that day.",
            only=among("consent"),
        ),
        Check(
            "3.8.revoked",
            "Consents that were revoked, before the request or after it",
            1.25,
            "release",
            _decided,
            ("district",),
            expected="The rows and the reasons, by what held on the day of the request.",
            only=among("revoked"),
        ),
        Check(
            "3.8.notes",
            "Psychotherapy notes",
            1.0,
            "release",
            _decided,
            ("district",),
            expected="The rows and the reasons.",
            only=among("notes"),
        ),
        Check(
            "3.8.other_consents",
            "Patients who also agreed to something else",
            1.0,
            "release",
            _decided,
            ("variant",),
            expected="The same as if they had not.",
            only=among("other consents"),
        ),
        Check(
            "3.8.other_rules",
            "Other rules than today's",
            1.0,
            "release",
            _decided,
            ("variant",),
            expected="What the rules say that come with the request.",
            only=among("other rules"),
        ),
        Check(
            "3.8.token_example",
            "The example orders",
            0.5,
            "order_token",
            _ordered,
            ("fixture",),
            expected="For each order basis, purpose and a scope of exactly what is needed, or None.",
        ),
        Check(
            "3.8.token",
            "Other orders",
            1.0,
            "order_token",
            _ordered,
            expected="For each order basis, purpose and a scope of exactly what is needed, or None.",
        ),
        Check(
            "3.8.letter_example",
            "The example letters",
            1.0,
            "answer_letter",
            _sorted_out,
            ("fixture",),
            expected="For every entry of the log what the letter changes; 0 if half of them are wrong.",
        ),
        Check(
            "3.8.letter",
            "Other letters",
            2.5,
            "answer_letter",
            _sorted_out,
            expected="For every entry of the log what the letter changes; 0 if half of them are wrong.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC224", "release", _of_today(_basis_for_all)),
        Symptom("MC220", "release", _agreed_to_other),
        Symptom("MC222", "release", _of_today(_like_a_record)),
        Symptom("MC56", "release", _of_today(_other_law)),
        Symptom("MC117", "release", _of_today(_consent_for_all)),
        Symptom("MC54", "release", _of_today(_care_refused)),
        Symptom("MC50", "release", _revocation),
        Symptom("MC55", "release", _of_today(_care_cut)),
        Symptom("MC221", "release", _of_today(_uncut)),
        Symptom("MC223", "release", _given_by_default),
        Symptom("MC225", "release", _remembered),
        Symptom("MC226", "order_token", _wider),
        Symptom("MC117", "order_token", _consent_named),
        Symptom("MC221", "order_token", _unneeded),
        Symptom("MC220", "answer_letter", _letter_reaches(False)),
        Symptom("MC117", "answer_letter", _letter_reaches(True)),
        Symptom("MC50", "answer_letter", _letter_undoes),
    ),
    hints=(
        "Take three of the example requests, and find with a finger on the rules the line that decides each.",
        "Go through the six questions in their order: a rule, its purpose, a consent that is needed, one "
        "that held on that day, an emergency, and how much may be given.",
        "Look up the consent first: same patient, purpose and recipient, the latest answer given by that "
        "day. Then find the rule of this law and basis. Cut down to the needed fields only where it says so.",
    ),
)
