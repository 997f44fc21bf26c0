"""`/graphs`: the named graphs, where each comes from, and each as data."""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import JSONResponse, Response, StreamingResponse

from queries.release import Graph
from server.answers.caching import headers, tag, unchanged
from server.answers.negotiate import HTML, JSON, NTRIPLES, TURTLE, choose, split_suffix
from server.answers.patience import while_connected
from server.answers.rdf import FORMATS
from server.answers.responses import content_type, graph_answer
from server.dependencies import PoolDep
from server.engine.pool import Pool
from server.engine.process import Question
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.pages.fill import fill
from server.pages.page import page
from server.pages.source_facts import SourceFacts, graph_as_json, public_graphs, source_facts
from server.routes.dumps import public_files
from server.routes.things import SUFFIXES
from server.sparql.protocol import pairs
from server.speech import language_of, prefix_of

router = APIRouter(tags=["graphs"])

CONTENT = """
CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?graph { UNDEF } GRAPH ?graph { ?s ?p ?o } }"""
UNION = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
# What no worker can hold is streamed from the dump, in the formats that need no more than lines.
TOO_LARGE = ("result-too-large", "query-memory", "query-timeout")
LINES = (NTRIPLES, TURTLE)
PIECE = 256_000
PARAMETERS = [
    {
        "name": "graph", "in": "query", "schema": {"type": "string", "format": "uri"},
        "description": "the IRI of a named graph, to get its statements",
    }
]  # fmt: skip


@router.get("/graphs", summary="The named graphs", openapi_extra={"parameters": PARAMETERS})
async def graphs(request: Request, pool: PoolDep) -> Response:
    """List the graphs with where they come from; with ?graph=IRI, return that graph."""
    asked = dict(pairs(request.scope["query_string"]))
    if "graph" in asked:
        media = choose(request.headers.get("accept"), FORMATS)
        return await content(request, pool, asked["graph"], media)
    snapshot = pool.snapshot
    media = choose(request.headers.get("accept"), (HTML, JSON))
    entity = tag(snapshot, "graphs", media, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    facts = source_facts(snapshot)
    if media == JSON:
        return JSONResponse(listed(snapshot, facts), headers=headers(snapshot, entity))
    sources: dict[str, list[tuple[str, Graph | None]]] = defaultdict(list)
    for iri, graph in snapshot.graphs.items():
        sources[graph.source if graph else ""].append((iri, graph))
    given = headers(snapshot, entity)
    return page(request, "graphs.html", 200, given, sources=sources, facts=facts)


def listed(snapshot: Snapshot, facts: Mapping[str, SourceFacts]) -> dict[str, object]:
    """Return the sources with their public graphs, and the graphs that are of no source."""
    graphs = public_graphs(snapshot)
    others = [one for name, some in graphs.items() if name not in facts for one in some]
    return {
        "release": snapshot.id,
        "sources": [one.as_json(graphs.get(name, [])) for name, one in facts.items()],
        "others": [graph_as_json(one) for one in others],
    }


@router.get("/graphs/{path:path}", summary="One named graph")
async def graph(request: Request, path: str, pool: PoolDep) -> Response:
    """Return where a graph comes from, or, asked for RDF, its statements."""
    path, suffixed = split_suffix(path, *SUFFIXES)
    media = suffixed or choose(request.headers.get("accept"), (HTML, *FORMATS))
    snapshot = pool.snapshot
    iri = f"{snapshot.base}graph/{path}"
    if media != HTML:
        return await content(request, pool, iri, media)
    check(iri, snapshot)
    entity = tag(snapshot, iri, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    return page(
        request, "graph.html", 200, headers(snapshot, entity), iri=iri, graph=snapshot.graphs[iri],
        data_path=f"/graphs/{path}",
    )  # fmt: skip


async def content(request: Request, pool: Pool, iri: str | None, media: str) -> Response:
    """Return the statements of a graph; those of the default graph for None."""
    snapshot = pool.snapshot
    if iri is not None:
        check(iri, snapshot)
    entity = tag(snapshot, iri, media)
    if short := unchanged(request, snapshot, entity):
        return short
    query = fill(CONTENT, snapshot.base, graph=NamedNode(iri)) if iri is not None else UNION
    put = Question(query, triples=NTRIPLES)
    try:
        found = await while_connected(request, pool.ask(put))
    except ProblemError as error:
        if error.problem.slug not in TOO_LARGE:
            raise
        # The union of all is in as many files as the tier has parts.
        dumps = [(name, place) for name, place, held in public_files(snapshot) if held == iri]
        if not dumps:
            raise
        if media in LINES:
            given = headers(snapshot, entity) | {"Content-Type": content_type(media)}
            return StreamingResponse(lines_of([place for _name, place in dumps]), headers=given)
        raise with_dump(error, dumps[0][0]) from error
    return await graph_answer(found, media, headers(found.snapshot, entity))


def lines_of(places: Iterable[Path]) -> Iterator[bytes]:
    """Yield the statements of dumps without the names of their graphs, in large pieces.

    A fault on the way ends the connection before the end of the answer: no part looks whole.
    """
    for place in places:
        with gzip.open(place) as stream:
            while lines := stream.readlines(PIECE):
                yield b"".join(line[: line.rindex(b" <")] + b" .\n" for line in lines)


def check(iri: str, snapshot: Snapshot) -> None:
    """Refuse a graph that is not in the public store."""
    if iri not in snapshot.graphs:
        detail = _("There is no graph %(graph)s in this release.")
        raise ProblemError("not-found", detail, graph=iri[:200])


def with_dump(error: ProblemError, name: str) -> ProblemError:
    """Return the refusal of a large graph with the address of its dump."""
    if error.problem.slug != "result-too-large":
        return error
    detail = _("The graph has more than %(limit)s bytes; its dump is at %(dump)s.")
    return ProblemError("result-too-large", detail, dump=f"/dumps/{name}").having(error.values)
