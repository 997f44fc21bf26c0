"""`/queries`: the questions that the platform answers, each with its parameters."""

from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from queries.catalogue import NamedQuery
from server.answers.caching import headers, tag, unchanged
from server.answers.memento import NAME as RELEASE
from server.answers.memento import in_time
from server.answers.negotiate import HTML, JSON, choose, split_suffix
from server.answers.patience import while_connected
from server.answers.rows import read_rows
from server.dependencies import PoolDep
from server.engine.pool import Pool
from server.engine.process import Question
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.pages.description import learn_labels
from server.pages.page import page
from server.pages.query_page import shower_of
from server.pages.tables import Table, iris, table
from server.problems import described
from server.questions.answer import (
    addresses,
    bound,
    data,
    entity_of,
    link_header,
    paged,
)
from server.questions.forms import Field, fields
from server.questions.reserved import FORMATS, RESERVED, Wish, split, wish
from server.sparql.protocol import Pairs, pairs
from server.speech import language_of, prefix_of

router = APIRouter(tags=["named questions"])


@router.get("/queries", summary="All named questions")
async def queries(request: Request, pool: PoolDep) -> Response:
    """Return the catalogue of questions with their parameters and examples."""
    media = choose(request.headers.get("accept"), (JSON, HTML))
    snapshot = pool.snapshot
    entity = tag(snapshot, "queries", media, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    given = headers(snapshot, entity)
    if media == HTML:
        topics: dict[str, list[NamedQuery]] = {}
        for query in snapshot.queries.values():
            topics.setdefault(query.topic, []).append(query)
        return page(request, "queries.html", 200, given, topics=topics)
    listed = [as_json(query) for query in snapshot.queries.values()]
    return JSONResponse({"queries": listed}, headers=given)


def as_json(query: NamedQuery) -> dict[str, object]:
    """Return a question as the catalogue in JSON has it."""
    return {
        "name": query.name,
        "topic": query.topic,
        "summary": {"en": query.summary, "fr": query.summary_fr},
        "tags": list(query.tags),
        "columns": list(query.columns),
        "url": f"/queries/{query.name}",
        "parameters": [
            {
                "name": one.name,
                "type": one.type,
                "scheme": one.scheme,
                "optional": one.optional,
                "example": one.example,
                "about": {"en": one.about, "fr": one.about_fr},
            }
            for one in query.parameters
        ],
    }


@router.get("/queries/{name}", summary="One named question", include_in_schema=False)
async def named_query(request: Request, name: str, pool: PoolDep) -> Response:
    """Answer a question with the parameters of the address."""
    return await in_time(request, pool, partial(respond, request, name))


async def respond(request: Request, name: str, pool: Pool) -> Response:
    """Answer a question from a release."""
    name, suffixed = split_suffix(name, *(f".{one}" for one in FORMATS))
    snapshot = pool.snapshot
    query = snapshot.queries.get(name)
    if query is None:
        detail = _("There is no question %(name)s; all of them are at /queries.")
        raise ProblemError("not-found", detail, name=name[:100])
    given, reserved = split(pairs(request.scope["query_string"]))
    wanted = wish(reserved, suffixed, request.headers.get("accept"))
    if wanted.lang:
        request.scope["state"]["language_prefix"] = f"/{wanted.lang}"
    if short := unchanged(request, snapshot, entity_of(request, snapshot, query, given, wanted)):
        return short
    answer = html if wanted.media == HTML else data
    return await while_connected(request, answer(request, pool, query, given, wanted))


async def html(
    request: Request, pool: Pool, query: NamedQuery, given: Pairs, wanted: Wish
) -> Response:
    """Return the page of a question: its form, and the answer or what is wrong."""
    values = given or list(query.example_values().items())
    async with pool.lease() as lease:
        shower = shower_of(request, lease)
        shown = Shown(query, await fields(lease, query, dict(values), shower), bool(given))
        try:
            text = bound(query, values, lease.snapshot)
            found = await lease.ask(Question(text))
            cut = paged(read_rows(found.body), text, lease.snapshot, wanted)
            part = replace(found, body=cut.rows.as_json())
            await learn_labels(lease, shower, iris(part))
            shown.table, shown.addresses = table(part, shower), addresses(request, cut, wanted)
        except ProblemError as problem:
            shown.error = problem
    entity = entity_of(request, lease.snapshot, query, given, wanted)
    return answered(request, lease.snapshot, shown, entity)


@dataclass
class Shown:
    """What the page of a question shows."""

    query: NamedQuery
    fields: list[Field]
    asked: bool
    table: Table | None = None
    error: ProblemError | None = None
    addresses: dict[str, str] = field(default_factory=dict)


def answered(request: Request, snapshot: Snapshot, shown: Shown, entity: str) -> Response:
    """Return the page of a question with its answer."""
    error = shown.error
    given = headers(snapshot, entity if error is None else None) | link_header(shown.addresses)
    return page(
        request,
        "query.html",
        error.problem.status if error else 200,
        {**given, **(error.headers if error else {})},
        snapshot=snapshot,
        query=shown.query,
        fields=shown.fields,
        table=shown.table,
        problem=described(request, error) if error else None,
        asked=shown.asked,
        data_address=data_address(request, shown),
        following=shown.addresses.get("next"),
    )


def data_address(request: Request, shown: Shown) -> str:
    """Return the parameters with which the whole answer is asked for as data."""
    given = pairs(request.scope["query_string"])
    given = [one for one in given if one[0] == RELEASE or one[0] not in RESERVED]
    if not shown.asked:
        given = [(one.parameter.name, one.value) for one in shown.fields if one.value] + given
    return urlencode(given)
