"""What patients have agreed to, refused and revoked, and what that comes to on a day."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Answer = dict[str, Any]
"""A row of `consents`: consent_id, mrn, purpose, recipient, decided, given_on, revoked_on."""


def consent_state(answers: Iterable[Mapping[str, Any]], day: str) -> str:
    """Returns what a patient's answers for one purpose and recipient come to on a day.

    Args:
        answers: Rows of `consents` of that patient, purpose and recipient.
        day: YYYY-MM-DD.

    Returns:
        "holds", "none", "refused" or "revoked"; the latest answer before the day or on it counts. A consent
        no longer holds on the day on which it is revoked.

    Example:
        >>> form = {"decided": "permit", "given_on": "2024-03-01", "revoked_on": "2024-05-01"}
        >>> [consent_state([form], day) for day in ("2024-02-29", "2024-04-30", "2024-05-01")]
        ['none', 'holds', 'revoked']
    """
    given = [answer for answer in answers if answer["given_on"] <= day]
    if not given:
        return "none"
    last = max(given, key=lambda answer: str(answer["given_on"]))
    if last["decided"] == "deny":
        return "refused"
    gone = isinstance(last["revoked_on"], str) and last["revoked_on"] <= day
    return "revoked" if gone else "holds"


class Consents:
    """The answers of all patients, by purpose and recipient.

    Args:
        answers: Rows of `consents`.

    Attributes:
        version: How often an answer has changed since; whoever remembers a decision compares it.

    Example:
        >>> form = {"mrn": "H1", "purpose": "research", "recipient": "university", "decided": "permit",
        ...         "given_on": "2024-03-01", "revoked_on": None}
        >>> book = Consents([form])
        >>> book.state("H1", "research", "university", "2025-01-01")
        'holds'
        >>> book.revoke("H1", "research", "university", "2025-01-01")
        1
        >>> book.state("H1", "research", "university", "2025-01-01")
        'revoked'
    """

    def __init__(self, answers: Iterable[Mapping[str, Any]] = ()) -> None:
        """Files the answers."""
        self.version = 0
        self._filed: dict[tuple[str, str], dict[str, list[Answer]]] = {}
        for answer in answers:
            asked = self._filed.setdefault((answer["purpose"], answer["recipient"]), {})
            asked.setdefault(answer["mrn"], []).append(dict(answer))

    def state(self, mrn: str, purpose: str, recipient: str, day: str) -> str:
        """Returns what a patient's answers come to on a day, see `consent_state`."""
        return consent_state(self._filed.get((purpose, recipient), {}).get(mrn, ()), day)

    def states(self, purpose: str, recipient: str, day: str) -> dict[str, str]:
        """Returns the same for every patient who was ever asked; the others have state "none"."""
        asked = self._filed.get((purpose, recipient), {})
        return {mrn: consent_state(answers, day) for mrn, answers in asked.items()}

    def answers(self) -> Iterator[Answer]:
        """Yields every answer as it stands now, in the order of the forms."""
        every = (answer for asked in self._filed.values() for answers in asked.values() for answer in answers)
        yield from sorted(every, key=lambda answer: str(answer["consent_id"]))

    def revoke(self, mrn: str, purpose: str, recipient: str, day: str) -> int:
        """Revokes from a day on whatever the patient agreed to; what was given before stays lawful.

        Returns:
            How many consents no longer hold.
        """
        answers = self._filed.get((purpose, recipient), {}).get(mrn, [])
        held = [each for each in answers if each["decided"] == "permit" and _after(each["revoked_on"], day)]
        for answer in held:
            answer["revoked_on"] = day
        self.version += bool(held)
        return len(held)


def _after(revoked_on: object, day: str) -> bool:
    """Says whether a consent is not yet revoked on a day."""
    return not isinstance(revoked_on, str) or revoked_on > day
