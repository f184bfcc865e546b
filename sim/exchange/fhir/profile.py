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
from sim.exchange.fhir.systems import KNOWN

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


def check_bundle(text: str, systems: Collection[str] = ()) -> list[Finding]:
    """Checks one bundle against the schema and the hospitals' promises.

    Args:
        text: The bundle as JSON.
        systems: Code systems that may be used besides those that everybody knows (`KNOWN`).

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
    parts = entries if isinstance(entries, list) else []
    try:
        return [*_form(bundle, parts), *_unknown(bundle, "Bundle", {*KNOWN, *systems}), *_dangling(parts)]
    except (ValueError, RecursionError):
        return [Finding("structure", "Bundle", "expected fewer levels, one within another")]


def _form(bundle: Mapping[str, Any], entries: list[Any]) -> Iterator[Finding]:
    """Yields what the schema refuses: in the resources where they can be told, in the bundle where not."""
    if validator("Bundle").is_valid(bundle):
        return
    told = False
    for number, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
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


def _unknown(node: Any, place: str, systems: Collection[str]) -> Iterator[Finding]:
    """Yields every coding and quantity whose system nobody knows."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from _unknown(each, f"{place}[{number}]", systems)
    if isinstance(node, dict):
        system = node.get("system")
        if "code" in node and isinstance(system, str) and system not in systems:
            yield Finding(
                "code-invalid", f"{place}.system", f"'{system}' is no code system that is known here"
            )
        for name, each in node.items():
            yield from _unknown(each, f"{place}.{name}", systems)


def _dangling(entries: list[Any]) -> Iterator[Finding]:
    """Yields every reference to a resource that is not in the bundle."""
    resources = [entry.get("resource") for entry in entries if isinstance(entry, dict)]
    names = {f"{each.get('resourceType')}/{each.get('id')}" for each in resources if isinstance(each, dict)}
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
