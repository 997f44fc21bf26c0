"""The Graph Store Protocol, read side: whole graphs by name, or nothing."""

from __future__ import annotations

import httpx
import pytest
from pyoxigraph import RdfFormat, parse

from tests.server.releases import BASE, REGISTER, REPORT, VOCABULARY, quads

STORE = "/rdf-graph-store"
FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
LARGE = quads(filler=8_000)


def held(graph: str | None) -> set[str]:
    return {str(q.triple) for q in LARGE if graph in (None, str(q.graph_name)[1:-1])}


def read(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 200, answer.text
    form = FORMS[answer.headers["content-type"].partition(";")[0]]
    return {str(quad.triple) for quad in parse(answer.content, format=form)}


@pytest.mark.parametrize("media", FORMS)
def test_a_graph_is_whole_by_either_address(client: httpx.Client, media: str) -> None:
    accept = {"Accept": media}
    by_name = client.get(STORE, params={"graph": REPORT}, headers=accept)
    direct = client.get("/graphs/report2019/2019", headers=accept)
    assert read(by_name) == read(direct) == held(REPORT)
    assert by_name.headers["x-release"] == "r1"
    tag = by_name.headers["etag"]
    again = client.get(STORE, params={"graph": REPORT}, headers={**accept, "If-None-Match": tag})
    assert again.status_code == 304


@pytest.mark.parametrize("media", ["text/turtle", "application/n-triples"])
@pytest.mark.parametrize(("query", "graph"), [("default", None), (f"graph={REGISTER}", REGISTER)])
def test_what_is_too_large_for_a_worker_comes_from_the_dump(
    client: httpx.Client, media: str, query: str, graph: str | None
) -> None:
    answer = client.get(f"{STORE}?{query}", headers={"Accept": media})
    assert len(answer.content) > 900_000
    assert read(answer) == held(graph)


@pytest.mark.parametrize(
    ("query", "dump"),
    [("default", "/dumps/public.nq.gz"),
     (f"graph={REGISTER}", "/dumps/graphs/register.2020.nq.gz")],
)  # fmt: skip
def test_what_cannot_be_streamed_is_an_error_that_names_the_dump(
    client: httpx.Client, query: str, dump: str
) -> None:
    answer = client.get(f"{STORE}?{query}", headers={"Accept": "application/ld+json"})
    assert answer.status_code == 413
    assert answer.json()["dump"] == dump
    assert client.head(dump).status_code == 200


def test_the_head_is_that_of_the_answer(client: httpx.Client) -> None:
    for path in (f"{STORE}?graph={REPORT}", "/graphs/report2019/2019"):
        get = client.get(path, headers={"Accept": "text/turtle"})
        head = client.head(path, headers={"Accept": "text/turtle"})
        assert head.content == b""
        for name in ("etag", "content-type", "content-length"):
            assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    "graph",
    [f"{BASE}graph/nothing", f"{BASE}graph/secret/2019", "relative", "", "DEFAULT", "<a> } #"],
)
def test_other_graphs_are_not_found(client: httpx.Client, graph: str) -> None:
    for method in ("GET", "HEAD"):
        assert client.request(method, STORE, params={"graph": graph}).status_code == 404


@pytest.mark.parametrize("path", ["/graphs/secret/2019", "/graphs/nothing"])
def test_other_graphs_are_not_found_directly(client: httpx.Client, path: str) -> None:
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["", "default=yes", f"graph={REPORT}&default", f"graph={REPORT}&graph={VOCABULARY}",
     "default&default", "grapf=x"],
)  # fmt: skip
def test_a_request_names_one_graph(client: httpx.Client, query: str) -> None:
    answer = client.get(f"{STORE}?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_format_that_does_not_exist_is_refused(client: httpx.Client) -> None:
    answer = client.get(STORE, params={"graph": REPORT}, headers={"Accept": "image/png"})
    assert answer.status_code == 406


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", [f"{STORE}?graph={REPORT}", "/graphs/report2019/2019"])
def test_nothing_can_be_written(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path, content=b"<a:b> <a:b> <a:b> .")
    assert answer.status_code == 405
    assert {"GET", "HEAD"} <= set(answer.headers["allow"].split(", "))
    assert method not in answer.headers["allow"].split(", ")
