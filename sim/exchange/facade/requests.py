"""Requests taken apart: queries, bodies and what they accept."""

import json
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request

from sim.exchange.facade.describing import FHIR, FORM
from sim.exchange.facade.refusals import Refusal, bad

LARGEST = 1 << 18
"""Bytes of a body, at most."""

FIELDS = 100
"""Fields of a query or form, at most."""

Pairs = list[tuple[str, str]]


def query(request: Request) -> Pairs:
    """Returns the names and values of a query.

    Raises:
        Refusal: There are too many.
    """
    return _pairs(request.scope["query_string"].decode("latin-1"))


def _pairs(text: str) -> Pairs:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise bad(f"Expected at most {FIELDS} fields.", "too-costly") from None


async def form(request: Request) -> Pairs:
    """Returns the names and values of a form.

    Raises:
        Refusal: The body is no form, or too long.
    """
    _kind(request, (FORM,))
    return _pairs((await _body(request)).decode("utf-8", errors="replace"))


async def content(request: Request) -> Any:
    """Returns the JSON of a body.

    Raises:
        Refusal: The body is none, or too long.
    """
    _kind(request, (FHIR, "application/json"))
    raw = await _body(request)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise bad("The body is no JSON.", "structure") from None


def _kind(request: Request, kinds: tuple[str, ...]) -> None:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in kinds:
        raise Refusal(415, "not-supported", f"Expected a body of the type {' or '.join(kinds)}.")


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise Refusal(413, "too-long", f"Expected a body of at most {LARGEST} bytes.")
        parts.append(part)
    return b"".join(parts)


def check_accept(request: Request) -> None:
    """Checks that the client takes JSON.

    Raises:
        Refusal: It does not.
    """
    accept = request.headers.get("accept", "")
    if accept and not any(word in accept for word in ("json", "*/*", "application/*")):
        raise Refusal(406, "not-supported", f"The exchange speaks JSON only: accept {FHIR}.")
