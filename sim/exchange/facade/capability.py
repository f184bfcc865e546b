"""What the exchange says of itself: CapabilityStatement and SMART configuration."""

from collections.abc import Iterable
from typing import Any

from sim.exchange.facade.clients import ALGORITHMS
from sim.exchange.facade.parameters import PARAMETERS
from sim.exchange.facade.scopes import AUDIT

DATE = "2025-12-31"
"""When this description was last changed, in the district's time."""

VERSION = "4.0.0"
"""FHIR R4 as its official JSON schema has it, by which answers are checked; 4.0.1 corrected words only."""

_EXPORT = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/{}"


def capability(base: str, kinds: Iterable[str]) -> dict[str, Any]:
    """Returns the CapabilityStatement.

    Args:
        base: Address of the exchange.
        kinds: Types of resources that it has.
    """
    resources = [_resource(kind) for kind in kinds]
    resources.append({"type": AUDIT, "interaction": [{"code": "read"}, {"code": "search-type"}]})
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "implementation": {"description": "A district that does not exist", "url": base},
        "fhirVersion": VERSION,
        "format": ["application/fhir+json"],
        "instantiates": ["http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "service": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                                    "code": "SMART-on-FHIR",
                                }
                            ]
                        }
                    ]
                },
                "resource": resources,
                "operation": [{"name": "export", "definition": _EXPORT.format("export")}],
            }
        ],
    }


def _resource(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [
            {"name": name, "type": parameter.form, "documentation": parameter.meaning}
            for name, parameter in PARAMETERS[kind].items()
        ],
    }
    if kind == "Patient":
        match = "http://hl7.org/fhir/OperationDefinition/Patient-match"
        found["operation"] = [
            {"name": "match", "definition": match},
            {"name": "export", "definition": _EXPORT.format("patient-export")},
        ]
    return found


def smart_configuration(root: str) -> dict[str, Any]:
    """Returns what `/.well-known/smart-configuration` says.

    Args:
        root: Address of the server.
    """
    return {
        "token_endpoint": f"{root}/auth/token",
        "registration_endpoint": f"{root}/auth/register",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": ["system/*.rs", *(f"system/{kind}.rs" for kind in (*PARAMETERS, AUDIT))],
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }
