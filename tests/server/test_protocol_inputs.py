"""The hostile inputs of the SPARQL protocol that need a server of their own, or much of it.

The numbers are those of the corpus of bad inputs that the platform is held to (1 to 26); the others
are in test_sparql and test_precheck. After each of them an ordinary query is answered rightly.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection

import httpx
import pytest

from queries.release import Home
from tests.server.releases import BASE, REPORT, make, point
from tests.server.running import Site, serving
from tests.server.test_pool import CROSS, SORTED
from tests.server.test_sparql import UMBRELLA, ask, slug

HUB = f"{BASE}id/organisation/hub"
PARALLEL = 200


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on a release in which one thing says very much; so many refusals are allowed."""
    home = Home(tmp_path_factory.mktemp("hub"))
    values = " , ".join(f'"{"x" * 40}{number}"' for number in range(20_000))
    make(home, "r1", extra=f"<{REPORT}> {{ org:hub skos:altLabel {values} . }}", filler=8_000)
    point(home, "r1")
    limits = {"deadline": 2, "result_cap": 900_000, "memory": 64, "queue": 4}
    with serving(home, rate_errors=0, rate_seconds=0, **limits) as running:
        yield running


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    """A client of that server."""
    with site.client() as one:
        yield one


@pytest.fixture(autouse=True)
def probe(client: httpx.Client) -> Iterator[None]:
    """After each input an ordinary query is answered, and rightly."""
    yield
    found = ask(client, "SELECT ?s { ?s a <https://w3id.org/maillage/ns#UmbrellaOrganisation> }")
    assert [row["s"]["value"] for row in found.json()["results"]["bindings"]] == [UMBRELLA]


def posted(client: httpx.Client, query: str) -> httpx.Response:
    """Send a query in a form."""
    return client.post("/sparql", data={"query": query})


@pytest.mark.parametrize("media", ["application/json", "text/plain", "", "multipart/form-data"])
def test_8_a_body_of_another_type_is_refused_with_those_that_are_read(
    client: httpx.Client, media: str
) -> None:
    answer = client.post("/sparql", content=b"ASK {}", headers={"Content-Type": media})
    assert slug(answer) == (415, "unsupported-media-type")
    for known in ("application/sparql-query", "application/x-www-form-urlencoded"):
        assert known in answer.json()["detail"]


def test_14_bodies_and_addresses_without_end_are_refused(site: Site, client: httpx.Client) -> None:
    # Other clients refuse to send an address so long.
    connection = HTTPConnection(site.address.removeprefix("http://"), timeout=60)
    connection.request("GET", "/sparql?query=" + "a" * 100_000)
    long = connection.getresponse()
    assert (long.status, json.load(long)["type"]) == (414, "/problems/url-too-long")
    connection.close()
    kinds = {"Content-Type": "application/sparql-query"}
    announced = client.post("/sparql", content=b"a" * 100_000_000, headers=kinds)
    assert slug(announced) == (413, "body-too-large")


def test_14_a_body_of_unknown_length_is_read_no_further_than_its_bound(site: Site) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1_600):
            sent += 65_536
            yield b"a" * 65_536

    kinds = {"Content-Type": "application/sparql-query"}
    with site.client() as alone:
        try:
            answer = alone.post("/sparql", content=pieces(), headers=kinds)
            assert slug(answer) == (413, "body-too-large")
        except httpx.WriteError:
            # The server ended the connection while the client was still sending.
            assert sent < 100_000_000


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * {VALUES ?x {" + "1 " * 200_000 + "}}", (413, "query-too-long")),
        ("SELECT * {?s ?p " + "(" * 205 + "1" + ")" * 205 + "}", (400, "too-deep")),
        ("SELECT * {?s " + "/".join(["<urn:p>"] * 500) + " ?o}", (400, "query-too-complex")),
        ("SELECT * {" + "?s ?p ?o . " * 1_000 + "}", (400, "query-too-complex")),
        ("SELECT * {?s ?p ?o FILTER(" + "(" * 5_000 + "1" + ")" * 5_000 + ")}", (400, "too-deep")),
        ("SELECT * {?s ?p ?o FILTER(" + "!" * 10_000 + "?o)}", (400, "too-deep")),
        ("SELECT * {" + "{SELECT * " * 2_000 + "{}" + "}" * 2_000 + "}", (400, "too-deep")),
    ],
    ids=["values", "lists", "path", "patterns", "parentheses", "negations", "sub-selects"],
)
def test_17_to_19_what_would_take_the_parser_down_is_refused_before(
    client: httpx.Client, query: str, expected: tuple[int, str]
) -> None:
    assert slug(posted(client, query)) == expected


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        (CROSS, {"query-timeout"}),
        ("SELECT * {?a (<urn:p>|!<urn:p>)* ?b . ?b (<urn:p>|!<urn:p>)* ?c}",
         {"query-timeout", "query-memory"}),
        (SORTED, {"query-memory", "query-timeout"}),
        ("SELECT (STRLEN(CONCAT(" + ",".join(["?h"] * 20) + ")) AS ?n) {" + "".join(
            f"BIND(CONCAT({','.join([f'?{before}'] * 20)}) AS ?{name}) "
            for before, name in ("ab", "bc", "cd", "de", "ef", "fg", "gh")
        ).replace("BIND(CONCAT(?a", "BIND('xxxxxxxxxx' AS ?a) BIND(CONCAT(?a", 1) + "}",
         {"query-memory"}),
    ],
    ids=["product", "closure", "sort", "string bomb"],
)  # fmt: skip
def test_20_to_24_runaway_and_greedy_queries_end_alone(
    client: httpx.Client, query: str, slugs: set[str]
) -> None:
    status, found = slug(posted(client, query))
    assert (status, found in slugs) == (503, True), found


@pytest.mark.parametrize(
    "query",
    ["SELECT * {?s ?p ?o}", "CONSTRUCT WHERE {?s ?p ?o}", f"DESCRIBE <{HUB}>",
     "DESCRIBE ?s {?s ?p ?o}"],
)  # fmt: skip
def test_23_and_26_an_answer_is_whole_or_refused_with_where_the_dump_is(
    client: httpx.Client, query: str
) -> None:
    for accept in ("*/*", "text/csv, text/turtle", "application/sparql-results+xml, text/turtle"):
        answer = client.post("/sparql", data={"query": query}, headers={"Accept": accept})
        assert slug(answer) == (413, "result-too-large")
        assert "/dumps" in answer.json()["hint"]


def test_26_many_calls_at_once_are_answered_or_told_when_to_come_back(site: Site) -> None:
    def query(number: int) -> str:
        # Each is another one, so that none is answered by the run of an equal one.
        return f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(STR(?o) != 'no {number}') }}"

    async def story() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=PARALLEL)
        async with httpx.AsyncClient(timeout=120, trust_env=False, limits=limits) as client:
            calls = (
                client.get(f"{site.address}/sparql", params={"query": query(number)})
                for number in range(PARALLEL)
            )
            return await asyncio.gather(*calls)

    found = asyncio.run(story())
    statuses = Counter(answer.status_code for answer in found)
    assert set(statuses) <= {200, 503}, statuses
    assert statuses[200]
    assert statuses[503]
    for answer in found:
        if answer.status_code == 200:
            assert json.loads(answer.content)["results"]["bindings"][0]["n"]["value"]
        else:
            assert answer.json()["type"] == "/problems/overloaded"
            assert int(answer.headers["Retry-After"]) > 0
