"""The exchange over HTTP: what each address does."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from sim.exchange.facade import describing, requests
from sim.exchange.facade.answering import answered, fhir, filled, refused
from sim.exchange.facade.answers import dump
from sim.exchange.facade.capability import capability, smart_configuration
from sim.exchange.facade.describing import FHIR, FORM, answers
from sim.exchange.facade.exchange import Exchange
from sim.exchange.facade.joining import JSON, add_joining
from sim.exchange.facade.ordering import add_exports
from sim.exchange.facade.refusals import Refusal
from sim.exchange.facade.scopes import AUDIT
from sim.exchange.facade.tokens import Grant


def make_app(exchange: Exchange) -> FastAPI:
    """Returns the exchange as a web application.

    Args:
        exchange: The exchange.
    """
    app = FastAPI(title="hilab exchange", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.exchange = exchange
    _public(app, exchange)
    add_joining(app, exchange)
    add_exports(app, exchange)
    _operations(app, exchange)
    for kind in (*exchange.store.kinds, AUDIT):
        _resources(app, exchange, kind)
    _refusals(app)
    return app


def _public(app: FastAPI, exchange: Exchange) -> None:
    """Adds what everybody may read."""

    @app.get("/fhir/metadata", responses=answers(200, 406), response_class=Response)
    async def metadata(request: Request) -> Response:
        """Says what the exchange can do."""
        try:
            requests.check_accept(request)
        except Refusal as refusal:
            return refused(refusal)
        return fhir(dump(capability(exchange.base, exchange.store.kinds)))

    @app.get(
        "/fhir/.well-known/smart-configuration", responses=answers(200, kind=JSON), response_class=Response
    )
    @app.get("/.well-known/smart-configuration", responses=answers(200, kind=JSON), response_class=Response)
    async def configuration() -> Response:
        """Says where tokens are to be had."""
        return Response(dump(smart_configuration(exchange.root)), media_type=JSON)


def _operations(app: FastAPI, exchange: Exchange) -> None:
    """Adds `$match` and `$quarantine`."""
    example = {"resourceType": "Parameters", "parameter": []}

    @app.post(
        "/fhir/Patient/$match",
        responses=answers(200, 400, 401, 403, 404, 406, 413, 415),
        response_class=Response,
        openapi_extra=describing.body([FHIR, JSON], example),
    )
    async def match(request: Request) -> Response:
        """Says who might be meant by a description."""
        sent: Any = None
        try:
            sent = await requests.content(request)
        except Refusal as error:
            sent = error
        await filled(exchange, "Patient")

        def work(grant: Grant) -> str:
            if isinstance(sent, Refusal):
                raise sent
            return exchange.match(grant, sent)

        return answered(exchange, request, "match", "Patient", work)

    @app.get("/fhir/$quarantine", responses=answers(200, 401, 403, 406), response_class=Response)
    async def quarantine(request: Request) -> Response:
        """Lists the resources that are kept back because they are not FHIR."""
        await filled(exchange, *exchange.store.kinds)
        return answered(
            exchange, request, "search", "$quarantine", lambda grant: dump(exchange.quarantine(grant))
        )


def _resources(app: FastAPI, exchange: Exchange, kind: str) -> None:
    """Adds reading and searching one type of resource."""
    found = describing.searched(kind) if kind != AUDIT else describing.controls()

    def answer(request: Request, pairs: requests.Pairs) -> Response:
        names = ",".join(dict.fromkeys(name for name, _ in pairs))[:80]
        target = f"{kind}?{names}" if names else kind
        return answered(
            exchange, request, "search", target, lambda grant: exchange.search(grant, kind, pairs)
        )

    @app.get(
        f"/fhir/{kind}",
        name=f"search {kind}",
        responses=answers(200, 400, 401, 403, 406),
        response_class=Response,
        openapi_extra={"parameters": found},
    )
    async def search(request: Request) -> Response:
        """Searches."""
        await filled(exchange, kind)
        try:
            pairs = requests.query(request)
        except Refusal as refusal:
            return refused(refusal)
        return answer(request, pairs)

    @app.post(
        f"/fhir/{kind}/_search",
        name=f"search {kind} by form",
        responses=answers(200, 400, 401, 403, 406, 413, 415),
        response_class=Response,
        openapi_extra={"parameters": found, **describing.body([FORM], {"_count": "5"})},
    )
    async def posted(request: Request) -> Response:
        """Searches by a form, so that what is sought stands in no address."""
        await filled(exchange, kind)
        try:
            pairs = [*requests.query(request), *await requests.form(request)]
        except Refusal as refusal:
            return refused(refusal)
        return answer(request, pairs)

    @app.get(
        f"/fhir/{kind}/{{ident}}",
        name=f"read {kind}",
        responses=answers(200, 401, 403, 404, 406, 422),
        response_class=Response,
    )
    async def read(request: Request, ident: str) -> Response:
        """Reads one."""
        await filled(exchange, kind)
        target = f"{kind}/{ident[:64]}"
        return answered(exchange, request, "read", target, lambda grant: exchange.read(grant, kind, ident))


_CODES = {404: "not-found", 405: "not-supported"}


def _refusals(app: FastAPI) -> None:
    """Lets everything that goes wrong elsewhere be said in FHIR, too, and nothing else be said."""

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        texts = {404: "There is nothing at this address.", 405: "This address does not take that method."}
        code = _CODES.get(error.status_code, "processing")
        text = texts.get(error.status_code, "The request cannot be answered.")
        return refused(Refusal(error.status_code, code, text, dict(error.headers or {})))

    @app.exception_handler(Exception)
    async def failure(request: Request, error: Exception) -> Response:
        return refused(Refusal(500, "exception", "The exchange failed; what went wrong stays inside."))
