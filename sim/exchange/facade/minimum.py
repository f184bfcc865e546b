"""No more than the purpose needs: which types are given, and what is left out of a patient."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sim.exchange.facade.refusals import Refusal

FILE = Path(__file__).with_name("minimum.yaml")

ELEMENTS = {
    "identifier": "identifier",
    "name": "name",
    "family": "name",
    "given": "name",
    "phone": "telecom",
    "birthdate": "birthDate",
    "gender": "gender",
    "address-postalcode": "address",
}
"""The element of a patient that a parameter looks at."""

_TAG = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


@cache
def needs() -> Mapping[str, Mapping[str, list[str]]]:
    """Reads what each purpose needs."""
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def check_kind(kind: str, purpose: str) -> None:
    """Checks that a purpose needs a type.

    Raises:
        Refusal: It does not.
    """
    types = needs().get(purpose, {}).get("types", [])
    if kind not in types:
        raise Refusal(
            403,
            "forbidden",
            f"The purpose '{purpose}' does not need {kind}, and no more than it needs may be given. "
            f"It needs {', '.join(types) or 'nothing'}.",
            reason="minimum",
        )


def check_parameter(kind: str, name: str, purpose: str) -> None:
    """Checks that nobody searches by what is left out.

    Raises:
        Refusal: Somebody does.
    """
    if kind == "Patient" and ELEMENTS.get(name) in left_out(purpose):
        raise Refusal(
            403,
            "forbidden",
            f"The purpose '{purpose}' does not need the patient's {ELEMENTS[name]}; so nobody may search by "
            f"'{name}' for it.",
            reason="minimum",
        )


def left_out(purpose: str) -> list[str]:
    """Returns the elements of a patient that a purpose does not need.

    Example:
        >>> left_out("payment")
        ['telecom']
    """
    return list(needs().get(purpose, {}).get("without", []))


def trimmed(kind: str, text: str, purpose: str) -> str:
    """Returns a resource without what the purpose does not need, marked as a part of the whole.

    Args:
        kind: Type of the resource.
        text: The resource as JSON.
        purpose: The purpose.
    """
    dropped = left_out(purpose) if kind == "Patient" else []
    if not dropped:
        return text
    whole = json.loads(text)
    kept = {name: value for name, value in whole.items() if name not in dropped}
    return json.dumps(kept | {"meta": {"tag": [_TAG]}}, ensure_ascii=False, separators=(",", ":"))
