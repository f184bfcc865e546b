"""What the OpenAPI description says of each door; whoever tries to break the exchange reads it, too."""

from collections.abc import Iterable, Mapping
from typing import Any

from sim.exchange.facade.parameters import KINDS, PARAMETERS
from sim.exchange.facade.searching import FURTHEST, MOST

FHIR = "application/fhir+json"
FORM = "application/x-www-form-urlencoded"

_WORDS = {
    200: "The answer",
    201: "Joined",
    202: "Accepted; see the headers",
    400: "The request is malformed",
    401: "There is no token, or it is no longer good",
    403: "The token does not allow it, or the rules do not",
    404: "There is no such thing here",
    405: "Not with this method",
    406: "The exchange speaks JSON only",
    410: "It was taken back",
    413: "The body is too long",
    415: "The body is of another kind",
    422: "The hospital sent something that FHIR does not allow",
    429: "Too many exports at a time",
    500: "The exchange failed",
}

_RESOURCE = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": {"type": "string"}},
}
_PLAIN = {"type": "object"}


def answers(*statuses: int, kind: str = FHIR) -> dict[int | str, dict[str, Any]]:
    """Returns the statuses of a door with what their bodies are.

    Args:
        statuses: Statuses.
        kind: Media type of the bodies.
    """
    schema = _RESOURCE if kind == FHIR else _PLAIN
    return {
        status: {"description": _WORDS[status], "content": {kind: {"schema": schema}}} for status in statuses
    }


def searched(kind: str) -> list[dict[str, Any]]:
    """Returns the parameters by which a type can be searched."""
    named = [
        _query(name, {"type": "string"}, parameter.meaning) for name, parameter in PARAMETERS[kind].items()
    ]
    return [*named, *controls()]


def controls() -> list[dict[str, Any]]:
    """Returns the parameters that say how a search is answered."""
    number = {"type": "integer", "minimum": 0, "maximum": FURTHEST}
    return [
        _query("_count", number, f"Resources on a page, at most {MOST}"),
        _query("_offset", number, "Resources to skip"),
        _query("_summary", {"type": "string", "enum": ["count", "false"]}, "Only count"),
    ]


def exported() -> list[dict[str, Any]]:
    """Returns the parameters of an export."""
    prefer = {"type": "string", "enum": ["respond-async"]}
    return [
        _query("_type", {"type": "string", "enum": list(KINDS)}, "Types of resources"),
        _query("_outputFormat", {"type": "string", "enum": ["ndjson"]}, "Form of the files"),
        {"name": "Prefer", "in": "header", "required": True, "schema": prefer},
    ]


def _query(name: str, schema: Mapping[str, Any], meaning: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": dict(schema), "description": meaning}


def body(kinds: Iterable[str], example: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the description of a body.

    Args:
        kinds: Media types.
        example: A body.
    """
    properties = {name: {"type": _type(value)} for name, value in example.items()}
    schema = {"type": "object", "properties": properties, "example": dict(example)}
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}}


def _type(value: object) -> str:
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "string"
