"""The hospitals' rules as Cedar policies, and the decisions that Cedar makes by them.

`sim/policies.yaml` says who may see what under which law. It is turned into Cedar's language here, so that
the exchange decides by what a reader of the rules reads. Every policy is named RULE.KIND, such as
"PIPL-treatment.none"; the names of those that decided tell why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

REASONS = ("allowed", "emergency", "no_rule", "wrong_purpose", "notes", "none", "refused", "revoked")
"""Why data are given or not; the last three are states of a consent that is needed."""


@dataclass(frozen=True)
class Decision:
    """What the rules say of a request.

    Attributes:
        release: Whether the data may be given.
        reason: Why or why not, one of `REASONS`.
        minimum: Whether no more may be given than the purpose needs.
    """

    release: bool
    reason: str
    minimum: bool


@dataclass(frozen=True)
class Question:
    """What the rules look at.

    Attributes:
        jurisdiction: Law that the recipient is under.
        basis: Legal basis that is named.
        purpose: What the data are wanted for.
        data: What is wanted: record, claims, case_report or psychotherapy_notes.
        emergency: Whether the patient is in danger and cannot be asked.
        consent: State of the patient's consent, see `sim.exchange.facade.consent`.
    """

    jurisdiction: str
    basis: str
    purpose: str
    data: str = "record"
    emergency: bool = False
    consent: str = "none"


def cedar(rules: Mapping[str, Any]) -> str:
    """Writes the rules in Cedar's language.

    Args:
        rules: The content of `policies.yaml`.
    """
    return "\n\n".join(text for rule in rules["rules"] for text in _policies(rule, str(rules["notes"])))


def rule_name(jurisdiction: str, basis: str) -> str:
    """Returns the name of a rule.

    Example:
        >>> rule_name("HIPAA", "public_health")
        'HIPAA-public_health'
    """
    return f"{jurisdiction}-{basis}"


def _policies(rule: Mapping[str, Any], notes: str) -> Iterator[str]:
    """Writes the policies of one rule: what it allows, and what it forbids although it would allow it."""
    name = rule_name(rule["jurisdiction"], rule["basis"])
    purposes = ", ".join(f'"{purpose}"' for purpose in rule["purposes"])
    mine = f'context.jurisdiction == "{rule["jurisdiction"]}" && context.basis == "{rule["basis"]}"'
    meant = f"{mine} && [{purposes}].contains(context.purpose)"
    held, note = 'context.consent == "holds"', f'context.data == "{notes}"'
    strict = rule["basis"] == "required_by_law"
    needed = "true" if rule["consent"] else "false" if strict else note
    rescued = "context.emergency" if rule["emergency"] else "false"
    yield _policy(f"{name}.allowed", "permit", f"{meant} && ({held} || !({needed}))")
    if rule["emergency"]:
        yield _policy(f"{name}.emergency", "permit", f"{meant} && {rescued} && !({held}) && ({needed})")
    yield _policy(f"{name}.wrong_purpose", "forbid", f"{mine} && ![{purposes}].contains(context.purpose)")
    lacking = f"{meant} && !({held}) && !({rescued})"
    if not strict:
        yield _policy(f"{name}.notes", "forbid", f"{lacking} && {note}")
    if rule["consent"]:
        other = "" if strict else f" && !({note})"
        for state in ("none", "refused", "revoked"):
            yield _policy(f"{name}.{state}", "forbid", f'{lacking}{other} && context.consent == "{state}"')


def _policy(name: str, effect: str, condition: str) -> str:
    scope = 'principal, action == Action::"disclose", resource'
    return f'@id("{name}")\n{effect} ({scope})\nwhen {{ {condition} }};'


class Policies:
    """Decides by the rules; Cedar is asked once for each question that differs.

    Args:
        rules: The content of `policies.yaml`.
    """

    def __init__(self, rules: Mapping[str, Any]) -> None:
        """Writes the policies; Cedar reads them when it is first asked."""
        self.rules = rules
        self.text = cedar(rules)
        self._minimum = {rule_name(rule["jurisdiction"], rule["basis"]): rule for rule in rules["rules"]}
        self._answers: dict[Question, Decision] = {}

    @property
    def jurisdictions(self) -> list[str]:
        """The laws that there are rules for."""
        return list(dict.fromkeys(rule["jurisdiction"] for rule in self.rules["rules"]))

    @property
    def bases(self) -> list[str]:
        """The legal bases that there are rules for."""
        return list(dict.fromkeys(rule["basis"] for rule in self.rules["rules"]))

    @property
    def purposes(self) -> list[str]:
        """The purposes that some rule names."""
        return list(dict.fromkeys(purpose for rule in self.rules["rules"] for purpose in rule["purposes"]))

    def rule(self, jurisdiction: str, basis: str) -> Mapping[str, Any] | None:
        """Returns the rule of a law for a basis, if there is one."""
        return self._minimum.get(rule_name(jurisdiction, basis))

    @cached_property
    def _read(self) -> Any:
        import cedarpy

        return cedarpy.PolicySet.from_str(self.text)

    def decide(self, question: Question) -> Decision:
        """Returns what the rules say; what no rule allows is refused."""
        answer = self._answers.get(question)
        if answer is None:
            answer = self._answers[question] = self._ask(question)
        return answer

    def _ask(self, question: Question) -> Decision:
        import cedarpy

        request = {
            "principal": {"type": "Client", "id": "client"},
            "action": {"type": "Action", "id": "disclose"},
            "resource": {"type": "Record", "id": "record"},
            "context": {
                "jurisdiction": question.jurisdiction,
                "basis": question.basis,
                "purpose": question.purpose,
                "data": question.data,
                "emergency": question.emergency,
                "consent": question.consent,
            },
        }
        answer = cedarpy.is_authorized(request, self._read, [])
        deciding = sorted(answer.diagnostics.id_annotations_by_reason.values())
        release = answer.decision == cedarpy.Decision.Allow
        reason = deciding[0].rpartition(".")[2] if deciding else "no_rule"
        rule = self.rule(question.jurisdiction, question.basis)
        return Decision(release, reason, bool(release and rule and rule["minimum"]))
