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
FEWEST_LINES, MOST_LINES = 9, 28
NOTHING = {"problem": None, "table": None, "truth": None, "turtle": None, "large": False}


def form_page(request: Request, query: str, error: ProblemError | None = None) -> Response:
    """Return the form, with what was wrong with the query above it."""
    given = {**(error.headers if error else {}), "Cache-Control": "no-store"}
    if error is None:
        return shown(request, query, given)
    problem = described(request, error)
    return shown(request, query, given, error.problem.status, problem=problem)


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
    rows = table(found, shower) if yes is None else None
    return shown(request, put.query, headers(found.snapshot, entity), table=rows, truth=yes)


async def graph_page(
    request: Request, pool: Pool, put: Question, limit: float, entity: str | None
) -> Response:
    """Return the form with a graph, written as Turtle, below."""
    found = await pool.ask(put, limit)
    given = headers(found.snapshot, entity)
    if len(found.body) > LARGEST_SHOWN:
        return shown(request, put.query, given, large=True)
    return shown(request, put.query, given, turtle=found.body.decode())


def shown(
    request: Request, query: str, given: dict[str, str], status: int = 200, **values: object
) -> Response:
    """Return the page with a query and what came of it."""
    height = max(FEWEST_LINES, min(MOST_LINES, query.count("\n") + 2))
    content = {**NOTHING, "query_text": query, "height": height, **values}
    return page(request, "sparql.html", status, given, **content)


def shower_of(request: Request, lease: Lease) -> Shower:
    """Return how a page shows the terms of the release that a worker has open."""
    return Shower(lease.snapshot, language_of(request), prefix_of(request))
