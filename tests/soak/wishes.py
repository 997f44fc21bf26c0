"""What well-behaved clients ask for: every kind of address, in many formats, by GET and POST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from tests.server.releases import BASE, REGISTER

Form = Literal["bytes", "rows", "graph"]
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
TURTLE, TRIPLES = "text/turtle", "application/n-triples"
QUERY, FORM = "application/sparql-query", "application/x-www-form-urlencoded"
UMBRELLA = f"<{BASE}id/organisation/umbrella>"
PREFIX = (
    "PREFIX se: <https://w3id.org/maillage/ns#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)
LABELS = f"{PREFIX}SELECT ?name {{ {UMBRELLA} skos:altLabel ?name }} ORDER BY ?name"
COUNT = f"{PREFIX}SELECT (COUNT(*) AS ?n) {{ ?s se:note ?o }}"
# Hundreds of kilobytes: long enough to be cut, and to be compressed in a thread.
MANY = f"{PREFIX}SELECT ?s ?o {{ ?s se:note ?o }}"
# Long enough that a worker is sometimes killed while it answers.
LONG = (
    f"{PREFIX}SELECT (COUNT(*) AS ?n) {{ ?s se:note ?o . ?c a skos:Concept . "
    "FILTER(STRLEN(STR(?o)) != STRLEN(STR(?c))) }"
)
GROUPED = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
BUILT = f"{PREFIX}CONSTRUCT {{ ?s skos:altLabel ?n }} WHERE {{ ?s skos:altLabel ?n }}"
DESCRIBED = f"DESCRIBE {UMBRELLA}"


@dataclass(frozen=True)
class Wish:
    """One request of a well-behaved client.

    ``query`` is what the answer is compared with pyoxigraph's by; ``release`` is set where the
    address itself names the release; ``form`` says how two answers are held equal when their
    bytes are not; a ``varied`` query is different each time, so that no kept answer serves.
    """

    name: str
    path: str
    accept: str
    form: Form = "bytes"
    method: Literal["GET", "HEAD", "POST"] = "GET"
    params: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] | str | None = None
    query: str | None = None
    release: str | None = None
    varied: bool = False


def sparql(name: str, query: str, accept: str, form: Form, sent: str = "GET") -> Wish:
    """Return a query sent in one of the three ways of the protocol."""
    if sent == "GET":
        return Wish(name, "/sparql", accept, form, params={"query": query}, query=query)
    body: dict[str, str] | str = {"query": query} if sent == FORM else query
    return Wish(name, "/sparql", accept, form, "POST", body=body, query=query)


def wishes(releases: list[str]) -> list[Wish]:
    """Return everything that is asked."""
    return [*queries(), *varied(), *pinned(releases), *pages(), *files()]


def queries() -> Iterator[Wish]:
    """Yield queries in all formats and all ways of sending them."""
    for query_name, query in (("labels", LABELS), ("count", COUNT), ("grouped", GROUPED)):
        for kind, accept in (("json", JSON), ("xml", XML), ("csv", CSV), ("tsv", TSV)):
            yield sparql(f"{query_name} as {kind}", query, accept, "rows")
    yield sparql("labels by form", LABELS, JSON, "rows", FORM)
    yield sparql("labels by body", LABELS, CSV, "rows", QUERY)
    yield sparql("many by form", MANY, TSV, "rows", FORM)
    for kind, accept in (("json", JSON), ("csv", CSV)):
        yield sparql(f"many as {kind}", MANY, accept, "rows")
    for kind, accept in (("turtle", TURTLE), ("triples", TRIPLES), ("xml", "application/rdf+xml")):
        yield sparql(f"built as {kind}", BUILT, accept, "graph")
    yield sparql("described", DESCRIBED, TURTLE, "graph")
    given = {"query": LABELS, "format": "csv"}
    yield Wish("by parameter", "/sparql", "*/*", "rows", params=given, query=LABELS)
    asked = {"query": LABELS}
    yield Wish("head", "/sparql", JSON, "rows", "HEAD", params=asked, query=LABELS)
    yield Wish("as page", "/sparql", "text/html", params=asked)


def varied() -> Iterator[Wish]:
    """Yield queries that a worker has to answer each time."""
    for name, query in (("long", LONG), ("labels", LABELS), ("many", MANY)):
        for kind, accept in (("json", JSON), ("csv", CSV)):
            plain = sparql(f"{name} as {kind} again", query, accept, "rows", FORM)
            yield replace(plain, varied=True)


def pinned(releases: list[str]) -> Iterator[Wish]:
    """Yield queries that name the release that they ask."""
    for name in releases:
        given = {"query": LABELS, "release": name}
        yield Wish(f"in {name}", "/sparql", CSV, "rows", params=given, query=LABELS, release=name)


def pages() -> Iterator[Wish]:
    """Yield pages, and things as data."""
    for address in (
        "/fr/", "/en/search?q=boulangerie", "/en/id/organisation/umbrella", "/fr/quality",
        "/fr/code/ecosystem-role", "/en/graphs/register/2020", "/fr/queries",
    ):  # fmt: skip
        yield Wish(f"page {address}", address, "text/html")
    for suffix, accept in (("ttl", TURTLE), ("nt", TRIPLES), ("jsonld", "application/ld+json")):
        address = f"/id/organisation/umbrella.{suffix}"
        yield Wish(
            f"thing as {suffix}", address, accept, "bytes" if suffix == "jsonld" else "graph"
        )
    yield Wish("question as csv", "/queries/code_lists.csv", CSV, "rows")
    yield Wish("question as json", "/queries/code_lists.json", JSON, "rows")


def files() -> Iterator[Wish]:
    """Yield whole graphs, descriptions and dumps."""
    yield Wish("graph store", "/rdf-graph-store", TRIPLES, "graph", params={"graph": REGISTER})
    yield Wish("graph", "/graphs/register/2020", TURTLE, "graph")
    yield Wish("catalogue", "/catalogue", TURTLE, "graph")
    yield Wish("dump", "/dumps/public.nq.gz", "*/*")
    yield Wish("checksums", "/dumps/SHA256SUMS", "*/*")
