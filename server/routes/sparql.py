"""`/sparql`: any question, in the query language, over the public graphs."""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from server.about.service_description import describe_service
from server.address import root_of, with_addresses
from server.answers.caching import headers, tag, unchanged
from server.answers.memento import in_time
from server.answers.negotiate import ENGINE_TRIPLES, HTML, TRIPLES, XLSX, choose, prefers_html
from server.answers.patience import while_connected
from server.answers.rdf import write
from server.answers.responses import content_type
from server.answers.workbook import workbook_of
from server.dependencies import PoolDep
from server.engine.pool import Pool
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.pages.query_page import form_page, graph_page, rows_page
from server.sparql.glance import Judged
from server.sparql.protocol import (
    Asked,
    chosen_format,
    deadline,
    judged_query,
    question,
    read_request,
)
from server.sparql.tokens import quoting
from server.speech import language_of, prefix_of

router = APIRouter(tags=["SPARQL"])
PARAMETERS = [
    {
        "name": name,
        "in": "query",
        "schema": {"type": kind},
        "description": about,
        "example": example,
    }
    for name, kind, about, example in (
        ("query", "string", "a SELECT, ASK, CONSTRUCT or DESCRIBE query", "ASK { ?s ?p ?o }"),
        ("default-graph-uri", "string", "a graph to read instead of all", None),
        ("named-graph-uri", "string", "a graph that GRAPH may name", None),
        ("format", "string", "json, xml, csv, tsv, xlsx; turtle, nt, trig, nq, rdf, jsonld", "csv"),
        ("timeout", "number", "seconds after which to give up", 5),
        ("release", "string", "a release of /releases instead of the one being served", None),
    )
]


@router.get("/sparql", summary="Ask a query", openapi_extra={"parameters": PARAMETERS})
async def get(request: Request, pool: PoolDep) -> Response:
    """Answer a query in the address; without one, describe the service."""
    return await in_time(request, pool, partial(respond, request))


@router.post("/sparql", summary="Ask a query in the body")
async def post(request: Request, pool: PoolDep) -> Response:
    """Answer a query sent as a form or as application/sparql-query."""
    return await in_time(request, pool, partial(respond, request))


async def respond(request: Request, pool: Pool) -> Response:
    """Answer a query; in a browser, a refusal appears above the form."""
    asked = Asked(None)
    try:
        asked = await read_request(request)
        if asked.query is None and request.method == "GET":
            return introduce(request, pool)
        return await answer(request, pool, asked)
    except ProblemError as error:
        quoting(error, asked.query)
        if wants_page(request, asked):
            return form_page(request, asked.query or "", error)
        raise


def wants_page(request: Request, asked: Asked) -> bool:
    """Tell whether a refusal is to be shown in the form."""
    if asked.format:
        return asked.format.strip().lower() in ("html", HTML)
    return prefers_html(request.headers.get("accept"))


def introduce(request: Request, pool: Pool) -> Response:
    """Return the form for people, the service description for programs."""
    try:
        media = choose(request.headers.get("accept"), (*TRIPLES, HTML))
    except ProblemError as error:
        judged_query(Asked(None))
        raise error from None
    if media == HTML:
        return form_page(request, "")
    snapshot = pool.snapshot
    endpoint = f"{root_of(request)}sparql"
    entity = tag(snapshot, "service", media, endpoint)
    if short := unchanged(request, snapshot, entity):
        return with_addresses(request, short)
    form = ENGINE_TRIPLES.get(media, media)
    said = describe_service(endpoint, snapshot, pool.settings)
    body = write(said, form, snapshot.base)
    given = headers(snapshot, entity) | {"Content-Type": content_type(form)}
    return with_addresses(request, Response(body, headers=given))


async def answer(request: Request, pool: Pool, asked: Asked) -> Response:
    """Judge a query, then have a worker answer it."""
    with pool.outcomes.failures():
        judged = judged_query(asked)
    media = chosen_format(asked, judged, request.headers.get("accept"))
    snapshot = pool.snapshot
    entity = entity_of(request, snapshot, asked, judged, media)
    if entity and (short := unchanged(request, snapshot, entity)):
        return short
    limit = deadline(asked, pool.bounds().deadline)
    with pool.outcomes.failures():
        put = question(asked, judged, media, snapshot)
    if media == HTML:
        show = rows_page if judged.answers_rows else graph_page
        return await while_connected(request, show(request, pool, put, limit, entity))
    found = await while_connected(request, pool.ask(put, limit))
    given = headers(found.snapshot, entity_of(request, found.snapshot, asked, judged, media))
    if media == XLSX:
        return await workbook_of(request, put.query, found, given)
    return Response(found.body, headers={**given, "Content-Type": content_type(media)})


def entity_of(
    request: Request, snapshot: Snapshot, asked: Asked, judged: Judged, media: str
) -> str | None:
    """Return the entity tag of an answer; None for one that changes by itself."""
    if judged.changing:
        return None
    spoken = (language_of(request).code, prefix_of(request)) if media in (HTML, XLSX) else ()
    return tag(snapshot, asked.query, asked.default_graphs, asked.named_graphs, media, *spoken)
