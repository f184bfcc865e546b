"""What a student holds: a client of an exchange, wherever the exchange is."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.errors import HilabError
from sim.exchange.client.connection import Connection, path_of
from sim.exchange.client.frames import frame
from sim.exchange.vocabulary import ASSERTION, AUDITOR, EXTENSION, LIFETIME, RUNNING, WHERE

if TYPE_CHECKING:
    import httpx

    from sim.exchange.facade.server import Running

ALL = "system/*.rs"
"""Scope for everything that the rules allow."""

PATIENCE = 120.0
"""Seconds to wait for an export."""


def exchange_client(
    recipient: str = "second_hospital",
    *,
    basis: str = "treatment",
    purpose: str = "treatment",
    emergency: bool = False,
    jurisdiction: str | None = None,
    scope: str = ALL,
    at: "Running | str | None" = None,
) -> "Client":
    """Returns a client of an exchange.

    Args:
        recipient: Who you are: second_hospital, insurer, university, drug_company, device_maker, registry,
            court, police or privacy_office.
        basis: Your legal basis: treatment, operations, public_health, required_by_law or consent.
        purpose: What you want the data for, such as treatment, payment or research.
        emergency: Whether the patient is in danger and cannot be asked.
        jurisdiction: Law that you are under, HIPAA, GDPR or PIPL; the district's by default.
        scope: What the token is to allow, in the words of SMART.
        at: The exchange, or its address; by default the one that the environment variable HILAB_EXCHANGE
            names, or the one that was started last in this notebook.

    Raises:
        HilabError: There is no exchange.
    """
    named = at if isinstance(at, str | None) else at.address
    where = named or os.environ.get(WHERE) or (RUNNING[-1] if RUNNING else "")
    if not where:
        raise HilabError(
            "There is no exchange. Start one with `world.serve()`, or with `hilab serve`, and "
            f"give its address as `at` or in the environment variable {WHERE}."
        )
    said = {"basis": basis, "purpose": purpose, "emergency": emergency}
    return Client(where, recipient, said, jurisdiction, scope)


class Client:
    """A client of an exchange; it joins and asks for a token when it first needs one.

    Args:
        where: Address of the exchange.
        recipient: Who it is.
        said: Basis, purpose and emergency.
        jurisdiction: Law that it is under; None takes the district's.
        scope: What the token is to allow.
    """

    def __init__(
        self, where: str, recipient: str, said: dict[str, Any], jurisdiction: str | None, scope: str
    ) -> None:
        """Asks nothing yet."""
        self.where, self.recipient, self.said = where, recipient, said
        self._jurisdiction = jurisdiction
        self._scope = "system/AuditEvent.rs" if recipient == AUDITOR and scope == ALL else scope
        self.connection = Connection(where)
        self._ident, self._token, self._until = "", "", 0.0
        self._key: Any = None

    def __repr__(self) -> str:
        """Says who asks whom for what."""
        said = f"basis {self.said['basis']}, purpose {self.said['purpose']}"
        return f"<{self.recipient} at {self.where}: {said}>"

    def close(self) -> None:
        """Ends the connection."""
        self.connection.close()

    def token(self) -> str:
        """Returns a token that is good for some minutes; joins the exchange the first time.

        Raises:
            Refused: The exchange does not give one.
        """
        if time.time() > self._until - 30:
            if self._key is None:
                self._join()
            told = self._answer("POST", "/auth/token", data=self._asked())
            self._token, self._until = told["access_token"], time.time() + told["expires_in"]
        return self._token

    def _join(self) -> None:
        """Makes a key and tells the exchange its public half."""
        from joserfc.jwk import ECKey

        key = ECKey.generate_key("P-384", {"use": "sig"}, auto_kid=True)
        sent: dict[str, Any] = {"client_name": self.recipient, "jwks": {"keys": [key.as_dict(private=False)]}}
        if self._jurisdiction:
            sent["jurisdiction"] = self._jurisdiction
        self._ident = self._answer("POST", "/auth/register", json=sent)["client_id"]
        self._key = key

    def _asked(self) -> dict[str, str]:
        """Returns the form that asks for a token, with an assertion that this client signed."""
        from joserfc import jwt

        assert self._key is not None
        claims = {
            "iss": self._ident,
            "sub": self._ident,
            "aud": self._answer("GET", "/.well-known/smart-configuration")["token_endpoint"],
            "exp": int(time.time()) + LIFETIME - 60,
            "jti": token_hex(16),
            "extensions": {EXTENSION: self.said},
        }
        return {
            "grant_type": "client_credentials",
            "scope": self._scope,
            "client_assertion_type": ASSERTION,
            "client_assertion": jwt.encode(
                {"alg": "ES384", "kid": self._key.kid}, claims, self._key, ["ES384"]
            ),
        }

    def read(self, kind: str, ident: str) -> dict[str, Any]:
        """Returns one resource.

        Raises:
            Refused: It may not be given, or there is none.
        """
        resource: dict[str, Any] = self._get(f"/fhir/{kind}/{ident}").json()
        return resource

    def search(self, kind: str, limit: int | None = None, **criteria: Any) -> pd.DataFrame:
        """Returns all resources that fit, a row each.

        Args:
            kind: Type of resource, such as "Patient".
            limit: Most rows; by default all.
            criteria: What must hold, such as family="Li" or date="ge2025-01-01". Write `id` for `_id`, an
                underscore for a dash, and a list where one of several values may fit.

        Raises:
            Refused: The request is malformed, or may not be answered.
        """
        found: list[dict[str, Any]] = []
        for page in self.pages(kind, **criteria):
            entries = page.get("entry", [])
            found += [each["resource"] for each in entries if each["search"]["mode"] == "match"]
            if limit is not None and len(found) >= limit:
                break
        return frame(kind, found[:limit])

    def count(self, kind: str, **criteria: Any) -> int:
        """Returns how many resources fit.

        Raises:
            Refused: The request is malformed, or may not be answered.
        """
        return int(next(self.pages(kind, _summary="count", **criteria))["total"])

    def pages(self, kind: str, **criteria: Any) -> Iterator[dict[str, Any]]:
        """Yields the bundles of a search as they come, page by page.

        Raises:
            Refused: The request is malformed, or may not be answered.
        """
        query = {"_count": "500"} | {_parameter(name): _value(value) for name, value in criteria.items()}
        address: str | None = f"/fhir/{kind}"
        while address is not None:
            page = self._get(address, params=query or None).json()
            yield page
            following = [link["url"] for link in page.get("link", []) if link["relation"] == "next"]
            address, query = (path_of(following[0]) if following else None), {}

    def match(self, limit: int = 10, certain: bool = False, **known: str) -> pd.DataFrame:
        """Returns who might be meant, the likeliest first, with score and grade.

        Args:
            limit: Most candidates.
            certain: Only who is certain.
            known: family, given, birth_date, gender, phone, area, verified_id.

        Raises:
            Refused: Too little is said, or it may not be answered.
        """
        sent = {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "resource", "resource": _described(known)},
                {"name": "onlyCertainMatches", "valueBoolean": certain},
                {"name": "count", "valueInteger": limit},
            ],
        }
        headers = {"Authorization": f"Bearer {self.token()}"}
        entries = self._answer("POST", "/fhir/Patient/$match", json=sent, headers=headers).get("entry", [])
        table = frame("Patient", [each["resource"] for each in entries])
        table.insert(1, "score", [each["search"]["score"] for each in entries])
        table.insert(2, "grade", [each["search"]["extension"][0]["valueCode"] for each in entries])
        return table

    def export(self, *kinds: str, hospital: str | None = None) -> dict[str, pd.DataFrame]:
        """Orders an export, waits for it, fetches its files and deletes it.

        Args:
            kinds: Types of resources; by default all that may be given.
            hospital: Only the patients of one hospital, such as "H2".

        Returns:
            A table for each type.

        Raises:
            Refused: It may not be given.
            HilabError: It took too long.
        """
        query = {"_type": ",".join(kinds)} if kinds else None
        path = f"/fhir/Group/{hospital}/$export" if hospital else "/fhir/$export"
        ordered = self._get(path, params=query, headers={"Prefer": "respond-async"})
        status = path_of(ordered.headers["content-location"])
        until, pause = time.monotonic() + PATIENCE, 0.05
        answer = self._get(status)
        while answer.status_code == 202:
            if time.monotonic() > until:
                raise HilabError(f"The export was not finished after {PATIENCE:.0f} seconds.")
            time.sleep(pause)
            pause = min(2 * pause, float(answer.headers.get("retry-after", 1)))
            answer = self._get(status)
        files = [(each["type"], path_of(each["url"])) for each in answer.json()["output"]]
        tables = {kind: frame(kind, _lines(self._get(path).text)) for kind, path in files}
        self._answer("DELETE", status, headers={"Authorization": f"Bearer {self.token()}"})
        return tables

    def quarantine(self) -> pd.DataFrame:
        """Returns what is kept back because it is not FHIR: reference and fault.

        Raises:
            Refused: It may not be told.
        """
        told = self._get("/fhir/$quarantine").json().get("parameter", [])
        rows = [
            (each["part"][0]["valueReference"]["reference"], each["part"][1]["valueString"]) for each in told
        ]
        return pd.DataFrame(rows, columns=["reference", "fault"])

    def audit(self) -> pd.DataFrame:
        """Returns the log of the exchange; only the privacy office sees it.

        Raises:
            Refused: You are not the privacy office.
        """
        return self.search("AuditEvent")

    def _get(self, path: str, headers: dict[str, str] | None = None, **how: Any) -> "httpx.Response":
        headers = {"Authorization": f"Bearer {self.token()}", **(headers or {})}
        return self.connection.send("GET", path, headers=headers, **how)

    def _answer(self, method: str, path: str, **how: Any) -> Any:
        return self.connection.send(method, path, **how).json()


def _parameter(name: str) -> str:
    """Writes a keyword as a search parameter.

    Example:
        >>> _parameter("id"), _parameter("onset_date"), _parameter("_count")
        ('_id', 'onset-date', '_count')
    """
    return "_id" if name == "id" else name if name.startswith("_") else name.replace("_", "-")


def _value(value: object) -> str:
    many = isinstance(value, Iterable) and not isinstance(value, str)
    return ",".join(str(each) for each in value) if many else str(value)  # type: ignore[attr-defined]


def _lines(text: str) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in text.split("\n") if line)


def _described(known: dict[str, str]) -> dict[str, Any]:
    """Returns what is known of somebody as a Patient.

    Raises:
        HilabError: A keyword is unknown.
    """
    writers: dict[str, Any] = {
        "family": lambda value: {"name": [{"family": value}]},
        "given": lambda value: {"name": [{"given": [value]}]},
        "birth_date": lambda value: {"birthDate": value},
        "gender": lambda value: {"gender": value},
        "phone": lambda value: {"telecom": [{"system": "phone", "value": value}]},
        "area": lambda value: {"address": [{"postalCode": value}]},
        "verified_id": lambda value: {"identifier": [{"system": "urn:hilab:national", "value": value}]},
    }
    patient: dict[str, Any] = {"resourceType": "Patient"}
    for name, value in known.items():
        if name not in writers:
            raise HilabError(f"match does not know '{name}'; it knows {', '.join(writers)}.")
        patient |= {
            key: patient.get(key, []) + part if isinstance(part, list) else part
            for key, part in writers[name](value).items()
        }
    return patient
