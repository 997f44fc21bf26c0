"""What a stranger writes is shown as it came: it is never read as a text of ours."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from queries.release import Home
from tests.server.running import serving


@pytest.fixture(scope="module")
def client(published: Home) -> Iterator[httpx.Client]:
    with serving(published) as site, site.client() as client:
        yield client


PATHS = [
    "/queries/%25(name)s",
    "/queries/x%25(nosuch)s",
    "/id/organisation/%25(name)s",
    "/code/%25(x)s",
    "/dumps/%25(x)s",
    "/graphs/%25(name)s",
    "/sparql?query=ASK{}&format=%25(given)s",
    "/sparql?query=ASK{}&timeout=%25(zz)s",
    "/sparql?query=ASK{}&default-graph-uri=http://x/%25(graph)s",
    "/queries/contradicting_claims?%25(name)s=1",
    "/sparql?query=SELECT%20*%20{%25(excerpt)s",
    "/search?q=%25(q)s%25d",
]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("path", PATHS)
def test_placeholders_in_what_is_asked_are_only_text(
    client: httpx.Client, path: str, accept: str
) -> None:
    assert client.get(path, headers={"Accept": accept}).status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s " + "/".join(["<urn:p>"] * 500) + " ?o }",
        "SELECT * { " + " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(1000)) + " }",
        "SELECT * { ?s " + "|".join(["<urn:p>"] * 3000) + " ?o }",
        "SELECT (" + "+".join(["1"] * 5000) + " AS ?x) {}",
        "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * 500 + " }",
    ],
    ids=["path", "patterns", "alternatives", "sum", "optionals"],
)
def test_what_is_too_complex_is_said_with_its_limit(client: httpx.Client, query: str) -> None:
    for accept in ("application/json", "text/html"):
        answer = client.post("/sparql", data={"query": query}, headers={"Accept": accept})
        assert answer.status_code in {400, 413}, answer.text
        assert "%(" not in answer.text
