"""The log holds what happened, and a changed byte shows."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import HilabError
from sim.exchange.facade.audit import Log, audit_event, first_broken, seal
from sim.exchange.fhir.schema import validator


def filled(count=6, file=None):
    log = Log(file)
    for number in range(count):
        facts = {"client": f"c{number}", "purpose": "treatment", "action": "read", "target": "Patient/é"}
        log.write(1e9 + number, **facts, status=200, reason="allowed")
    return log


def test_a_log_that_nobody_touched_holds():
    log = filled()
    assert first_broken(log.lines, log.head) is None
    assert first_broken([]) is None


LOG = filled()


@settings(max_examples=300, deadline=None)
@given(line=st.integers(0, 5), place=st.integers(0, 10_000), sign=st.characters(exclude_characters="\r\n"))
def test_every_changed_byte_shows(line, place, sign):
    lines = list(LOG.lines)
    text = lines[line]
    at = place % len(text)
    if text[at] == sign:
        return
    lines[line] = text[:at] + sign + text[at + 1 :]
    assert first_broken(lines, LOG.head) in (line + 1, line + 2)


@pytest.mark.parametrize("line", range(6))
def test_a_missing_a_swapped_and_a_repeated_entry_show(line):
    lines = list(LOG.lines)
    assert first_broken(lines[:line] + lines[line + 1 :], LOG.head) == line + 1
    assert first_broken(lines[: line + 1] + lines[line:], LOG.head) == line + 2
    other = (line + 1) % 6
    lines[line], lines[other] = lines[other], lines[line]
    assert first_broken(lines, LOG.head) == min(line, other) + 1


def test_whoever_forges_one_entry_has_to_forge_all_that_follow():
    lines = list(LOG.lines)
    entry = json.loads(lines[2]) | {"client": "nobody"}
    entry["hash"] = seal(entry)
    lines[2] = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    assert first_broken(lines) == 4
    assert first_broken(lines[:3]) is None and first_broken(lines[:3], LOG.head) == 4


def test_the_file_holds_the_log_and_an_old_one_is_not_written_over(tmp_path):
    file = tmp_path / "log.jsonl"
    log = filled(3, file)
    log.close()
    assert file.read_text(encoding="utf-8").splitlines() == log.lines
    with pytest.raises(HilabError, match=r"log\.jsonl: expected a new file"):
        Log(file)


def test_an_entry_is_an_audit_event():
    event = audit_event(LOG.entry(3))
    assert list(validator("AuditEvent").iter_errors(event)) == []
    assert event["extension"][1]["valueString"] == LOG.entry(3)["hash"]


def test_requests_are_logged_with_who_and_why_and_without_what_was_sought(door):
    token = door.token("university", basis="consent", purpose="research")
    door.get("Patient/H0000000", token)
    door.get("Observation?code=SECRET", token)
    door.get("Patient")
    last = [json.loads(line) for line in door.exchange.log.lines[-4:]]
    told = [(each["action"], each["target"], each["status"], each["reason"]) for each in last]
    assert told == [
        ("token", "", 200, "allowed"),
        ("read", "Patient/H0000000", 403, "none"),
        ("search", "Observation?code", 200, "allowed"),
        ("search", "Patient", 401, "login"),
    ]
    assert last[1]["recipient"] == "university" and last[3]["client"] == ""
    assert "SECRET" not in "".join(door.exchange.log.lines)
    assert first_broken(door.exchange.log.lines, door.exchange.log.head) is None


def test_only_the_privacy_office_sees_the_log_and_nothing_else(door):
    office, other = door.token("privacy_office"), door.token()
    found = door.get("AuditEvent?_count=2", office).json()
    assert found["total"] >= 2 and len(found["entry"]) == 2
    assert door.get("AuditEvent/1", office).json()["id"] == "1"
    assert door.get("AuditEvent/99999", office).status_code == 404
    assert door.get("AuditEvent?agent=x", office).status_code == 400
    assert door.get("AuditEvent", other).status_code == door.get("AuditEvent/1", other).status_code == 403
    assert door.get("Patient", office).status_code == 403
