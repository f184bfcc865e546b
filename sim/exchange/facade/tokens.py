"""Tokens: a client proves who it is by a signed assertion, says what for, and gets one that lasts minutes.

The flow is SMART Backend Services (OAuth 2 client credentials with a JWT that the client signed). On what
legal basis and for what purpose data are wanted stands in the assertion's extension `hilab`.
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.exchange.facade.clients import ALGORITHMS, Client, OAuthError, Register
from sim.exchange.facade.refusals import Refusal
from sim.exchange.facade.scopes import Scopes, read_scopes, write_scopes
from sim.exchange.vocabulary import ASSERTION, EXTENSION, LIFETIME

LEEWAY = 10
"""Seconds by which a client's clock may be ahead."""

_REMEMBERED = 2000
_LONGEST = 64


@dataclass(frozen=True)
class Grant:
    """What a token allows.

    Attributes:
        client: Id of the client.
        recipient: Who it is.
        jurisdiction: Law that it is under.
        basis: Legal basis that it named.
        purpose: What it wants the data for.
        emergency: Whether it says that the patient is in danger and cannot be asked.
        scopes: Types of resources that it may read and search.
        expires: Second from which the token is no longer good.
    """

    client: str
    recipient: str
    jurisdiction: str
    basis: str
    purpose: str
    emergency: bool
    scopes: Scopes
    expires: float


class Desk:
    """Where tokens are issued and read.

    Args:
        register: Who is known.
        address: Address of the token endpoint, which assertions must name; told later where not known yet.
        clock: Returns the second of the day.
    """

    def __init__(self, register: Register, address: str, clock: Callable[[], float]) -> None:
        """Draws a key that lives as long as the desk."""
        from joserfc.jwk import OctKey

        self.register, self.address, self._clock = register, address, clock
        self._key = OctKey.import_key(secrets.token_bytes(32))
        self._used: dict[tuple[str, str], float] = {}
        self._room = _REMEMBERED
        self._read: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def issue(self, form: Mapping[str, str]) -> tuple[dict[str, Any], Grant]:
        """Issues a token.

        Args:
            form: grant_type, scope, client_assertion_type and client_assertion.

        Returns:
            The answer, and what the token allows.

        Raises:
            OAuthError: The client is not who it says, or asks for what it cannot get.
        """
        if form.get("grant_type") != "client_credentials":
            raise OAuthError("unsupported_grant_type", "grant_type: expected client_credentials.")
        if form.get("client_assertion_type") != ASSERTION:
            raise OAuthError("invalid_request", f"client_assertion_type: expected {ASSERTION}.")
        client, claims = self._client(form.get("client_assertion", ""))
        scopes = read_scopes(form.get("scope", ""), client.auditor)
        if not scopes:
            raise OAuthError(
                "invalid_scope",
                "scope: none that can be granted; expected such as system/Patient.rs, or "
                "system/AuditEvent.rs for the privacy office.",
            )
        basis, purpose, emergency = _stated(claims, client.auditor)
        now = self._clock()
        grant = Grant(
            client.ident,
            client.recipient,
            client.jurisdiction,
            basis,
            purpose,
            emergency,
            scopes,
            now + LIFETIME,
        )
        token = self._sign(grant, now)
        self._remember(token, grant)
        answer = {"access_token": token, "token_type": "bearer", "expires_in": LIFETIME}
        return answer | {"scope": write_scopes(scopes)}, grant

    def _sign(self, grant: Grant, now: float) -> str:
        from joserfc import jwt

        claims = {
            "iss": self.address,
            "sub": grant.client,
            "iat": int(now),
            "exp": grant.expires,
            "jti": secrets.token_hex(8),
            "scope": write_scopes(grant.scopes),
            "recipient": grant.recipient,
            "jurisdiction": grant.jurisdiction,
            "basis": grant.basis,
            "purpose": grant.purpose,
            "emergency": grant.emergency,
        }
        return str(jwt.encode({"alg": "HS256"}, claims, self._key))

    def _client(self, assertion: str) -> tuple[Client, dict[str, Any]]:
        """Returns who signed an assertion, and its claims.

        Raises:
            OAuthError: Nobody that we know, or not for us, or not now, or not for the first time.
        """
        from joserfc import jws, jwt
        from joserfc.errors import JoseError

        refused = OAuthError("invalid_client", "The client assertion is no JWT that this client signed.", 401)
        try:
            import json

            claims = json.loads(jws.extract_compact(assertion.encode()).payload)
            client = self.register[str(claims["sub"])]
            claims = jwt.decode(assertion, client.keys, algorithms=list(ALGORITHMS)).claims
        except OAuthError:
            raise
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise refused from None
        if claims.get("iss") != client.ident or claims.get("sub") != client.ident:
            raise OAuthError("invalid_client", "iss and sub: expected the client's id in both.", 401)
        if claims.get("aud") != self.address:
            raise OAuthError("invalid_client", f"aud: expected {self.address}.", 401)
        self._check_time(claims, client.ident)
        return client, claims

    def _check_time(self, claims: Mapping[str, Any], client: str) -> None:
        now, until, ident = self._clock(), claims.get("exp"), claims.get("jti")
        if isinstance(until, bool) or not isinstance(until, int | float):
            raise OAuthError(
                "invalid_client", "exp: expected the second until which the assertion is good.", 401
            )
        if not now < until <= now + LIFETIME + LEEWAY:
            raise OAuthError(
                "invalid_client",
                f"exp: expected a second within the next {LIFETIME}, not past and not later.",
                401,
            )
        if not isinstance(ident, str) or not 0 < len(ident) <= _LONGEST:
            raise OAuthError("invalid_client", "jti: expected a text of its own for each assertion.", 401)
        with self._lock:
            if len(self._used) >= self._room:
                self._used = {key: end for key, end in self._used.items() if end > now}
                self._room = max(_REMEMBERED, 2 * len(self._used))
            if (client, ident) in self._used:
                raise OAuthError("invalid_client", "jti: this assertion has been used before.", 401)
            self._used[client, ident] = float(until)

    def _remember(self, token: str, grant: Grant) -> None:
        with self._lock:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            self._read[token] = grant

    def read(self, header: str | None) -> Grant:
        """Returns what the token in a header `Authorization` allows.

        Raises:
            Refusal: There is none, it is not ours, or its time is past.
        """
        kind, _, token = (header or "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise Refusal(
                401,
                "login",
                "This needs a token: ask for one at the token endpoint and send it as 'Authorization: "
                "Bearer ...'.",
                {"WWW-Authenticate": "Bearer"},
            )
        grant = self._read.get(token.strip()) or self._decode(token.strip())
        if grant.expires <= self._clock():
            raise Refusal(
                401, "expired", "The token's time is past; ask for a new one.", _challenge("invalid_token")
            )
        return grant

    def _decode(self, token: str) -> Grant:
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"]).claims
        except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
            raise Refusal(
                401, "security", "The token is not one of this exchange.", _challenge("invalid_token")
            ) from None
        scopes = read_scopes(claims["scope"], "AuditEvent" in claims["scope"])
        names = ("recipient", "jurisdiction", "basis", "purpose", "emergency")
        said: dict[str, Any] = {name: claims[name] for name in names}
        grant = Grant(client=claims["sub"], scopes=scopes, expires=claims["exp"], **said)
        self._remember(token, grant)
        return grant


def _challenge(error: str) -> dict[str, str]:
    return {"WWW-Authenticate": f'Bearer error="{error}"'}


def _stated(claims: Mapping[str, Any], auditor: bool) -> tuple[str, str, bool]:
    """Returns basis, purpose and emergency that an assertion states.

    Raises:
        OAuthError: It does not.
    """
    if auditor:
        return "audit", "audit", False
    extensions = claims.get("extensions")
    said = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    said = said if isinstance(said, dict) else {}
    basis, purpose, emergency = said.get("basis"), said.get("purpose"), said.get("emergency", False)
    for name, value in (("basis", basis), ("purpose", purpose)):
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or not value.isidentifier():
            raise OAuthError(
                "invalid_request",
                f"extensions.{EXTENSION}.{name}: expected a word; whoever asks for data says on which basis "
                "and for which purpose.",
            )
    if not isinstance(emergency, bool):
        raise OAuthError("invalid_request", f"extensions.{EXTENSION}.emergency: expected true or false.")
    return str(basis), str(purpose), emergency
