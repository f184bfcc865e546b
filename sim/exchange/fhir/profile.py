"""What the hospitals promise of a bundle beyond the schema of FHIR, and what is wrong where one breaks it.

The schema knows forms only. That a code system is one that somebody knows, that times have an offset where
they have an hour, and that references lead somewhere within the bundle, it does not see or says badly.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.exchange.fhir.check import references
from sim.exchange.fhir.schema import CHECKED, validator
from sim.exchange.fhir.systems import KNOWN, OWN

CODES = {
    "structure": "Not as the schema of FHIR R4 wants it",
    "code-invalid": "A code of a system that is not known",
    "not-found": "A reference that leads nowhere in the bundle",
}
"""Kinds of findings, as FHIR calls them (value set issue-type), and what we mean by them."""


LONGEST = 200
"""Characters of a refusal that are told; the schema's judge quotes what it refuses in full."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        code: Kind of finding, one of `CODES`.
        place: Where, as a FHIRPath such as "Bundle.entry[1].resource.class".
        text: What is wrong, in one sentence.
    """

    code: str
    place: str
    text: str


def check_bundle(text: str, systems: Collection[str] = OWN) -> list[Finding]:
    """Checks one bundle against the schema and the hospitals' promises.

    Args:
        text: The bundle as JSON.
        systems: Code systems that may be used besides those that everybody knows (`KNOWN`); by default those
            of the three hospitals.

    Returns:
        What is wrong; nothing where all is well. Where the form is wrong the first fault of each entry.
    """
    try:
        bundle = json.loads(text)
    except (ValueError, RecursionError):
        return [Finding("structure", "Bundle", "expected one JSON object")]
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        return [Finding("structure", "Bundle", "expected a resource of type Bundle")]
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        return [Finding("structure", "Bundle.entry", "expected a list of entries")]
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict) or not isinstance(entry.get("resource"), dict):
            return [
                Finding("structure", f"Bundle.entry[{number}]", "expected an entry that holds a resource")
            ]
    try:
        resources = [entry["resource"] for entry in entries]
        walked = _walk(bundle, "Bundle", {*KNOWN, *systems})
        return [*_form(bundle, resources), *walked, *_dangling(resources)]
    except (ValueError, RecursionError):
        return [Finding("structure", "Bundle", "expected fewer levels, one within another")]


def _form(bundle: Mapping[str, Any], resources: list[dict[str, Any]]) -> Iterator[Finding]:
    """Yields what the schema refuses: in the resources where they can be told, in the bundle where not."""
    if validator("Bundle").is_valid(bundle):
        return
    told = False
    for number, resource in enumerate(resources):
        kind = resource.get("resourceType")
        error = next(validator(kind).iter_errors(resource), None) if kind in CHECKED else None
        if error is not None:
            told = True
            yield _refusal(error, f"Bundle.entry[{number}].resource")
    if not told:
        yield _refusal(next(validator("Bundle").iter_errors(bundle)), "Bundle")


def _refusal(error: Any, place: str) -> Finding:
    """Returns what the schema refuses, and where."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
    return Finding("structure", place + path, str(error.message)[:LONGEST])


def _walk(node: Any, place: str, systems: Collection[str]) -> Iterator[Finding]:
    """Yields every coding and quantity whose system nobody knows, and every list within a list."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            if isinstance(each, list):
                # The schema accepts a list where an object belongs; FHIR has no lists of lists.
                yield Finding("structure", f"{place}[{number}]", "expected no list within a list")
            else:
                yield from _walk(each, f"{place}[{number}]", systems)
    if isinstance(node, dict):
        system = node.get("system")
        if "code" in node and isinstance(system, str) and system not in systems:
            yield Finding(
                "code-invalid", f"{place}.system", f"'{system}' is no code system that is known here"
            )
        for name, each in node.items():
            yield from _walk(each, f"{place}.{name}", systems)


def _dangling(resources: list[dict[str, Any]]) -> Iterator[Finding]:
    """Yields every reference to a resource that is not in the bundle."""
    names = {f"{each.get('resourceType')}/{each.get('id')}" for each in resources}
    for number, resource in enumerate(resources):
        for target in references(resource):
            if target not in names:
                place = f"Bundle.entry[{number}].resource"
                yield Finding("not-found", place, f"'{target}' is not in the bundle")


def outcome(findings: Collection[Finding]) -> dict[str, Any]:
    """Returns the answer that FHIR prescribes: an OperationOutcome with an issue for each finding.

    Example:
        >>> outcome([])["issue"]
        [{'severity': 'information', 'code': 'informational', 'diagnostics': 'All is well.'}]
    """
    issues = [
        {"severity": "error", "code": each.code, "diagnostics": each.text, "expression": [each.place]}
        for each in findings
    ]
    well = {"severity": "information", "code": "informational", "diagnostics": "All is well."}
    return {"resourceType": "OperationOutcome", "issue": issues or [well]}
