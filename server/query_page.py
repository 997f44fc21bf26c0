"""The page of `/sparql`: a form, examples from the catalogue, and the answer below."""

from starlette.requests import Request
from starlette.responses import Response

from server.caching import headers
from server.description import learn_labels
from server.display import Shower
from server.errors import ProblemError
from server.pages import page
from server.pool import Lease, Pool
from server.problems import described
from server.process import Question
from server.speech import language_of, prefix_of
from server.tables import iris, table, truth

LARGEST_SHOWN = 200_000


def form_page(request: Request, query: str, error: ProblemError | None = None) -> Response:
    """Return the form, with what was wrong with the query above it."""
    problem = described(request, error) if error else None
    status = error.problem.status if error else 200
    given = {**(error.headers if error else {}), "Cache-Control": "no-store"}
    return page(
        request, "sparql.html", status, given, query_text=query, problem=problem,
        table=None, truth=None, turtle=None, large=False,
    )  # fmt: skip


async def rows_page(
    request: Request, pool: Pool, put: Question, limit: float, entity: str | None
) -> Response:
    """Return the form with a table, or with yes or no, below."""
    async with pool.lease() as lease:
        found = await lease.ask(put, limit)
        shower = shower_of(request, lease)
        yes = truth(found)
        if yes is None:
            await learn_labels(lease, shower, iris(found))
    return page(
        request, "sparql.html", 200, headers(found.snapshot, entity), query_text=put.query,
        problem=None, table=table(found, shower) if yes is None else None, truth=yes,
        turtle=None, large=False,
    )  # fmt: skip


async def graph_page(
    request: Request, pool: Pool, put: Question, limit: float, entity: str | None
) -> Response:
    """Return the form with a graph, written as Turtle, below."""
    found = await pool.ask(put, limit)
    large = len(found.body) > LARGEST_SHOWN
    return page(
        request, "sparql.html", 200, headers(found.snapshot, entity), query_text=put.query,
        problem=None, table=None, truth=None, large=large,
        turtle=None if large else found.body.decode(),
    )  # fmt: skip


def shower_of(request: Request, lease: Lease) -> Shower:
    """Return how a page shows the terms of the release that a worker has open."""
    return Shower(lease.snapshot, language_of(request), prefix_of(request))
