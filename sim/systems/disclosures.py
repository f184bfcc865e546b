"""Who asked the large hospital for which data, on what basis, and what its policies say."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from sim.exchange.facade.consent import consent_state
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

DISCLOSURE_REQUESTS = Table(
    "disclosure_requests",
    "A request for data about one patient, of every kind that task 3.8 knows. What has to be decided is "
    "whether the data may be given on the day of the request.",
    "request_id",
    (
        Column("request_id", "text", 'Number of the request, "Q" and three digits; carries no order'),
        Column("asked_on", "text", "Day of the request, YYYY-MM-DD"),
        Column("mrn", "text", "Record number of the patient"),
        Column("jurisdiction", "text", "Law that the recipient is under: HIPAA, GDPR or PIPL"),
        Column(
            "basis",
            "text",
            "Basis that the recipient names: treatment, operations, public_health, "
            "required_by_law or consent",
        ),
        Column("purpose", "text", "What the data are wanted for"),
        Column("recipient", "text", "Who wants them"),
        Column("data", "text", "What is wanted: record, claims, case_report or psychotherapy_notes"),
        Column("emergency", "flag", "Whether the patient is in danger and cannot be asked"),
    ),
)

POLICIES = Path(__file__).parents[1] / "policies.yaml"

JURISDICTIONS = ("HIPAA", "GDPR", "PIPL")

NOTES = "psychotherapy_notes"

COLUMNS = ["request_id", "release", "reason", "minimum"]


@dataclass(frozen=True)
class Kind:
    """A kind of request.

    Attributes:
        basis: Basis that is named.
        purpose: Purpose that is named.
        recipient: Who asks.
        data: What is wanted.
        state: What the patient's consent for this purpose and recipient is on that day: "holds", "none",
            "refused", "revoked" (before that day) or "later" (revoked after it).
        emergency: Whether the patient is in danger.
    """

    basis: str
    purpose: str
    recipient: str
    data: str = "record"
    state: str = "none"
    emergency: bool = False


KINDS = (
    Kind("treatment", "treatment", "second_hospital"),
    Kind("treatment", "treatment", "second_hospital", state="refused"),
    Kind("treatment", "treatment", "second_hospital", state="holds"),
    Kind("treatment", "treatment", "second_hospital", NOTES),
    Kind("treatment", "treatment", "second_hospital", NOTES, "holds"),
    Kind("treatment", "treatment", "second_hospital", emergency=True),
    Kind("treatment", "treatment", "second_hospital", NOTES, emergency=True),
    Kind("treatment", "research", "university"),
    Kind("operations", "payment", "insurer", "claims"),
    Kind("operations", "payment", "insurer", "claims", "holds"),
    Kind("operations", "payment", "insurer", "claims", "revoked"),
    Kind("operations", "quality_review", "university", state="holds"),
    Kind("operations", "marketing", "drug_company", state="none"),
    Kind("operations", "payment", "insurer", NOTES),
    Kind("public_health", "notification", "registry", "case_report"),
    Kind("public_health", "vaccination_register", "registry", "record"),
    Kind("public_health", "notification", "registry", NOTES),
    Kind("public_health", "research", "university"),
    Kind("required_by_law", "court_order", "court"),
    Kind("required_by_law", "injury_report", "police", "case_report"),
    Kind("required_by_law", "court_order", "court", NOTES),
    Kind("required_by_law", "marketing", "drug_company"),
    Kind("consent", "research", "university", state="holds"),
    Kind("consent", "research", "university", state="revoked"),
    Kind("consent", "research", "university", state="later"),
    Kind("consent", "research", "drug_company", state="refused"),
    Kind("consent", "home_monitoring", "device_maker", state="none"),
    Kind("consent", "payment", "insurer", state="holds"),
    Kind("consent", "research", "university", NOTES, "holds"),
)
"""Kinds of requests; each is made under every law."""


@cache
def policies() -> dict[str, Any]:
    """Reads sim/policies.yaml."""
    content: dict[str, Any] = yaml.safe_load(POLICIES.read_text(encoding="utf-8"))
    return content


def decide(request: Mapping[str, Any], state: str, rules: Mapping[str, Any]) -> tuple[bool, str, bool]:
    """Decides a request by the policies.

    Args:
        request: A row of `disclosure_requests`.
        state: What the consent for its purpose and recipient is on that day, see `consent_state`.
        rules: The content of `policies.yaml`.

    Returns:
        Whether the data may be given; why or why not ("allowed", "emergency", "no_rule", "wrong_purpose",
        "notes", or the state of a consent that is needed); whether no more than the purpose needs.
    """
    found = [
        rule
        for rule in rules["rules"]
        if rule["jurisdiction"] == request["jurisdiction"] and rule["basis"] == request["basis"]
    ]
    if not found:
        return False, "no_rule", False
    (rule,) = found
    if request["purpose"] not in rule["purposes"]:
        return False, "wrong_purpose", False
    minimum = bool(rule["minimum"])
    notes = request["data"] == rules["notes"] and rule["basis"] != "required_by_law"
    if state == "holds" or not (rule["consent"] or notes):
        return True, "allowed", minimum
    if rule["emergency"] and request["emergency"]:
        return True, "emergency", minimum
    return False, "notes" if notes else state, False


def ask(setting: Setting) -> dict[str, pd.DataFrame]:
    """Makes requests of every kind under every law.

    Returns:
        A working table of `disclosure_requests` with `_person`.
    """
    rng = setting.stream("disclosure requests")
    patients, forms = setting.tables["his_patients"], setting.tables["consents"]
    living = patients.loc[patients["deceased_on"].isna(), ["mrn", "_person"]]
    person = living.set_index("mrn")["_person"]
    today = setting.today.to_datetime64().astype("datetime64[D]")
    forms = forms[forms["mrn"].isin(living["mrn"])]
    numbers, rows = living["mrn"].tolist(), []
    for kind in KINDS:
        candidates = _candidates(kind, forms, numbers)
        for law in JURISDICTIONS:
            mrn, day = _about(candidates, today, rng)
            rows.append((day, mrn, law, kind.basis, kind.purpose, kind.recipient, kind.data, kind.emergency))
    columns = [column.name for column in DISCLOSURE_REQUESTS.columns[1:]]
    table = pd.DataFrame(rows, columns=columns)
    drawn = rng.permutation(len(table)) + 101
    table = table.assign(request_id=[f"Q{number}" for number in drawn.tolist()])
    table["_person"] = table["mrn"].map(person)
    return {"disclosure_requests": table.sort_values("request_id", ignore_index=True)}


def _candidates(kind: Kind, forms: pd.DataFrame, living: list[str]) -> list[tuple[str, str, str]]:
    """Returns whom a kind may be about, and from when until when the consent is as the kind wants it.

    An empty day stands for the last year.
    """
    mine = forms[(forms["purpose"] == kind.purpose) & (forms["recipient"] == kind.recipient)]
    once = mine[~mine["mrn"].duplicated(keep=False)]
    asked = set(mine["mrn"])
    rows = zip(once["mrn"], once["decided"], once["given_on"], once["revoked_on"].fillna(""), strict=True)
    found = []
    for mrn, decided, given, revoked in rows:
        state = "refused" if decided == "deny" else "revoked" if revoked else "holds"
        if kind.state == state:
            found.append((mrn, revoked or given, ""))
        elif kind.state == "later" and state == "revoked":
            found.append((mrn, given, revoked))
    return found or [(mrn, "", "") for mrn in living if mrn not in asked]


def _about(
    candidates: list[tuple[str, str, str]], today: np.datetime64, rng: np.random.Generator
) -> tuple[str, str]:
    """Draws a patient and a day."""
    mrn, first, last = candidates[int(rng.integers(len(candidates)))]
    begin = np.datetime64(first) if first else today - 300
    end = np.datetime64(last) - 1 if last else today
    days = np.arange(begin, end + 1)
    return mrn, str(days[int(rng.integers(len(days)))])


def tell_decisions(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns what the policies say of each request: `request_decision`, with the columns `COLUMNS`."""
    forms = setting.tables["consents"]
    requests = tables["disclosure_requests"]
    asked = forms[forms["mrn"].isin(requests["mrn"])]
    answers: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for form in _rows(asked):
        answers.setdefault((form["mrn"], form["purpose"], form["recipient"]), []).append(form)
    told = []
    for request in _rows(requests):
        mine = answers.get((request["mrn"], request["purpose"], request["recipient"]), [])
        state = consent_state(mine, request["asked_on"])
        told.append((request["request_id"], *decide(request, state, policies())))
    return {"request_decision": pd.DataFrame(told, columns=COLUMNS)}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def _files(setting: Setting, tables: Tables) -> dict[str, bytes]:
    return {"policies.yaml": POLICIES.read_bytes().replace(b"\r\n", b"\n")}


RECORDERS = (
    Recorder(
        "governance",
        (DISCLOSURE_REQUESTS,),
        ask,
        reads=("his_patients", "consents"),
        files=_files,
        facts=tell_decisions,
    ),
)
