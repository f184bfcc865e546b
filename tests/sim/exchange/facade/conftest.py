"""A small district's hospitals behind an exchange, and clients of it without a network between."""

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey

from sim.district import District
from sim.exchange.facade.app import make_app
from sim.exchange.vocabulary import ASSERTION
from sim.holdings.opening import make_exchange
from sim.systems.catalogue import TABLES
from sim.systems.schema import publish

SYSTEMS = ["his", "lis", "emr", "pharmacy", "billing", "governance", "messages"]
NOON = 1_767_182_400.0
"""A second at which tests begin."""


def shipped(records, country="us", systems=SYSTEMS):
    """Returns tables and files of a district as they are shipped."""
    district = District(*records, {}, 300, country)
    working = district.working(systems)
    tables = {name: publish(table, TABLES[name]) for name, table in working.items() if TABLES[name].parquet}
    return tables, district.files(systems), district.truth(["his", "governance"])


@pytest.fixture(scope="session")
def held(cared_for):
    """Returns tables, files and truth of a district."""
    return shipped(cared_for)


@pytest.fixture(scope="session")
def held_cn(made_up_cn):
    """Returns the same of a district of China, without drugs and claims."""
    without = [name for name in SYSTEMS if name not in ("pharmacy", "billing")]
    return shipped(made_up_cn, "cn", without)


class Door:
    """An exchange behind its web application, with a clock that tests turn."""

    def __init__(self, tables, files, country="us"):
        """Opens the exchange without a network."""
        self.now = NOON
        self.exchange = make_exchange(tables, files, country)
        self.exchange.clock = self.exchange.desk._clock = lambda: self.now
        self.exchange.root = "http://testserver"
        self.http = TestClient(make_app(self.exchange), raise_server_exceptions=False)
        self.key = ECKey.generate_key("P-256", auto_kid=True)
        self.count = 0

    def join(self, recipient, law=None):
        """Returns the id of a client that joins."""
        sent = {"client_name": recipient, "jwks": {"keys": [self.key.as_dict(private=False)]}}
        answer = self.http.post("/auth/register", json=sent | ({"jurisdiction": law} if law else {}))
        assert answer.status_code == 201
        return answer.json()["client_id"]

    def claims(self, ident, basis="treatment", purpose="treatment", **changes):
        """Returns the claims of an assertion."""
        self.count += 1
        usual = {"iss": ident, "sub": ident, "aud": "http://testserver/auth/token", "exp": self.now + 200}
        said = {"basis": basis, "purpose": purpose, "emergency": changes.pop("emergency", False)}
        return usual | {"jti": f"j{self.count}", "extensions": {"hilab": said}} | changes

    def ask(self, claims, scope="system/*.rs", key=None, **form):
        """Asks for a token."""
        key = key or self.key
        signed = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)
        usual = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": ASSERTION}
        return self.http.post("/auth/token", data=usual | {"client_assertion": signed} | form)

    def token(self, recipient="second_hospital", law=None, scope="system/*.rs", **said):
        """Returns the header of a token."""
        answer = self.ask(self.claims(self.join(recipient, law), **said), scope)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def get(self, path, token=None, **headers):
        """Asks for something below /fhir; checks that the answer is FHIR, as every answer is."""
        from sim.exchange.fhir.schema import validator

        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.http.get(f"/fhir/{path}", headers={**(token or {}), **named})
        if answer.headers["content-type"] == "application/fhir+json":
            content = answer.json()
            assert list(validator(content["resourceType"]).iter_errors(content)) == []
        return answer


@pytest.fixture(scope="session")
def made(held):
    """Returns an exchange whose shelves are filled once for all tests."""
    door = Door(*held[:2])
    door.exchange.store.fill()
    return door


@pytest.fixture
def door(held, made):
    """Returns an exchange of its own, with the shelves of all."""
    mine = Door(*held[:2])
    mine.exchange.store._shelves = dict(made.exchange.store._shelves)
    yield mine
    mine.exchange.close()
