"""How the exchange says no: a status, a code of FHIR, and a sentence that says what to do about it."""

from typing import Any

from sim.exchange.facade.policies import Decision, Policies, Question

LONGEST = 300
"""Characters of a sentence that answers a client; whoever sends a book gets its beginning back at most."""


class Refusal(Exception):
    """A request that is not answered.

    Args:
        status: Status of HTTP.
        code: Kind of issue, as FHIR calls it (value set issue-type).
        text: What was wrong and what to do, in a sentence or two.
        headers: Further headers of the answer.
        reason: What the log keeps beside the code, such as the state of a consent.

    Example:
        >>> refusal = Refusal(404, "not-found", "There is no Patient/1 here.")
        >>> refusal.outcome()["issue"][0]["code"]
        'not-found'
    """

    def __init__(
        self,
        status: int,
        code: str,
        text: str,
        headers: dict[str, str] | None = None,
        reason: str | None = None,
    ) -> None:
        """Keeps what is said."""
        super().__init__(text)
        self.status, self.code, self.text = status, code, text
        self.headers, self.reason = headers or {}, reason or code

    def outcome(self) -> dict[str, Any]:
        """Returns the answer as an OperationOutcome."""
        return outcome("error", self.code, self.text)


def outcome(severity: str, code: str, text: str) -> dict[str, Any]:
    """Returns an OperationOutcome with one issue.

    Args:
        severity: "error", "warning" or "information".
        code: Kind of issue.
        text: What is said.
    """
    issue = {"severity": severity, "code": code, "diagnostics": readable(text)}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def readable(text: str) -> str:
    r"""Keeps a text short, and free of what FHIR does not allow in one.

    Example:
        >>> readable(" a\x00b ")
        'a?b'
    """
    marked = "".join(sign if sign.isprintable() else "?" for sign in text.strip())[:LONGEST]
    return marked or "?"


def bad(text: str, code: str = "invalid") -> Refusal:
    """Returns the refusal of a request that is malformed."""
    return Refusal(400, code, text)


def absent(kind: str, ident: str) -> Refusal:
    """Returns the refusal of what is not there."""
    return Refusal(404, "not-found", f"There is no {kind}/{ident} here.")


def forbidden(decision: Decision, question: Question, recipient: str, policies: Policies) -> Refusal:
    """Returns the refusal of what the rules do not allow, with what would have to be asked for.

    Whether a consent was never given, refused or revoked is the patient's business: the log keeps it, the
    answer does not tell.

    Args:
        decision: What the rules say.
        question: What they were asked.
        recipient: Who wants the data.
        policies: The rules.
    """
    law, basis, purpose = question.jurisdiction, question.basis, question.purpose
    if decision.reason == "no_rule":
        known = ", ".join(policies.bases)
        text = f"Nothing under {law} allows the basis '{basis}'. Bases that have a rule: {known}."
    elif decision.reason == "wrong_purpose":
        rule = policies.rule(law, basis)
        meant = ", ".join(rule["purposes"]) if rule else ""
        text = (
            f"Under {law} the basis '{basis}' does not cover the purpose '{purpose}'; it covers {meant}. "
            f"{_other(question, policies)}"
        )
    elif decision.reason == "notes":
        text = (
            f"Psychotherapy notes need the patient's consent for '{purpose}' by '{recipient}', whatever the "
            "basis; none holds today."
        )
    else:
        text = (
            f"Under {law} the basis '{basis}' needs the patient's consent for '{purpose}' by '{recipient}'; "
            "none holds today: it was never given, refused or revoked. Ask the patient, or name a basis that "
            "needs no consent if you really have one."
        )
    return Refusal(403, "forbidden", text, reason=decision.reason)


def _other(question: Question, policies: Policies) -> str:
    """Says under which basis the purpose would be allowed."""
    fitting = [
        rule["basis"]
        for rule in policies.rules["rules"]
        if rule["jurisdiction"] == question.jurisdiction and question.purpose in rule["purposes"]
    ]
    if not fitting:
        return "No basis covers that purpose."
    return f"'{question.purpose}' is covered by the basis '{fitting[0]}': ask for a token with it."
