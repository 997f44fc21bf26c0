"""The page of `/sparql`: a form, examples from the catalogue, and the answer below."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from queries.catalogue import NamedQuery
from queries.describe import own_prefixes
from server.address import root_of, with_addresses
from server.answers.caching import headers
from server.assets import present
from server.engine.pool import Lease, Pool
from server.engine.process import Question
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.layers.guard import SECURITY
from server.pages.description import learn_labels
from server.pages.display import Shower
from server.pages.page import page
from server.pages.tables import iris, table, truth
from server.problems import described
from server.speech import language_of, prefix_of

LARGEST_SHOWN = 200_000
FEWEST_LINES, MOST_LINES = 9, 28
NOTHING = {"problem": None, "table": None, "truth": None, "turtle": None, "large": False}
# The table of the editor writes two style sheets of its own, by which its columns can be drawn
# wider; these very texts are allowed here, and no other.
STYLES = (
    "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='",
    "'sha256-c0O6TmFAkgpNbHxKAa1BrveWHHopjEtC47i0PzMudxg='",
)
POLICY = {
    "Content-Security-Policy": f"{SECURITY['Content-Security-Policy']}; "
    f"style-src 'self' {' '.join(STYLES)}"
}
# What an answer can be taken as: its name, its name in addresses, and how its file ends.
FORMATS = {
    "rows": [
        ("CSV", "csv", "csv"), ("TSV", "tsv", "tsv"), ("JSON", "json", "json"),
        ("XML", "xml", "xml"), ("XLSX", "xlsx", "xlsx"),
    ],
    "graph": [
        ("Turtle", "turtle", "ttl"), ("JSON-LD", "jsonld", "jsonld"), ("N-Triples", "nt", "nt"),
        ("RDF/XML", "rdf", "rdf"), ("TriG", "trig", "trig"), ("N-Quads", "nq", "nq"),
    ],
}  # fmt: skip


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
    given = headers(found.snapshot, entity)
    return answered(request, put, given, table=rows, truth=yes, snapshot=found.snapshot)


async def graph_page(
    request: Request, pool: Pool, put: Question, limit: float, entity: str | None
) -> Response:
    """Return the form with a graph, written as Turtle, below."""
    found = await pool.ask(put, limit)
    given = headers(found.snapshot, entity)
    if len(found.body) > LARGEST_SHOWN:
        return answered(request, put, given, large=True, snapshot=found.snapshot)
    return answered(request, put, given, turtle=found.body.decode(), snapshot=found.snapshot)


def answered(request: Request, put: Question, given: dict[str, str], **values: object) -> Response:
    """Return the page with an answer and the address that gives it again."""
    path = permalink(request, put)
    more = {"permalink": path, "root": root_of(request), **values}
    return with_addresses(request, shown(request, put.query, given, 200, **more))


def permalink(request: Request, put: Question) -> str:
    """Return the path of a query with its dataset and its release, in any language."""
    release = request.scope.get("state", {}).get("release")
    asked = [
        ("query", put.query),
        *(("default-graph-uri", iri) for iri in put.default_graphs or ()),
        *(("named-graph-uri", iri) for iri in put.named_graphs or ()),
        *([("release", release)] if release else []),
    ]
    return f"/sparql?{urlencode(asked)}"


def shown(
    request: Request, query: str, given: dict[str, str], status: int = 200, **values: object
) -> Response:
    """Return the page with a query and what came of it."""
    height = max(FEWEST_LINES, min(MOST_LINES, query.count("\n") + 2))
    content = {**NOTHING, **offered(request), "query_text": query, "height": height, **values}
    policy = POLICY if content["editor"] else {}
    return page(request, "sparql.html", status, {**given, **policy}, **content)


def offered(request: Request) -> dict[str, object]:
    """Return what the page offers whatever is asked: formats, examples, and the editor."""
    pool: Pool = request.app.state.pool
    state = request.scope.get("state", {})
    snapshot: Snapshot | None = state.get("snapshot") or (pool.snapshot if pool.ready else None)
    topics: dict[str, list[NamedQuery]] = {}
    for query in snapshot.queries.values() if snapshot else ():
        topics.setdefault(query.topic, []).append(query)
    return {
        "formats": FORMATS,
        "permalink": "",
        "root": "/",
        "topics": topics,
        "editor": snapshot is not None and present(),
        "base": snapshot.base if snapshot else "",
        "prefixes": own_prefixes(snapshot.base) if snapshot else {},
    }


def shower_of(request: Request, lease: Lease) -> Shower:
    """Return how a page shows the terms of the release that a worker has open."""
    return Shower(lease.snapshot, language_of(request), prefix_of(request))
