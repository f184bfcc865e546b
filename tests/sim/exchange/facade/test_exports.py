"""Exports as FHIR Bulk Data has them: order, status, manifest, files, deletion."""

import json
import time

import pytest

from sim.exchange.fhir.schema import validator


def order(door, token, path="$export", **headers):
    return door.get(path, token, **{"prefer": "respond-async"} | headers)


def finished(door, token, ordered):
    assert ordered.status_code == 202, ordered.text
    status = ordered.headers["content-location"].split("/fhir/")[1]
    for _ in range(600):
        answer = door.get(status, token)
        if answer.status_code != 202:
            return status, answer
        assert answer.headers["retry-after"].isdigit() and "done" in answer.headers["x-progress"]
        time.sleep(0.01)
    raise AssertionError("never finished")


def lines(door, token, url):
    answer = door.get(url.split("/fhir/")[1], token)
    assert answer.headers["content-type"].startswith("application/fhir+ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_an_export_holds_everything_that_may_be_given_and_all_of_it_is_fhir(door, held):
    token = door.token()
    status, answer = finished(door, token, order(door, token))
    manifest = answer.json()
    assert manifest["requiresAccessToken"] is True and manifest["request"].endswith("/fhir/$export")
    counts = {}
    for each in manifest["output"]:
        resources = lines(door, token, each["url"])
        judge = validator(each["type"])
        assert all(judge.is_valid(resource) for resource in resources)
        assert {resource["resourceType"] for resource in resources} == {each["type"]}
        counts[each["type"]] = len(resources)
        assert len(resources) == each["count"]
    hospitals = ("", "h2_", "h3_")
    assert counts["Patient"] == sum(len(held[0][f"{name}his_patients"]) for name in hospitals)
    assert counts["Observation"] + len(door.exchange.store.shelf("Observation").faults) == sum(
        len(held[0][f"{name}lis_results"]) for name in hospitals
    )
    (errors,) = manifest["error"]
    notes = lines(door, token, errors["url"])
    assert len(notes) == errors["count"] and any("not FHIR" in str(note) for note in notes)
    assert door.http.delete(f"/fhir/{status}", headers=token).status_code == 202
    assert door.get(status, token).status_code == 404
    assert door.get(manifest["output"][0]["url"].split("/fhir/")[1], token).status_code == 404


def test_types_and_a_hospital_can_be_chosen(door, held):
    token = door.token()
    path = "Group/H2/$export?_type=Patient,Encounter"
    _, answer = finished(door, token, order(door, token, path))
    counts = {each["type"]: each["count"] for each in answer.json()["output"]}
    assert set(counts) == {"Patient", "Encounter"} and counts["Patient"] == len(held[0]["h2_his_patients"])
    assert order(door, token, "Group/H9/$export").status_code == 404


def test_an_export_holds_those_who_agreed_and_less_of_them(door, held):
    forms = held[0]["consents"]
    held_by = forms[(forms["purpose"] == "research") & (forms["recipient"] == "university")]
    agreed = set(held_by.loc[(held_by["decided"] == "permit") & held_by["revoked_on"].isna(), "mrn"])
    token = door.token("university", basis="consent", purpose="research")
    _, answer = finished(door, token, order(door, token, "Patient/$export"))
    files = {each["type"]: each["url"] for each in answer.json()["output"]}
    assert "Claim" not in files
    patients = lines(door, token, files["Patient"])
    assert {patient["id"] for patient in patients} == agreed and "name" not in patients[0]
    visits = lines(door, token, files["Encounter"])
    assert {visit["subject"]["reference"].split("/")[1] for visit in visits} <= agreed
    door.exchange.revoke(patients[0]["id"], "research", "university")
    gone = door.get(files["Patient"].split("/fhir/")[1], token)
    assert (gone.status_code, gone.json()["issue"][0]["code"]) == (410, "expired")


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("$export", {"prefer": "respond-sync"}, 400, "required"),
        ("$export?_type=Shoe", {}, 400, "not-supported"),
        ("$export?_type=", {}, 400, "not-supported"),
        ("$export?_outputFormat=csv", {}, 400, "not-supported"),
        ("$export?_outputFormat=ndjson&_outputFormat=ndjson", {}, 400, "invalid"),
        ("$export?_since=2025-01-01T00:00:00Z", {}, 400, "not-supported"),
        ("$export", {"accept": "text/html"}, 406, "not-supported"),
    ],
)
def test_a_malformed_order_is_refused(door, path, headers, status, code):
    answer = order(door, door.token(), path, **headers)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (status, code)


def test_lenient_clients_may_say_more(door):
    token = door.token()
    answer = order(
        door, token, "$export?_since=2025-01-01&_type=Organization", prefer="respond-async, handling=lenient"
    )
    finished(door, token, answer)


def test_nobody_sees_anothers_export_and_nobody_has_many(door):
    token, other = door.token(), door.token()
    status, answer = finished(door, token, order(door, token, "$export?_type=Organization"))
    file = answer.json()["output"][0]["url"].split("/fhir/")[1]
    for path in (status, file):
        assert door.get(path, other).status_code == 404
    for name in ("..%2Fx.ndjson", "Shoe.ndjson", "Organization.ndjson.bak"):
        assert door.get(f"{status}/{name}", token).status_code == 404
    answers = [order(door, token, "$export?_type=Organization") for _ in range(8)]
    assert [each.status_code for each in answers].count(429) == 1 and "retry-after" in answers[-1].headers


def test_an_export_that_fails_says_so_and_nothing_more(door, monkeypatch):
    token = door.token()

    def broken(*arguments):
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(type(door.exchange), "_fill", broken)
    _, answer = finished(door, token, order(door, token))
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (500, "exception")
    assert "secret" not in answer.text


def test_what_goes_wrong_inside_is_not_told(door, monkeypatch):
    token = door.token()
    monkeypatch.setattr(type(door.exchange), "search", lambda *arguments: 1 / 0)
    answer = door.get("Patient", token)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (500, "exception")
    assert "division" not in answer.text
