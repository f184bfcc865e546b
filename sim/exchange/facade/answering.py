"""How a request that needs a token is answered, and logged."""

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sim.exchange.facade import requests
from sim.exchange.facade.answers import dump
from sim.exchange.facade.describing import FHIR
from sim.exchange.facade.exchange import Exchange
from sim.exchange.facade.refusals import Refusal
from sim.exchange.facade.tokens import Grant

UNSEEN = {"Cache-Control": "no-store", "Pragma": "no-cache"}
"""Nothing in between may keep an answer."""

Work = Callable[[Grant], Any]
"""Answers a request: JSON text, or a whole answer."""


def fhir(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Returns an answer in FHIR's media type."""
    return Response(text, status, {**UNSEEN, **(headers or {})}, FHIR)


def refused(refusal: Refusal) -> Response:
    """Returns a refusal as an answer."""
    return fhir(dump(refusal.outcome()), refusal.status, refusal.headers)


def answered(exchange: Exchange, request: Request, action: str, target: str, work: Work) -> Response:
    """Answers a request that needs a token, and writes into the log what became of it."""
    grant = None
    try:
        requests.check_accept(request)
        grant = exchange.desk.read(request.headers.get("authorization"))
        made = work(grant)
        answer = made if isinstance(made, Response) else fhir(made)
        exchange.note(action, target, answer.status_code, "allowed", grant)
    except Refusal as refusal:
        answer = refused(refusal)
        exchange.note(action, target, refusal.status, refusal.reason, grant)
    return answer


async def filled(exchange: Exchange, *kinds: str) -> None:
    """Waits until shelves are filled, while others are answered."""
    for kind in kinds:
        if not exchange.store.ready(kind):
            await run_in_threadpool(exchange.store.shelf, kind)
