"""`/queries`: the questions that the platform answers, each with its parameters."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from queries.binding import ParameterError, bind
from queries.catalogue import NamedQuery
from server.answers import content_type
from server.caching import headers, tag, unchanged
from server.dependencies import PoolDep
from server.description import learn_labels
from server.errors import ProblemError
from server.language import mark as _
from server.negotiate import CSV, ENGINE_NAMES, HTML, JSON, ROWS, choose, split_suffix
from server.pages import page
from server.patience import while_connected
from server.pool import Pool
from server.problems import described
from server.process import Question
from server.protocol import Pairs, pairs
from server.published import Snapshot
from server.query_forms import Field, fields
from server.query_page import shower_of
from server.speech import language_of, prefix_of
from server.tables import Table, iris, table

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
    name, suffixed = split_suffix(name, ".csv", ".json", ".tsv", ".html")
    snapshot = pool.snapshot
    query = snapshot.queries.get(name)
    if query is None:
        detail = _("There is no question %(name)s; all of them are at /queries.")
        raise ProblemError("not-found", detail, name=name[:100])
    media = suffixed or choose(request.headers.get("accept"), (*ROWS, HTML))
    given = pairs(request.scope["query_string"])
    speech = (language_of(request).code, prefix_of(request)) if media == HTML else ()
    entity = tag(snapshot, query.text, given, media, *speech)
    if short := unchanged(request, snapshot, entity):
        return short
    if media == HTML:
        return await while_connected(request, html(request, pool, query, given, entity))
    put = Question(bound(query, given), rows=ENGINE_NAMES.get(media, media))
    found = await while_connected(request, pool.ask(put))
    answer = headers(found.snapshot, entity) | {"Content-Type": content_type(media)}
    if media == CSV:
        answer["Content-Disposition"] = f'inline; filename="{query.name}.csv"'
    return Response(found.body, headers=answer)


def bound(query: NamedQuery, given: Pairs) -> str:
    """Return the text of a question; raises ProblemError that names the parameter at fault."""
    try:
        return bind(query, given)
    except ParameterError as error:
        raise refusal(query, error) from error


def refusal(query: NamedQuery, error: ParameterError) -> ProblemError:
    """Return the refusal of a parameter, with an address that works."""
    known = {parameter.name for parameter in query.parameters}
    slug = "bad-parameter" if error.parameter in known else "unknown-parameter"
    if error.reason == "missing":
        slug = "missing-parameter"
    elif error.reason == "given more than once":
        slug = "duplicate-parameter"
    detail = _("%(parameter)s: %(reason)s; for example: %(example)s")
    if error.example is None:
        detail = _("%(parameter)s: %(reason)s")
    return ProblemError(
        slug, detail, parameter=error.parameter, reason=error.reason, example=error.example
    )


async def html(
    request: Request, pool: Pool, query: NamedQuery, given: Pairs, entity: str
) -> Response:
    """Return the page of a question: its form, and the answer or what is wrong."""
    values = given or list(query.example_values().items())
    filled = dict(values)
    async with pool.lease() as lease:
        shower = shower_of(request, lease)
        shown: list[Field] = await fields(lease, query, filled, shower)
        error, answer = None, None
        try:
            found = await lease.ask(Question(bound(query, values)))
            await learn_labels(lease, shower, iris(found))
            answer = table(found, shower)
        except ProblemError as problem:
            error = problem
    return answered(request, lease.snapshot, query, shown, answer, error, entity, bool(given))


def answered(
    request: Request, snapshot: Snapshot, query: NamedQuery, shown: list[Field],
    answer: Table | None, error: ProblemError | None, entity: str, asked: bool,
) -> Response:  # fmt: skip
    """Return the page of a question with its answer."""
    given = headers(snapshot, entity if error is None else None)
    return page(
        request,
        "query.html",
        error.problem.status if error else 200,
        {**given, **(error.headers if error else {})},
        query=query,
        fields=shown,
        table=answer,
        problem=described(request, error) if error else None,
        asked=asked,
        address=request.url.query,
    )
