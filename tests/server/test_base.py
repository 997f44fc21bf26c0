"""Relative IRIs in a query are read against the base of the release, which no client can send."""

from __future__ import annotations

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from server.errors import ProblemError
from server.sparql.precheck import judge, resolve
from tests.server.releases import BASE, REGISTER

XSD = "http://www.w3.org/2001/XMLSchema#"
FORMATS = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
RESOLVED = {
    ("http://x/a/b", "c"): "http://x/a/c",
    ("http://x/a/b", "#"): "http://x/a/b#",
    ("http://x/a#b", "#c"): "http://x/a#c",
    ("http://x/a/b", "ns#"): "http://x/a/ns#",
    ("http://x/a/b", "urn:c"): "urn:c",
    ("http://x/a", "http://y/#"): "http://y/#",
    ("http://x/a/b", "/c?d"): "http://x/c?d",
    ("", "c#"): "c#",
    ("http://[x", "c"): "c",
}
HIDDEN = (
    "PREFIX a:b <'> SELECT * {?s ?p ?o}",
    "PREFIX : <#> SELECT * {?s :p ?o FILTER(?s <#'>)}",
    "BASE <#> SELECT * {?s <#x> ?o}",
    "PREFIX : <#> SELECT * {?s :p ?o} PREFIX b: <#>",
)


@pytest.mark.parametrize("given", RESOLVED)
def test_an_iri_is_resolved_with_its_fragment(given: tuple[str, str]) -> None:
    assert resolve(*given) == RESOLVED[given]


def test_the_prologue_may_hold_short_iris() -> None:
    judged = judge("BASE <http://x/a/> PREFIX : <#> PREFIX n: <n#> ASK FROM <g> FROM :h {}")
    assert judged.prefixes == {"": "http://x/a/#", "n": "http://x/a/n#"}
    assert judged.graphs == ["http://x/a/g", "http://x/a/#h"]


@pytest.mark.parametrize("query", HIDDEN)
def test_elsewhere_a_sign_that_could_hide_a_call_is_refused(query: str) -> None:
    with pytest.raises(ProblemError) as caught:
        judge(query)
    assert caught.value.problem.slug == "query-syntax"


def test_a_call_after_a_short_prefix_is_refused() -> None:
    with pytest.raises(ProblemError) as caught:
        judge("PREFIX : <#> SELECT * {?s ?p 1SERVICE<http://127.0.0.1/>{?s ?p ?o}}")
    assert caught.value.problem.slug == "federation-disabled"


def test_the_base_is_that_of_our_things(client: httpx.Client) -> None:
    query = "PREFIX : <ns#> SELECT * { VALUES ?x { <id/organisation/umbrella> :Federation <> } }"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    expected = ["x", f"{BASE}id/organisation/umbrella", f"{BASE}ns#Federation", BASE]
    assert answer.text.split() == expected


def test_base_in_the_query_goes_before(client: httpx.Client) -> None:
    query = "BASE <http://x/y/> SELECT * { VALUES ?x { <../z> } }"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    assert answer.text.split() == ["x", "http://x/z"]


def test_a_graph_is_named_shortly(client: httpx.Client) -> None:
    def ask(graph: str) -> httpx.Response:
        query = f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}"
        return client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})

    assert ask(REGISTER.removeprefix(BASE)).text == ask(REGISTER).text
    missing = ask("graph/none")
    assert missing.status_code == 400
    assert f"{BASE}graph/none" in missing.json()["detail"]


@pytest.mark.parametrize("media", FORMATS)
def test_every_format_of_rdf_has_whole_iris(client: httpx.Client, media: str) -> None:
    query = "PREFIX : <p#> CONSTRUCT { <s> :p 1 } WHERE {}"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": media})
    form = RdfFormat.from_media_type(media)
    assert form is not None
    one = Literal("1", datatype=NamedNode(f"{XSD}integer"))
    assert [quad.triple for quad in parse(answer.content, form)] == [
        Triple(NamedNode(f"{BASE}s"), NamedNode(f"{BASE}p#p"), one)
    ]
