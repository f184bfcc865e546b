"""The gate: what a token lets through, by scope, by the rules, by consent and by need."""

from dataclasses import dataclass

import numpy as np

from sim.exchange.facade.columns import Rows
from sim.exchange.facade.consent import Consents
from sim.exchange.facade.minimum import check_kind, trimmed
from sim.exchange.facade.parameters import DATA, IMPERSONAL
from sim.exchange.facade.policies import Decision, Policies, Question
from sim.exchange.facade.refusals import Refusal, forbidden
from sim.exchange.facade.shelves import Shelf
from sim.exchange.facade.tokens import Grant

STATES = ("holds", "none", "refused", "revoked")


@dataclass
class Gate:
    """Decides.

    Attributes:
        policies: The hospitals' rules.
        consents: The patients' answers.
        day: The day of the district, YYYY-MM-DD.
    """

    policies: Policies
    consents: Consents
    day: str

    def __post_init__(self) -> None:
        """Remembers nothing yet."""
        self._masks: dict[object, Rows] = {}

    def enter(self, grant: Grant, kind: str, right: str) -> bool:
        """Checks what holds for all patients: scope, rule, purpose, need.

        Args:
            grant: What the token allows.
            kind: Type of resource.
            right: "r" to read, "s" to search.

        Returns:
            Whether no more may be given than the purpose needs.

        Raises:
            Refusal: Whoever the patient is, the answer is no.
        """
        if (kind, right) not in grant.scopes:
            raise Refusal(
                403,
                "forbidden",
                f"The token has no scope for this; it needs system/{kind}.{right}.",
                {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="system/{kind}.{right}"'},
                reason="scope",
            )
        answers = [self.policies.decide(_question(grant, kind, state)) for state in STATES]
        given = [answer for answer in answers if answer.release]
        if not given:
            raise self.refusal(grant, kind, answers[0])
        if given[0].minimum:
            check_kind(kind, grant.purpose)
        return given[0].minimum

    def decide(self, grant: Grant, kind: str, patient: str) -> Decision:
        """Returns what the rules say about one patient's data."""
        state = self.consents.state(patient, grant.purpose, grant.recipient, self.day)
        return self.policies.decide(_question(grant, kind, state))

    def refusal(self, grant: Grant, kind: str, decision: Decision) -> Refusal:
        """Returns the refusal of what was decided against."""
        return forbidden(decision, _question(grant, kind, "none"), grant.recipient, self.policies)

    def picky(self, grant: Grant, kind: str) -> bool:
        """Says whether it depends on the patient."""
        if kind in IMPERSONAL:
            return False
        return len({self.policies.decide(_question(grant, kind, state)).release for state in STATES}) > 1

    def rows(self, grant: Grant, shelf: Shelf) -> Rows:
        """Returns which resources of a shelf may be given."""
        if not self.picky(grant, shelf.kind) or shelf.patients is None:
            return shelf.sound
        key = (
            shelf.kind,
            _question(grant, shelf.kind, ""),
            grant.recipient,
            self.consents.version,
            id(shelf),
        )
        if key not in self._masks:
            if len(self._masks) > 200:
                self._masks.clear()
            self._masks[key] = self._mask(grant, shelf)
        return self._masks[key]

    def _mask(self, grant: Grant, shelf: Shelf) -> Rows:
        assert shelf.patients is not None
        states = self.consents.states(grant.purpose, grant.recipient, self.day)
        release = {
            state: self.policies.decide(_question(grant, shelf.kind, state)).release for state in STATES
        }
        open_to: Rows = shelf.patients.fitting(lambda patient: release[states.get(patient, "none")])
        return np.logical_and(open_to, shelf.sound)

    @staticmethod
    def shown(kind: str, text: str, grant: Grant, minimum: bool) -> str:
        """Returns a resource as this client may see it."""
        return trimmed(kind, text, grant.purpose) if minimum else text


def _question(grant: Grant, kind: str, state: str) -> Question:
    data = DATA.get(kind, "record")
    return Question(grant.jurisdiction, grant.basis, grant.purpose, data, grant.emergency, state)
