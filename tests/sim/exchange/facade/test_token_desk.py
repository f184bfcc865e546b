"""Tokens: who signed, for whom, until when, and for which types; nothing else opens the door."""

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from sim.exchange.facade.scopes import read_scopes, write_scopes


def test_a_token_lasts_minutes_and_then_is_past(door):
    token = door.token()
    assert door.get("Patient?_count=1", token).status_code == 200
    door.now += 299
    assert door.get("Patient?_count=1", token).status_code == 200
    door.now += 1
    answer = door.get("Patient?_count=1", token)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (401, "expired")
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_a_token_that_the_exchange_forgot_is_read_again(door):
    token = door.token("university", scope="system/Patient.s", basis="operations", purpose="quality_review")
    door.exchange.desk._read.clear()
    assert door.get("Patient?_count=1", token).status_code == 200
    assert door.get("Claim", token).status_code == 403
    door.now += 300
    door.exchange.desk._read.clear()
    assert door.get("Patient?_count=1", token).status_code == 401


@pytest.mark.parametrize("text", ["x", "a.b.c", "é.ü.ß", "." * 5000])
def test_a_token_that_is_none_is_refused(door, text):
    answer = door.http.get("/fhir/Patient", headers={"Authorization": f"Bearer {text}".encode()})
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (401, "security")


def test_a_token_signed_by_somebody_else_or_by_nobody_is_refused(door):
    claims = {"sub": "x", "exp": door.now + 100, "scope": "system/*.rs"}
    key = OctKey.import_key(b"k" * 32)
    for header in ({"alg": "HS256"}, {"alg": "none"}):
        text = jwt.encode(header, claims, key, ["HS256", "none"])
        assert door.get("Patient", {"Authorization": f"Bearer {text}"}).status_code == 401


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"iss": "somebody"}, "iss"),
        ({"aud": "http://elsewhere/token"}, "aud"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": 0}, "exp"),
        ({"exp": 9e15}, "exp"),
        ({"jti": None}, "jti"),
        ({"jti": "j" * 65}, "jti"),
        ({"sub": "nobody"}, "client"),
    ],
)
def test_an_assertion_that_is_not_right_gets_no_token(door, changes, word):
    answer = door.ask(door.claims(door.join("insurer")) | changes)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert word in answer.json()["error_description"]


def test_an_assertion_of_another_key_gets_no_token_and_none_is_good_twice(door):
    ident = door.join("insurer")
    other = ECKey.generate_key("P-256", {"kid": door.key.kid})
    assert door.ask(door.claims(ident), key=other).status_code == 401
    claims = door.claims(ident)
    assert door.ask(claims).status_code == 200
    again = door.ask(claims)
    assert (again.status_code, "before" in again.json()["error_description"]) == (401, True)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "x"}, "invalid_request"),
        ({"client_assertion": "x.y"}, "invalid_client"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "system/AuditEvent.rs"}, "invalid_scope"),
        ({"scope": "system/Patient.write openid"}, "invalid_scope"),
    ],
)
def test_a_request_for_a_token_that_is_wrong_is_refused_in_oauths_words(door, form, error):
    answer = door.ask(door.claims(door.join("insurer")), **form)
    assert answer.status_code in (400, 401) and answer.json()["error"] == error


@pytest.mark.parametrize(
    "said",
    [
        *(None, 7, {}, {"basis": "treatment"}),
        {"basis": "a b", "purpose": "x"},
        {"basis": [], "purpose": 1},
        {"basis": "treatment", "purpose": "treatment", "emergency": "yes"},
    ],
)
def test_whoever_does_not_say_what_for_gets_no_token(door, said):
    claims = door.claims(door.join("insurer")) | {"extensions": {"hilab": said}}
    answer = door.ask(claims)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_scope_opens_its_types_only(door):
    token = door.token(scope="system/Patient.r system/Encounter.s")
    mrn = door.get("Patient?_count=1", door.token()).json()["entry"][0]["resource"]["id"]
    assert door.get(f"Patient/{mrn}", token).status_code == 200
    assert door.get("Encounter?_count=1", token).status_code == 200
    for path in ("Patient", "Observation", "$export?_type=Patient"):
        answer = door.get(path, token, prefer="respond-async")
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (403, "forbidden")
        assert "insufficient_scope" in answer.headers["www-authenticate"]


def test_scopes_are_read_as_they_are_written():
    granted = read_scopes("system/*.read")
    assert read_scopes(write_scopes(granted)) == granted
    assert ("AuditEvent", "r") not in granted
    assert read_scopes("system/*.read", auditor=True) == {("AuditEvent", "r"), ("AuditEvent", "s")}


@pytest.mark.parametrize(
    "sent",
    [
        [],
        {},
        {"client_name": "burglar"},
        {"client_name": "court"},
        {"client_name": "court", "jwks": {"keys": []}},
        {"client_name": "court", "jwks": {"keys": [{}]}},
        {"client_name": "court", "jwks": {"keys": [7]}},
        {"client_name": "court", "jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}},
        {"client_name": "court", "jwks": {"keys": [ECKey.generate_key("P-256").as_dict(private=True)]}},
        {"client_name": "court", "jwks": {"keys": [ECKey.generate_key("secp256k1").as_dict(private=False)]}},
        {"client_name": "court", "jwks": {"keys": [RSAKey.generate_key(1024).as_dict(private=False)]}},
        {"client_name": ["court"], "jurisdiction": {"a": 1}},
        {"client_name": "court", "jurisdiction": "Roman"},
    ],
)
def test_whoever_joins_without_a_name_and_good_keys_is_refused(door, sent):
    answer = door.http.post("/auth/register", json=sent)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
