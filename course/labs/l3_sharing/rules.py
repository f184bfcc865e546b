"""The three rules between which students of law and management decide in task 3.8."""

from typing import Any

from sim.systems.disclosures import policies

RIGHT = "C"

EXAMPLE = {
    "rule": "C",
    "requests": [
        {
            "law": "HIPAA",
            "basis": "treatment",
            "purpose": "treatment",
            "asked_on": "2024-04-02",
            "agreed_on": None,
            "revoked_on": None,
        },
        {
            "law": "GDPR",
            "basis": "consent",
            "purpose": "research",
            "asked_on": "2024-06-20",
            "agreed_on": "2024-02-01",
            "revoked_on": "2024-06-01",
        },
    ],
}
"""An answer that earns all points; the walk-through shows it."""

MADE_OF_IT = {
    "A": "It keeps the record from the emergency room, for the patient never signed anything.",
    "B": "It gives the record to the study nineteen days after the patient took her consent back.",
    "C": "It gives the record to the emergency room and keeps it from the study, as the table says.",
}


def _holds(request: dict[str, Any]) -> bool:
    """Whether the patient had agreed by that day, and had not taken it back."""
    agreed, revoked, day = request["agreed_on"], request["revoked_on"], request["asked_on"]
    return agreed is not None and agreed <= day and (revoked is None or day < revoked)


def _rule(request: dict[str, Any]) -> dict[str, Any] | None:
    """Finds the line of the table that covers the law, the basis and the purpose."""
    return next(
        (
            rule
            for rule in policies()["rules"]
            if (rule["jurisdiction"], rule["basis"]) == (request["law"], request["basis"])
            and request["purpose"] in rule["purposes"]
        ),
        None,
    )


def right_on(value: dict[str, Any]) -> dict[str, bool]:
    """Says which rules decide every request as the table of the district's rules does."""
    right = dict.fromkeys("ABC", True)
    for request in value["requests"]:
        holds, rule = _holds(request), _rule(request)
        lawful = rule is not None and (holds or not rule["consent"])
        for letter, given in (("A", holds), ("B", rule is not None), ("C", lawful)):
            right[letter] = right[letter] and given == lawful
    return right
