"""What the hospitals sent as bundles: where one is wrong, the exchange meets it as it came."""

import json
import re
from typing import Any

import pandas as pd

from sim.exchange.fhir.profile import Finding, check_bundle
from sim.exchange.fhir.systems import own

_ENTRY = re.compile(r"Bundle\.entry\[(\d+)\]\.resource\.?(.*)")
_REFERENCE = re.compile(r'"reference":"(Encounter|Observation)/')


class Faulty:
    """The resources of one hospital that its bundles got wrong.

    Args:
        code: The hospital's code.
        bundles: What it sent, a bundle each.

    Attributes:
        resources: By type and id, as it was sent, with what is wrong.
    """

    def __init__(self, code: str, bundles: list[str]) -> None:
        """Looks through the bundles."""
        self.code = code
        self.resources: dict[str, dict[str, tuple[str, str]]] = {}
        for text in bundles:
            findings = check_bundle(text, own(code))
            if findings:
                self._keep(json.loads(text)["entry"], findings)

    def _keep(self, entries: list[dict[str, dict[str, str]]], findings: list[Finding]) -> None:
        for finding in findings:
            place = _ENTRY.fullmatch(finding.place)
            if place is None:
                continue
            resource = entries[int(place[1])]["resource"]
            kind = resource["resourceType"]
            ident = resource["id"] if kind == "Patient" else f"{self.code}-{resource['id']}"
            text = json.dumps(resource | {"id": ident}, ensure_ascii=False, separators=(",", ":"))
            text = _REFERENCE.sub(rf'"reference":"\g<1>/{self.code}-', text)
            where = ".".join(filter(None, (kind, place[2])))
            self.resources.setdefault(kind, {}).setdefault(ident, (text, f"{where}: {finding.text}"))

    def laid_over(self, kind: str, table: pd.DataFrame) -> pd.DataFrame:
        """Returns the resources of a type with those in place that were sent wrong.

        Args:
            kind: The type.
            table: What the hospital's tables say.
        """
        wrong = self.resources.get(kind, {})
        told = zip(table["id"], table["text"], strict=True)
        rows: list[tuple[str, Any]] = [wrong.get(ident, (text, None)) for ident, text in told]
        return table.assign(text=[text for text, _ in rows], fault=[fault for _, fault in rows])
