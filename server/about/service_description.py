"""The SPARQL 1.1 service description: what the endpoint can do and which graphs it has."""

from collections.abc import Iterator
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ontology.outside import RDF, RDFS, SD, VOID, XSD
from server.access.limits import sentences
from server.engine.published import Snapshot
from server.language import COMPLETE, language
from server.settings import Settings

FORMATS = "http://www.w3.org/ns/formats/"
RESULTS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads",
)  # fmt: skip


def describe_service(endpoint: str, snapshot: Snapshot, settings: Settings) -> list[Triple]:
    """Return the description of the service at an address, over a release."""
    service = NamedNode(endpoint)
    statistics = NamedNode(urljoin(endpoint, ".well-known/void"))
    dataset, default = BlankNode("dataset"), BlankNode("default")
    found = [
        Triple(service, RDF.type, SD.Service),
        Triple(service, SD.endpoint, service),
        Triple(service, SD.feature, SD.UnionDefaultGraph),
        Triple(service, RDFS.seeAlso, statistics),
        Triple(service, RDFS.seeAlso, NamedNode(urljoin(endpoint, "limits"))),
        *(Triple(service, RDFS.comment, limit) for limit in limits(settings)),
        Triple(service, SD.supportedLanguage, SD.SPARQL11Query),
        Triple(service, SD.defaultDataset, dataset),
        *(Triple(service, SD.resultFormat, NamedNode(FORMATS + name)) for name in RESULTS),
        Triple(dataset, RDF.type, SD.Dataset),
        Triple(dataset, RDF.type, VOID.Dataset),
        Triple(dataset, RDFS.seeAlso, NamedNode(f"{snapshot.base}graph/void#dataset")),
        Triple(dataset, SD.defaultGraph, default),
        Triple(default, RDF.type, SD.Graph),
        Triple(default, VOID.triples, whole(snapshot.statements)),
    ]
    for number, (iri, graph) in enumerate(snapshot.graphs.items()):
        node, content = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        found += [
            Triple(dataset, SD.namedGraph, node),
            Triple(node, RDF.type, SD.NamedGraph),
            Triple(node, SD.name, NamedNode(iri)),
            Triple(node, SD.graph, content),
            Triple(content, RDF.type, SD.Graph),
        ]
        if graph:
            found.append(Triple(content, VOID.triples, whole(graph.triples)))
    return found


def limits(settings: Settings) -> Iterator[Literal]:
    """Yield what a query may take, as texts in each language that has all texts."""
    for code in COMPLETE:
        for text in sentences(settings, language(code)):
            yield Literal(text, language=code)


def whole(number: int) -> Literal:
    """Return a whole number as a term."""
    return Literal(str(number), datatype=XSD.integer)
