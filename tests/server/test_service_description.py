"""The W3C's three tests of a service description, and what ours must say besides."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from ontology.outside import SD
from tests.conformance.service_description import (
    CHECKS,
    FORMATS,
    KNOWN_FORMATS,
    faults,
    graph,
)
from tests.conformance.site import Endpoint, Reply
from tests.server import releases
from tests.server.running import Site

SERVED = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
}
HEAD = """@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix formats: <http://www.w3.org/ns/formats/> .
<http://x/s> a sd:Service ; sd:endpoint <http://x/s> """
BAD = {
    "an unknown property": "; sd:url <http://x/s> .",
    "an unknown class": "; sd:feature [ a sd:Wonder ] .",
    "an unknown feature": "; sd:feature sd:TimeTravel .",
    "a language as a feature": "; sd:feature sd:SPARQL11Query .",
    "an unknown format": "; sd:resultFormat formats:Tortoise .",
    "a format that is text": '; sd:resultFormat "text/turtle" .',
    "a dataset without a class": "; sd:defaultDataset [] .",
    "a graph without a name": "; sd:defaultDataset [ a sd:Dataset ; "
    "sd:namedGraph [ a sd:NamedGraph ; sd:graph [ a sd:Graph ] ] ] .",
    "a name in the wrong place": "; sd:name <http://x/g> .",
    "two endpoints": ", <http://x/t> .",
}


@pytest.fixture(scope="module")
def endpoint(site: Site) -> Endpoint:
    return Endpoint(site.address)


def ask(endpoint: Endpoint, media: str = "*/*", host: str | None = None) -> Reply:
    headers = {"Accept": media} | ({"Host": host} if host else {})
    return endpoint.send("GET", "/sparql", headers)


@pytest.mark.parametrize("name", CHECKS)
def test_the_w3c_test_passes(endpoint: Endpoint, name: str) -> None:
    assert CHECKS[name](ask(endpoint), f"{endpoint.address}/sparql") is None


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("media", [one for one in SERVED if RdfFormat.from_media_type(one)])
def test_it_passes_in_every_format_of_rdf(endpoint: Endpoint, name: str, media: str) -> None:
    reply = ask(endpoint, media)
    assert reply.media == media
    assert CHECKS[name](reply, f"{endpoint.address}/sparql") is None


def test_the_formats_are_those_that_are_served(endpoint: Endpoint) -> None:
    said = {t.object for t in graph(ask(endpoint)) if t.predicate == SD.resultFormat}
    assert said == {NamedNode(FORMATS + name) for name in SERVED.values()}
    assert set(SERVED.values()) <= KNOWN_FORMATS
    for media, name in SERVED.items():
        rows = name.startswith("SPARQL_Results")
        query = "SELECT * {}" if rows else "CONSTRUCT {<x:s> <x:p> 1} {}"
        headers = {"Accept": media, "Content-Type": "application/sparql-query"}
        assert endpoint.send("POST", "/sparql", headers, query.encode()).media == media


def test_it_names_every_graph_and_the_default_dataset(endpoint: Endpoint) -> None:
    said = graph(ask(endpoint))
    (dataset,) = {t.object for t in said if t.predicate == SD.defaultDataset}
    nodes = {t.object for t in said if t.subject == dataset and t.predicate == SD.namedGraph}
    names = {t.object for t in said if t.subject in nodes and t.predicate == SD.name}
    expected = (releases.VOCABULARY, releases.REPORT, releases.REGISTER, releases.CODES)
    assert names == set(map(NamedNode, expected))
    assert len([t for t in said if t.subject == dataset and t.predicate == SD.defaultGraph]) == 1


@pytest.mark.parametrize("fault", BAD)
def test_a_description_that_breaks_the_vocabulary_is_found(fault: str) -> None:
    assert list(faults(statements(HEAD + BAD[fault])))


def test_a_small_description_is_right() -> None:
    right = HEAD + "; sd:supportedLanguage sd:SPARQL11Query ; sd:resultFormat formats:Turtle ."
    assert list(faults(statements(right))) == []
    assert list(faults([])) == ["there is no sd:Service"]


def test_another_endpoint_is_found(endpoint: Endpoint) -> None:
    reply = ask(endpoint)
    port = urlsplit(endpoint.address).port
    assert CHECKS["has-endpoint-triple"](reply, f"http://elsewhere.example:{port}/sparql")


def statements(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(turtle, RdfFormat.TURTLE)]
