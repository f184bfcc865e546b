"""The exchange is asked everything that its own description allows, and more (schemathesis)."""

import time

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from sim.exchange.fhir.schema import validator

NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)

NEVER = ("Traceback", "site-packages", "sim/exchange", "0x7f")
"""What no answer may tell."""

EXAMPLES, SECONDS = 12, 45
"""Requests of each kind at each door; no new door is tried after so many seconds."""


def test_whatever_is_sent_the_answer_is_described_and_fhir(door):
    load_all_checks()
    schema = schemathesis.openapi.from_asgi("/openapi.json", door.http.app)
    checks = [CHECKS.get_one(name) for name in NAMES]
    token, begin = door.token(), time.monotonic()
    statuses, tried, doors = {}, 0, 0
    for operation in (each.ok() for each in schema.get_all_operations()):
        doors += 1
        if time.monotonic() - begin > SECONDS:
            continue
        tried += 1
        modes = [GenerationMode.POSITIVE]
        # Where there is but an id or a form, every text is one, and nothing else can be asked.
        if operation.query or "application/json" in operation.get_request_payload_content_types():
            modes.append(GenerationMode.NEGATIVE)
        for mode in modes:
            _ask(operation.as_strategy(generation_mode=mode), token, checks, statuses)
    assert doors > 30 and tried > doors / 2
    assert {200, 202, 400, 404} <= set(statuses) and sum(statuses.values()) > 200
    assert not [status for status in statuses if status >= 500]


def _ask(strategy, token, checks, statuses):
    """Sends some requests."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def ask(case):
        answer = case.call(headers=token)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        case.validate_response(answer, checks=checks)
        assert not any(word in answer.text for word in NEVER)
        if answer.headers["content-type"][0] == "application/fhir+json":
            content = answer.json()
            assert list(validator(content["resourceType"]).iter_errors(content)) == []

    ask()
