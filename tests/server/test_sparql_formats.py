"""Every format that clients ask for, in every way in which they ask."""

from __future__ import annotations

import httpx
import pytest
from pyoxigraph import RdfFormat, parse

from tests.server.test_sparql import GRAPH, ROWS, UMBRELLA, ask, slug


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv;q=0.2, text/tab-separated-values;q=0.9", "text/tab-separated-values"),
        ("application/*;q=0.1, text/csv", "text/csv"),
        ("image/png, */*;q=0.1", "application/sparql-results+json"),
        ("application/sparql-results+json;q=0, text/csv;q=0.1", "text/csv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    ],
)
def test_rows_come_in_the_format_asked_for(
    client: httpx.Client, accept: str, expected: str
) -> None:
    answer = ask(client, ROWS, accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == expected
    assert "Accept" in answer.headers["vary"]
    assert answer.headers["x-release"] == "r1"


@pytest.mark.parametrize(
    "media",
    ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json",
     "application/trig", "application/n-quads"],
)  # fmt: skip
def test_graphs_come_in_the_format_asked_for(client: httpx.Client, media: str) -> None:
    answer = ask(client, GRAPH, media)
    assert answer.headers["content-type"].partition(";")[0] == media
    assert "umbrella" in answer.text


@pytest.mark.parametrize("parameter", ["format", "output"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("json", "application/sparql-results+json"),
        ("xml", "application/sparql-results+xml"),
        ("csv", "text/csv"),
        ("TSV", "text/tab-separated-values"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/sparql-results json", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("text/html", "text/html"),
    ],
)
def test_a_format_of_rows_can_be_named(
    client: httpx.Client, parameter: str, name: str, expected: str
) -> None:
    answer = ask(client, "ASK {}", "image/png", **{parameter: name})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ttl", "text/turtle"),
        ("turtle", "text/turtle"),
        ("nt", "application/n-triples"),
        ("trig", "application/trig"),
        ("nq", "application/n-quads"),
        ("nquads", "application/n-quads"),
        ("jsonld", "application/ld+json"),
        ("json", "application/ld+json"),
        ("rdf", "application/rdf+xml"),
        ("rdf xml", "application/rdf+xml"),
        ("xml", "application/rdf+xml"),
    ],
)
@pytest.mark.parametrize("query", [GRAPH, f"DESCRIBE <{UMBRELLA}>"])
def test_a_format_of_a_graph_can_be_named(
    client: httpx.Client, query: str, name: str, expected: str
) -> None:
    answer = ask(client, query, output=name)
    assert answer.headers["content-type"].partition(";")[0] == expected
    form = RdfFormat.from_media_type(expected)
    assert {quad.subject.value for quad in parse(answer.content, format=form)} == {UMBRELLA}


def test_a_format_of_the_other_sort_is_refused_with_those_that_exist(client: httpx.Client) -> None:
    for query, name, known in ((ROWS, "turtle", "csv"), (GRAPH, "csv", "trig")):
        answer = ask(client, query, format=name)
        assert slug(answer) == (400, "bad-parameter")
        assert known in answer.json()["detail"]


@pytest.mark.parametrize("accept", ["image/png", "text/turtle"])
def test_a_format_that_does_not_exist_is_406(client: httpx.Client, accept: str) -> None:
    answer = ask(client, ROWS, accept)
    assert slug(answer) == (406, "not-acceptable")
    assert "text/csv" in answer.json()["formats"]
