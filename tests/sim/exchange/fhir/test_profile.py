"""A bundle is checked against the schema and what hospitals promise; answers are FHIR themselves."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.exchange.fhir.profile import CODES, check_bundle, outcome
from sim.exchange.fhir.schema import validator

PATIENT = {"resourceType": "Patient", "id": "P1", "gender": "female"}
CODING = {"system": "http://loinc.org", "code": "2345-7"}
RESULT = {
    "resourceType": "Observation",
    "id": "R1",
    "status": "final",
    "code": {"coding": [CODING]},
    "subject": {"reference": "Patient/P1"},
}


def bundle(*resources, **parts):
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries, **parts})


def test_a_good_bundle_has_no_findings_and_is_answered_so():
    assert check_bundle(bundle(PATIENT, RESULT)) == []
    assert outcome([])["issue"][0]["severity"] == "information"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "structure", "Bundle"),
        ("[]", "structure", "Bundle"),
        ('{"resourceType": "Patient"}', "structure", "Bundle"),
        ("[" * 100_000, "structure", "Bundle"),
        ('{"resourceType":"Bundle","entry":' + "[" * 400 + "]" * 400 + "}", "structure", "Bundle.entry[0]"),
        (bundle(), "structure", "Bundle.entry"),
        (bundle(PATIENT, [1]), "structure", "Bundle.entry[1]"),
        (
            bundle(PATIENT | {"name": json.loads("[" * 300 + "]" * 300)}),
            "structure",
            "Bundle.entry[0].resource.name[0]",
        ),
        (bundle(PATIENT, type="heap"), "structure", "Bundle.type"),
        (bundle(PATIENT | {"gender": "xx"}), "structure", "Bundle.entry[0].resource.gender"),
        (bundle(PATIENT, {"resourceType": "Sandwich"}), "structure", "Bundle.entry[1].resource"),
        (bundle(RESULT), "not-found", "Bundle.entry[0].resource"),
        (
            bundle(PATIENT, RESULT | {"code": {"coding": [CODING | {"system": "urn:oid:2.999"}]}}),
            "code-invalid",
            "Bundle.entry[1].resource.code.coding[0].system",
        ),
    ],
)
def test_what_is_wrong_is_found_and_placed(text, code, place):
    findings = check_bundle(text)
    assert (findings[0].code, findings[0].place) == (code, place) and findings[0].code in CODES
    answer = outcome(findings)
    assert validator("OperationOutcome").is_valid(answer) and answer["issue"][0]["expression"] == [place]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda it: (
            st.lists(it, max_size=3)
            | st.dictionaries(
                st.sampled_from(["entry", "resource", "resourceType", "system", "code", "reference"]),
                it,
                max_size=3,
            )
        ),
    )
)
@settings(max_examples=150, deadline=None)
def test_anything_in_a_bundle_is_answered(content):
    answer = outcome(check_bundle(json.dumps({"resourceType": "Bundle", "entry": content})))
    assert validator("OperationOutcome").is_valid(answer)
    whole = isinstance(content, list) and content and all(isinstance(each, dict) for each in content)
    assert whole or answer["issue"][0]["severity"] == "error"


def run(*arguments):
    command = [sys.executable, "-m", "sim.exchange.fhir", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_names_what_is_wrong_and_answers_it(tmp_path):
    file = tmp_path / "a b.ndjson"
    file.write_text(bundle(PATIENT, RESULT) + "\n" + bundle(RESULT) + "\n", encoding="utf-8")
    done = run(file)
    assert done.returncode == 1 and done.stdout.splitlines()[0].startswith("2: Bundle.entry[0].resource: ")
    assert done.stdout.splitlines()[-1] == "2 bundles, 1 with something wrong"
    answers = [json.loads(line) for line in run("--outcome", file).stdout.splitlines()]
    assert [each["issue"][0]["severity"] for each in answers] == ["information", "error"]
    missing = run(tmp_path / "none")
    assert missing.returncode == 2 and "expected a readable file" in missing.stderr
    assert run().returncode == 2 and run("--outcome").stderr.startswith("Usage")
