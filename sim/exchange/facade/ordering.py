"""The doors at which exports are ordered, watched and fetched."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response

from sim.exchange.facade import describing, requests
from sim.exchange.facade.answering import UNSEEN, answered, fhir, filled
from sim.exchange.facade.answers import dump
from sim.exchange.facade.describing import answers
from sim.exchange.facade.exchange import Exchange
from sim.exchange.facade.exporting import read_order
from sim.exchange.facade.refusals import Refusal, outcome
from sim.exchange.facade.tokens import Grant

NDJSON = "application/fhir+ndjson"
JSON = "application/json"


def add_exports(app: FastAPI, exchange: Exchange) -> None:
    """Adds exports: order, status, files, deletion."""

    def order(request: Request, target: str, hospital: str | None) -> Response:
        address = f"{exchange.root}{request.url.path}" + (
            f"?{request.url.query}" if request.url.query else ""
        )

        def work(grant: Grant) -> Response:
            wanted = read_order(requests.query(request), request.headers.get("prefer"), hospital, address)
            job = exchange.export(grant, wanted)
            note = outcome("information", "informational", "The export is being made; ask for its status.")
            return fhir(dump(note), 202, {"Content-Location": f"{exchange.base}/exports/{job.ident}"})

        return answered(exchange, request, "export", target, work)

    kept: dict[str, Any] = {
        "responses": answers(202, 400, 401, 403, 404, 406, 429),
        "response_class": Response,
        "openapi_extra": {"parameters": describing.exported()},
        "status_code": 202,
    }

    @app.get("/fhir/$export", **kept)
    async def export_all(request: Request) -> Response:
        """Orders everything."""
        return order(request, "", None)

    @app.get("/fhir/Patient/$export", **kept)
    async def export_patients(request: Request) -> Response:
        """Orders everything about all patients."""
        return order(request, "Patient", None)

    @app.get("/fhir/Group/{hospital}/$export", **kept)
    async def export_group(request: Request, hospital: str) -> Response:
        """Orders everything about the patients of one hospital."""
        await filled(exchange, "Organization")
        known = (
            "Organization" in exchange.store.kinds and hospital in exchange.store.shelf("Organization").row_of
        )
        if known:
            return order(request, f"Group/{hospital}", hospital)

        def work(grant: Grant) -> Response:
            raise Refusal(404, "not-found", "There is no such group; groups are the hospitals, such as H1.")

        return answered(exchange, request, "export", "Group", work)

    @app.get(
        "/fhir/exports/{ident}", responses=answers(200, 202, 401, 404, 406, 500), response_class=Response
    )
    async def status(request: Request, ident: str) -> Response:
        """Says how far an export is, and where its files are."""
        return answered(exchange, request, "export", "status", lambda grant: _status(exchange, grant, ident))

    @app.delete(
        "/fhir/exports/{ident}",
        status_code=202,
        responses=answers(202, 401, 404, 406),
        response_class=Response,
    )
    async def delete(request: Request, ident: str) -> Response:
        """Stops an export or forgets it."""

        def work(grant: Grant) -> Response:
            exchange.jobs.drop(grant, ident)
            return fhir(dump(outcome("information", "informational", "The export is gone.")), 202)

        return answered(exchange, request, "export", "delete", work)

    @app.get(
        "/fhir/exports/{ident}/{name}", responses=answers(200, 401, 404, 406, 410), response_class=Response
    )
    async def file(request: Request, ident: str, name: str) -> Response:
        """Gives a file of an export."""

        def work(grant: Grant) -> Response:
            return FileResponse(exchange.file(grant, ident, name), headers=UNSEEN, media_type=NDJSON)

        target = name if name.removesuffix(".ndjson") in (*exchange.store.kinds, "errors") else ""
        return answered(exchange, request, "download", target, work)


def _status(exchange: Exchange, grant: Grant, ident: str) -> Response:
    job = exchange.jobs.find(grant, ident)
    if job.failed:
        raise Refusal(500, "exception", "The export failed; delete it and order it again.")
    if not job.finished:
        headers = {"X-Progress": f"{job.done:.0%} done", "Retry-After": "1"}
        return fhir(dump(outcome("information", "informational", "Not yet finished.")), 202, headers)
    address = f"{exchange.base}/exports/{ident}"
    return Response(dump(job.manifest(address)), 200, UNSEEN, JSON)
