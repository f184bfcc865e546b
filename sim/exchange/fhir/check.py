"""Checks an export: is every resource valid, complete, named once, and every reference resolved?"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from sim.errors import HilabError
from sim.exchange.fhir.bulk import NEEDS, TYPES
from sim.exchange.fhir.schema import validator

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "Patient": ("identifier", "name", "gender", "extension", "birthDate"),
    "Encounter": ("status", "class", "type", "subject", "period"),
    "Condition": ("clinicalStatus", "verificationStatus", "category", "code", "subject", "encounter"),
    "MedicationRequest": (
        "status",
        "intent",
        "medicationCodeableConcept",
        "subject",
        "authoredOn",
        "requester",
    ),
    "Observation": ("status", "category", "code", "subject", "effectiveDateTime"),
    "Procedure": ("status", "code", "subject", "performedPeriod"),
    "Immunization": ("status", "vaccineCode", "patient", "occurrenceDateTime", "primarySource"),
    "AllergyIntolerance": ("clinicalStatus", "verificationStatus", "code", "patient"),
    "CarePlan": ("text", "status", "intent", "category", "subject"),
    "Device": ("type", "patient"),
    "ImagingStudy": ("status", "subject"),
    "SupplyDelivery": ("status", "patient", "suppliedItem"),
    "Coverage": ("status", "beneficiary", "relationship", "payor"),
    "Claim": ("status", "type", "use", "patient", "created", "provider", "priority", "insurance"),
    "ExplanationOfBenefit": (
        *("status", "type", "use", "patient", "created"),
        *("insurer", "provider", "outcome", "insurance"),
    ),
    "Organization": ("active", "name"),
    "Practitioner": ("identifier", "name"),
    "PractitionerRole": ("practitioner", "organization"),
}
"""Elements that must be there: US Core's (min 1, or must be supported in the older versions), and R4's
where US Core has no profile."""

_SHOWN = 10
"""Findings of a kind that are told in words."""


@dataclass
class Findings:
    """What a check found.

    Attributes:
        resources: Number of resources by type.
        rows: Number of table rows that they stand for, by table.
        invalid: How many the schema refuses.
        incomplete: How many lack a required element.
        repeated: How many carry an identity that another of their type has.
        dangling: How many references lead nowhere.
        words: The first findings, one sentence each.
    """

    resources: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    invalid: int = 0
    incomplete: int = 0
    repeated: int = 0
    dangling: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether there are resources and nothing is wrong with them."""
        return bool(self.resources) and not (
            self.invalid or self.incomplete or self.repeated or self.dangling
        )

    def tell(self, sentence: str) -> None:
        """Keeps a finding in words, if there are not yet many."""
        if len(self.words) < _SHOWN:
            self.words.append(sentence)


def check_bulk(folder: Path, progress: bool = False) -> Findings:
    """Checks all `*.ndjson` files of a folder.

    Args:
        folder: Folder of an export.
        progress: Show a bar.

    Raises:
        HilabError: If there is no such file, or a line is not JSON.
    """
    files = sorted(folder.glob("*.ndjson"))
    if not files:
        raise HilabError(f"{folder}: expected the files of a FHIR export (*.ndjson).")
    found = Findings()
    identities: dict[str, set[str]] = {kind: set() for kind in TYPES}
    for file in tqdm(files, desc="resources", disable=not progress):
        for line, resource in _read(file):
            _check_resource(resource, f"{file.name}, line {line}", identities, found)
    for file in tqdm(files, desc="references", disable=not progress):
        for line, resource in _read(file):
            for target in references(resource):
                kind, _, name = target.partition("/")
                if name not in identities.get(kind, ()):
                    found.dangling += 1
                    found.tell(f"{file.name}, line {line}: {target} is not in the export.")
    return found


def _read(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield number, json.loads(line)
            except ValueError:
                raise HilabError(f"{file}, line {number}: expected one JSON object.") from None


def _check_resource(
    resource: dict[str, Any], place: str, identities: dict[str, set[str]], found: Findings
) -> None:
    kind = resource.get("resourceType")
    if kind not in identities:
        found.invalid += 1
        found.tell(f"{place}: expected a resource type that we write, found {kind!r}.")
        return
    found.resources[kind] += 1
    found.rows[_table(resource)] += parts(resource)
    name = str(resource.get("id"))
    if name in identities[kind]:
        found.repeated += 1
        found.tell(f"{place}: the identity {name} stands twice.")
    identities[kind].add(name)
    error = next(validator(kind).iter_errors(resource), None)
    if error is not None:
        found.invalid += 1
        found.tell(f"{place}: {error.message} (at {'/'.join(map(str, error.instance_path)) or kind}).")
    absent = [element for element in REQUIRED[kind] if not resource.get(element)]
    absent = [element for element in absent if resource.get(element) is not True]
    if absent:
        found.incomplete += 1
        found.tell(f"{place}: {kind} without {', '.join(absent)}.")


def _table(resource: Mapping[str, Any]) -> str:
    """Returns the table whose rows a resource stands for."""
    kind = str(resource["resourceType"])
    if kind == "Organization" and "payer" in str(resource.get("identifier")):
        kind = "Payer"
    return "links" if kind == "PractitionerRole" else NEEDS[kind][0]


def parts(resource: Mapping[str, Any]) -> int:
    """Returns how many table rows a resource stands for.

    Example:
        >>> parts({"resourceType": "ImagingStudy", "series": [{"instance": [{}, {}]}]})
        2
    """
    kind = resource["resourceType"]
    if kind == "Observation" and "component" in resource:
        return sum("dataAbsentReason" not in each for each in resource["component"])
    if kind == "ImagingStudy":
        return sum(len(series.get("instance", ())) for series in resource.get("series", ()))
    if kind == "ExplanationOfBenefit":
        return len(resource.get("item", ())) + len(resource.get("adjudication", ()))
    return 1


def references(node: Any) -> Iterator[str]:
    """Yields every literal reference within a resource, for example "Patient/1"."""
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)
