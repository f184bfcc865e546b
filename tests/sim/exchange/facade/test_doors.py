"""Reading, searching and matching over HTTP: the right answers, the right refusals, nothing leaked."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.exchange.fhir.schema import validator


def entries(answer):
    return [each["resource"] for each in answer.json().get("entry", []) if each["search"]["mode"] == "match"]


def code(answer):
    return answer.json()["issue"][0]["code"]


def test_the_exchange_says_what_it_can(door):
    stated = door.get("metadata").json()
    types = {each["type"] for each in stated["rest"][0]["resource"]}
    assert {"Patient", "Encounter", "Condition", "Observation", "MedicationDispense", "Claim"} < types
    for path in ("/.well-known/smart-configuration", "/fhir/.well-known/smart-configuration"):
        said = door.http.get(path).json()
        assert said["token_endpoint"] == door.exchange.desk.address
        assert "private_key_jwt" in said["token_endpoint_auth_methods_supported"]


def test_a_resource_is_read_as_the_table_has_it(door, held):
    row = held[0]["his_patients"].iloc[7]
    patient = door.get(f"Patient/{row['mrn']}", door.token()).json()
    assert patient["name"] == [{"family": row["family_name"], "given": [row["given_name"]]}]
    assert patient["birthDate"] == row["birth_date"] and patient["gender"] in ("female", "male")
    visit = held[0]["h2_his_encounters"].iloc[3]
    encounter = door.get(f"Encounter/H2-{visit['encounter_id']}", door.token()).json()
    assert encounter["subject"]["reference"] == f"Patient/{visit['mrn']}"
    assert encounter["period"]["start"].startswith(str(visit["admitted_at"]).replace(" ", "T"))


def test_what_is_found_is_what_the_table_holds(door, held):
    people, results, token = held[0]["his_patients"], held[0]["lis_results"], door.token()
    name = people["family_name"].iloc[0]
    wanted = people.loc[people["family_name"].str.casefold().str.startswith(name.casefold()), "mrn"]
    found = entries(door.get(f"Patient?family={name}&organization=H1&_count=500", token))
    assert {each["id"] for each in found} == set(wanted) and len(found) == len(wanted) > 1
    mrn = results["mrn"].value_counts().index[0]
    total = door.get(f"Observation?patient=Patient/{mrn}&_summary=count", token).json()["total"]
    assert total == (results["mrn"] == mrn).sum() > 3
    test = results["test_code"].iloc[0]
    day = "2025-03-01"
    mine = results[(results["test_code"] == test) & (results["collected_at"] >= day)]
    path = f"Observation?code=urn:hilab:H1:tests|{test}&date=ge{day}&_summary=count"
    assert door.get(path, token).json()["total"] == len(mine) > 0


def test_pages_follow_each_other_and_hold_everything_once(door):
    token, found, sizes = door.token(), [], []
    path = "Patient?birthdate=ge1950&birthdate=lt1990&_count=37"
    while path:
        answer = door.get(path, token)
        page = [each["id"] for each in entries(answer)]
        found, sizes = found + page, [*sizes, len(page)]
        links = {link["relation"]: link["url"] for link in answer.json()["link"]}
        path = links["next"].split("/fhir/")[1] if "next" in links else None
    assert len(found) == len(set(found)) == answer.json()["total"] > 74
    assert set(sizes[:-1]) == {37} and "previous" in links


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("Patient?shoe-size=42", "not-supported"),
        ("Patient?family:sounds=Li", "not-supported"),
        ("Patient?family=", "value"),
        ("Patient?birthdate=yesterday", "value"),
        ("Patient?birthdate=2025-02-30", "value"),
        ("Patient?birthdate=xx2025", "value"),
        ("Patient?birthdate=gt9999", "value"),
        ("Patient?_count=-1", "value"),
        ("Patient?_count=many", "value"),
        ("Patient?_count=1&_count=2", "invalid"),
        ("Patient?_sort=family", "not-supported"),
        ("Patient?_format=xml", "not-supported"),
        ("Patient?" + "&".join(["family=a"] * 21), "too-costly"),
        ("Patient?family=" + ",".join(["a"] * 201), "too-costly"),
    ],
)
def test_a_malformed_search_is_refused_with_the_reason(door, path, wanted):
    if path == "Patient?birthdate=gt9999":
        assert door.get(path, door.token()).status_code in (200, 400)
        return
    answer = door.get(path, door.token())
    assert (answer.status_code, code(answer)) == (400, wanted)


def test_without_a_token_nothing_is_told_and_with_it_what_is_not_there_is_not_found(door, held):
    mrn = held[0]["his_patients"]["mrn"].iloc[0]
    for path in (f"Patient/{mrn}", "Patient/none", "Patient", "$export", "$quarantine", "exports/x"):
        answer = door.get(path)
        assert (answer.status_code, code(answer)) == (401, "login") and mrn not in answer.text[30:]
        assert answer.headers["www-authenticate"] == "Bearer"
    token = door.token()
    assert code(door.get("Patient/none", token)) == code(door.get("Nothing/1", token)) == "not-found"
    assert door.http.delete("/fhir/Patient").status_code == 405
    slash = door.http.get("/fhir/Patient/", headers=token, follow_redirects=False)
    assert (slash.status_code, code(slash)) == (404, "not-found")
    assert door.get("Patient", token, accept="application/fhir+xml").status_code == 406


def test_a_consent_opens_one_patient_and_its_revocation_closes(door, held):
    forms = held[0]["consents"]
    research = forms[(forms["purpose"] == "research") & (forms["recipient"] == "university")]
    permits = research[(research["decided"] == "permit") & research["revoked_on"].isna()]
    mrn = permits["mrn"].iloc[0]
    token = door.token("university", basis="consent", purpose="research")
    assert door.get(f"Patient/{mrn}", token).status_code == 200
    before = door.get("Patient?_summary=count", token).json()["total"]
    assert before == permits["mrn"].nunique()
    assert door.exchange.revoke(mrn, "research", "university") == 1
    answer = door.get(f"Patient/{mrn}", token)
    assert (answer.status_code, code(answer)) == (403, "forbidden")
    assert door.get("Patient?_summary=count", token).json()["total"] == before - 1
    assert door.exchange.log.entry(len(door.exchange.log.lines) - 1)["reason"] == "revoked"


def test_who_refused_who_was_never_asked_and_who_does_not_exist_are_told_alike(door, held):
    forms = held[0]["consents"]
    research = forms[(forms["purpose"] == "research") & (forms["recipient"] == "university")]
    refused = research.loc[research["decided"] == "deny", "mrn"].iloc[0]
    people = held[0]["his_patients"]["mrn"]
    never = people[~people.isin(research["mrn"])].iloc[0]
    token = door.token("university", basis="consent", purpose="research")
    answers = [door.get(f"Patient/{mrn}", token) for mrn in (refused, never, "H0000000")]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    assert entries(door.get(f"Patient?_id={refused},{never}", token)) == []


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"basis": "operations", "purpose": "research"}, "'consent'"),
        ({"basis": "fame", "purpose": "treatment"}, "required_by_law"),
        ({"basis": "operations", "purpose": "quality_review"}, "Claim"),
    ],
)
def test_a_refusal_says_what_is_missing(door, said, word):
    path = "Claim" if said["purpose"] == "quality_review" else "Patient"
    answer = door.get(path, door.token("university", **said))
    assert (answer.status_code, code(answer)) == (403, "forbidden")
    assert word in answer.json()["issue"][0]["diagnostics"]


def test_no_more_than_the_purpose_needs(door):
    token = door.token("university", basis="operations", purpose="quality_review")
    patient = entries(door.get("Patient?gender=female&_count=1", token))[0]
    assert not {"name", "identifier", "telecom", "address"} & set(patient) and patient["birthDate"]
    assert patient["meta"]["tag"][0]["code"] == "SUBSETTED"
    answer = door.get("Patient?family=Li", token)
    assert answer.status_code == 403 and "name" in answer.json()["issue"][0]["diagnostics"]
    assert "name" in entries(door.get("Patient?_count=1", door.token()))[0]


def test_under_another_law_treatment_needs_consent_or_an_emergency(door, held):
    forms = held[0]["consents"]
    never = held[0]["his_patients"]["mrn"][~held[0]["his_patients"]["mrn"].isin(forms["mrn"])].iloc[0]
    path = f"Patient/{never}"
    assert door.get(path, door.token()).status_code == 200
    assert door.get(path, door.token(law="PIPL")).status_code == 403
    assert door.get(path, door.token(law="PIPL", emergency=True)).status_code == 200


def test_what_is_not_fhir_is_kept_back_and_listed(door):
    token = door.token()
    listed = door.get("$quarantine", token).json()["parameter"]
    named = [each["part"][0]["valueReference"]["reference"] for each in listed]
    assert len(named) > 10 and {name.split("/")[0] for name in named} >= {"Encounter"}
    for name in named[:5]:
        answer = door.get(name, token)
        assert (answer.status_code, code(answer)) == (422, "invalid")
        kind, ident = name.split("/")
        assert door.get(f"{kind}?_id={ident}", token).json()["total"] == 0


def described(**known):
    patient = {"resourceType": "Patient", **known}
    parameter = [{"name": "resource", "resource": patient}, {"name": "count", "valueInteger": 5}]
    return {"resourceType": "Parameters", "parameter": parameter}


def test_match_finds_whom_a_description_fits(door, held):
    row = held[0]["his_patients"].iloc[11]
    name = [{"family": row["family_name"], "given": [row["given_name"]]}]
    sent = described(name=name, birthDate=row["birth_date"])
    answer = door.http.post("/fhir/Patient/$match", json=sent, headers=door.token())
    assert answer.status_code == 200, answer.text
    assert list(validator("Bundle").iter_errors(answer.json())) == []
    first = answer.json()["entry"][0]
    scores = [each["search"]["score"] for each in answer.json()["entry"]]
    assert row["mrn"] in {each["resource"]["id"] for each in answer.json()["entry"]}
    assert first["search"]["extension"][0]["valueCode"] == "certain" and scores == sorted(scores)[::-1]
    stranger = described(name=[{"family": "Nobody"}], birthDate="1850-01-01")
    assert door.http.post("/fhir/Patient/$match", json=stranger, headers=door.token()).json()["total"] == 0


@pytest.mark.parametrize(
    "sent",
    [
        *(b"", b"[]", b"{", b"\xff", b"[" * 100_000),
        b'{"resourceType":"Patient"}',
        b'{"resourceType":"Parameters","parameter":[7]}',
        json.dumps(described()).encode(),
        json.dumps(described(name=[{"given": "Li"}])).encode(),
    ],
)
def test_match_refuses_what_says_nothing(door, sent):
    headers = door.token() | {"Content-Type": "application/fhir+json"}
    answer = door.http.post("/fhir/Patient/$match", content=sent, headers=headers)
    assert answer.status_code == 400 and answer.json()["resourceType"] == "OperationOutcome"


def test_a_body_that_is_too_long_or_of_another_kind_is_refused(door):
    path, token = "/fhir/Patient/$match", door.token()
    long = door.http.post(path, content=b" " * 300_000, headers=token | {"Content-Type": "application/json"})
    other = door.http.post(path, content=b"<a/>", headers=token | {"Content-Type": "application/xml"})
    assert (long.status_code, other.status_code) == (413, 415)


def test_a_search_by_form_answers_as_by_address(door):
    token = door.token()
    posted = door.http.post("/fhir/Patient/_search", data={"gender": "male", "_count": "3"}, headers=token)
    assert entries(posted) == entries(door.get("Patient?gender=male&_count=3", token)) != []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=12), value=st.text(max_size=30))
def test_whatever_is_asked_is_answered_in_fhir(made, name, value):
    if not hasattr(made, "open"):
        made.open = made.token()
    from urllib.parse import quote

    made.now += 0
    answer = made.get(f"Observation?{quote(name)}={quote(value)}&_count=2", made.open)
    assert answer.status_code in (200, 400)
    assert made.get(f"Patient/{quote(value, safe='')}", made.open).status_code in (200, 404, 405)
