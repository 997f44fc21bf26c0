"""`/rdf-graph-store`: the Graph Store Protocol, for reading."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from server.answers.negotiate import choose
from server.answers.rdf import FORMATS
from server.dependencies import PoolDep
from server.errors import ProblemError
from server.language import mark as _
from server.routes.graphs import content
from server.sparql.protocol import pairs

router = APIRouter(tags=["graphs"])
PARAMETERS = [
    {
        "name": name,
        "in": "query",
        "schema": {"type": "string"},
        "description": about,
        "allowEmptyValue": name == "default",
    }
    for name, about in (
        ("graph", "the IRI of a named graph"),
        ("default", "without a value: the default graph, which is the union of all"),
    )
]


@router.get(
    "/rdf-graph-store",
    summary="A graph by its name, or the union of all",
    openapi_extra={"parameters": PARAMETERS},
)
async def graph_store(request: Request, pool: PoolDep) -> Response:
    """Return the statements of one graph, or of the default graph."""
    name = chosen_graph(request.scope["query_string"])
    return await content(request, pool, name, choose(request.headers.get("accept"), FORMATS))


def chosen_graph(query_string: bytes) -> str | None:
    """Return the name of the graph that is asked for; None for the default graph."""
    given = pairs(query_string)
    if len(given) != 1 or (given[0][0] == "default" and given[0][1]):
        detail = _("Give either graph=IRI or default, without a value, and that once.")
        raise ProblemError("bad-parameter", detail)
    name, value = given[0]
    return value if name == "graph" else None
