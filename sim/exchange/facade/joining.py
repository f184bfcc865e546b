"""The doors at which a client joins and gets its token."""

from fastapi import FastAPI, Request
from fastapi.responses import Response

from sim.exchange.facade import describing, requests
from sim.exchange.facade.answering import UNSEEN
from sim.exchange.facade.answers import dump
from sim.exchange.facade.clients import OAuthError
from sim.exchange.facade.describing import FORM, answers
from sim.exchange.facade.exchange import Exchange
from sim.exchange.facade.refusals import Refusal
from sim.exchange.vocabulary import ASSERTION

JSON = "application/json"


def add_joining(app: FastAPI, exchange: Exchange) -> None:
    """Adds what a client does before it has a token."""
    keys = {"client_name": "university", "jurisdiction": "HIPAA", "jwks": {"keys": []}}

    @app.post(
        "/auth/register",
        status_code=201,
        responses=answers(201, 400, 413, 415, kind=JSON),
        response_class=Response,
        openapi_extra=describing.body([JSON], keys),
    )
    async def register(request: Request) -> Response:
        """Takes in a client with its public keys."""
        try:
            sent = await requests.content(request)
            if not isinstance(sent, dict):
                raise OAuthError("invalid_client_metadata", "Expected one JSON object.")
            client = exchange.register.join(sent)
        except (OAuthError, Refusal) as error:
            return _oauth(error)
        said = {
            "client_id": client.ident,
            "client_name": client.recipient,
            "jurisdiction": client.jurisdiction,
        }
        return Response(dump(said), 201, UNSEEN, JSON)

    form = {
        "grant_type": "client_credentials",
        "scope": "system/*.rs",
        "client_assertion_type": ASSERTION,
        "client_assertion": "a.b.c",
    }

    @app.post(
        "/auth/token",
        responses=answers(200, 400, 401, 413, 415, kind=JSON),
        response_class=Response,
        openapi_extra=describing.body([FORM], form),
    )
    async def token(request: Request) -> Response:
        """Gives a token to a client that proves who it is."""
        try:
            said, grant = exchange.desk.issue(dict(await requests.form(request)))
        except (OAuthError, Refusal) as error:
            answer = _oauth(error)
            exchange.note("token", "", answer.status_code, getattr(error, "error", "invalid_request"), None)
            return answer
        exchange.note("token", "", 200, "allowed", grant)
        return Response(dump(said), 200, UNSEEN, JSON)


def _oauth(error: OAuthError | Refusal) -> Response:
    """Returns a refusal in OAuth's words."""
    if isinstance(error, Refusal):
        error = OAuthError("invalid_request", error.text, error.status)
    said = {"error": error.error, "error_description": error.description}
    return Response(dump(said), error.status, UNSEEN, JSON)
