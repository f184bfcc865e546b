"""Who is known at the exchange: recipients of data, with their public keys.

At a real exchange people look at whoever wants to join. Here everybody who reaches it may join as anybody,
because all that is to be had is invented.
"""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.exchange.vocabulary import AUDITOR

RECIPIENTS = (
    "second_hospital",
    "insurer",
    "university",
    "drug_company",
    "device_maker",
    "registry",
    "court",
    "police",
    AUDITOR,
)
"""Who may join."""

ALGORITHMS = ("ES256", "ES384", "RS384")
"""How clients may sign."""

MOST = 10_000
"""Clients that are remembered; then whoever joined first is forgotten."""


class OAuthError(Exception):
    """A refusal in the words of OAuth.

    Args:
        error: Code, such as "invalid_client".
        description: What was wrong, in one sentence.
        status: Status of HTTP.
    """

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        """Keeps what is said."""
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


@dataclass(frozen=True)
class Client:
    """Somebody who may ask for tokens.

    Attributes:
        ident: Its id.
        recipient: Who it is, one of `RECIPIENTS`.
        jurisdiction: Law that it is under.
        keys: Its public keys.
    """

    ident: str
    recipient: str
    jurisdiction: str
    keys: Any

    @property
    def auditor(self) -> bool:
        """Whether it sees the log."""
        return self.recipient == AUDITOR


class Register:
    """The clients of an exchange.

    Args:
        jurisdictions: Laws that a client may be under; the first is taken where none is named.
    """

    def __init__(self, jurisdictions: list[str]) -> None:
        """Knows nobody yet."""
        self.jurisdictions = jurisdictions
        self._clients: dict[str, Client] = {}
        self._lock = threading.Lock()

    def __getitem__(self, ident: str) -> Client:
        """Returns a client.

        Raises:
            OAuthError: There is none.
        """
        if ident not in self._clients:
            raise OAuthError("invalid_client", "No client of that id has joined this exchange.", 401)
        return self._clients[ident]

    def join(self, content: Mapping[str, Any]) -> Client:
        """Takes in a client (RFC 7591).

        Args:
            content: `client_name`, one of `RECIPIENTS`; `jwks`, its public keys; `jurisdiction`, the law it
                is under.

        Raises:
            OAuthError: Something is missing or wrong.
        """
        name = content.get("client_name")
        law = content.get("jurisdiction", self.jurisdictions[0])
        if name not in RECIPIENTS:
            raise OAuthError(
                "invalid_client_metadata", f"client_name: expected one of {', '.join(RECIPIENTS)}."
            )
        if law not in self.jurisdictions:
            known = ", ".join(self.jurisdictions)
            raise OAuthError("invalid_client_metadata", f"jurisdiction: expected one of {known}.")
        keys = _public(content.get("jwks"))
        with self._lock:
            while len(self._clients) >= MOST:
                del self._clients[next(iter(self._clients))]
            client = Client(f"{name}-{secrets.token_hex(8)}", name, law, keys)
            self._clients[client.ident] = client
        return client


def _public(jwks: object) -> Any:
    """Reads public keys.

    Raises:
        OAuthError: They are none.
    """
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    wanted = (
        "jwks: expected a set of one to five public keys (EC P-256 or P-384, or RSA of 2048 to 4096 bits)."
    )
    refused = OAuthError("invalid_client_metadata", wanted)
    if (
        not isinstance(jwks, dict)
        or not isinstance(jwks.get("keys"), list)
        or len(jwks["keys"]) not in range(1, 6)
    ):
        raise refused
    try:
        keys = KeySet.import_key_set({"keys": jwks["keys"]})
        for key in keys.keys:
            if key.is_private or key.key_type not in ("EC", "RSA") or not _strong(key):
                raise refused
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise refused from None
    return keys


def _strong(key: Any) -> bool:
    """Says whether a key is of a kind and length that we use, so that nobody lets us calculate for long."""
    if key.key_type == "EC":
        return key.curve_name in ("P-256", "P-384")
    return 2048 <= int(key.raw_value.key_size) <= 4096
