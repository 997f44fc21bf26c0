"""The shortest way answers as the way through all the layers does."""

from __future__ import annotations

import httpx
import pytest
from rdflib import RDFS
from starlette.types import Scope

from server.access.meter import Meter
from server.layers.express import read_plain
from server.settings import Settings
from tests.server.running import Site

# One parameter more, which changes nothing, and a query is not plain any longer.
AROUND = {"timeout": "2"}
QUERIES = {
    "rows": f"SELECT ?s ?o WHERE {{ ?s <{RDFS.label}> ?o }} ORDER BY ?s ?o",
    "prefix": f"PREFIX rdfs: <{RDFS}>\nSELECT ?o {{ ?s rdfs:label ?o }} LIMIT 3",
    "yes": "ASK { ?s ?p ?o }",
    "empty": "SELECT ?s { ?s a <http://nowhere.example/> }",
    "syntax": "SELECT * WHERE { ?s ?p }",
    "function": "SELECT (<http://nowhere.example/f>(1) AS ?x) {}",
    "too large": "SELECT * WHERE { ?s ?p ?o . ?a ?b ?c } LIMIT 200000",
    "accents": "SELECT ?x { BIND('é + & %' AS ?x) }",
}  # fmt: skip
ACCEPTED = [
    "application/sparql-results+json", "text/csv", "text/tab-separated-values", "application/json",
    "application/sparql-results+xml", "*/*", "application/sparql-results+json;q=0.1,text/csv",
    "image/png",
]  # fmt: skip
METER = Meter(Settings())
OWN = {"date", "x-request-id", "x-cache", "age"}


def both(client: httpx.Client, query: str, headers: dict[str, str]) -> list[httpx.Response]:
    """The answers by the two ways."""
    ways = ({"query": query}, {"query": query, **AROUND})
    return [client.get("/sparql", params=one, headers=headers) for one in ways]


def alike(answers: list[httpx.Response]) -> None:
    """Check that two answers differ in nothing but what belongs to one request."""
    short, long = answers
    assert short.status_code == long.status_code
    if short.status_code == 200:
        assert short.content == long.content
        kept = [{k: v for k, v in one.headers.items() if k not in OWN} for one in answers]
        assert kept[0] == kept[1]
        assert short.headers["x-cache"] in ("hit", "miss")
    else:
        assert short.json() | {"instance": ""} == long.json() | {"instance": ""}
        kept = [{k: v for k, v in one.headers.items() if k not in OWN} for one in answers]
        assert kept[0] == kept[1]


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_both_ways_give_the_same_answer(client: httpx.Client, query: str) -> None:
    alike(both(client, query, {"Accept": "application/sparql-results+json"}))


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("coding", ["", "gzip", "br, gzip;q=0.5"])
def test_both_ways_negotiate_alike(client: httpx.Client, accept: str, coding: str) -> None:
    alike(both(client, QUERIES["rows"], {"Accept": accept, "Accept-Encoding": coding}))


def test_the_metrics_count_both_ways(site: Site) -> None:
    name = 'maillage_requests_total{method="GET",route="/sparql",status="200"}'

    def counted(client: httpx.Client) -> float:
        lines = client.get("/metrics").text.splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0.0)

    with site.client() as client:
        before = counted(client)
        both(client, QUERIES["yes"], {"Accept": "text/csv"})
        assert counted(client) == before + 2


def scope_of(method: str = "GET", path: str = "/sparql", **headers: str) -> Scope:
    """A request as the web server hands it over."""
    given = {"accept": "text/csv", "user-agent": "test", **headers}
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D",
        "client": ("127.0.0.1", 1),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()],
    }


def test_a_plain_query_is_seen_as_such() -> None:
    plain = read_plain(scope_of(), METER)
    assert plain is not None
    assert (plain.query, plain.media, plain.caller.use) == (
        "ASK {?s ?p ?o}",
        "text/csv",
        "anonymous",
    )


@pytest.mark.parametrize(
    "scope",
    [
        scope_of(method="POST"),
        scope_of(method="HEAD"),
        scope_of(authorization="Bearer x"),
        scope_of(x_api_key="x"),
        scope_of(accept_datetime="now"),
        scope_of(if_none_match="*"),
        scope_of(accept="text/html"),
        scope_of(accept="image/png"),
        scope_of(content_length="1"),
        scope_of(x_large="x" * 40_000),
        {**scope_of(), "query_string": b"query=ASK%20%7B%7D&timeout=1"},
        {**scope_of(), "query_string": b"release=r1"},
        {**scope_of(), "query_string": b"query=%FF"},
        {**scope_of(), "query_string": b"query=DESCRIBE%20%3Chttp%3A%2F%2Fa%3E"},
        {**scope_of(), "query_string": b""},
        {**scope_of(), "type": "websocket"},
    ],
)  # fmt: skip
def test_whatever_is_more_than_plain_takes_the_long_way(scope: Scope) -> None:
    assert read_plain(scope, METER) is None
