"""Turtle: the things and ties as linked data, each tie a statement with its dates and source."""

from collections.abc import Iterator
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from ontology import NAMESPACE
from ontology import terms as se
from ontology.outside import DCTERMS, PROV, RDF, SKOS, XSD
from queries.maps.graph import Edge
from server.answers.negotiate import TURTLE
from server.answers.rdf import write as written
from server.maps.format import Format
from server.maps.picture import Picture
from server.maps.text import clean

BASE = "/maps/"


def write(picture: Picture) -> bytes:
    """Return the graph as Turtle."""
    base = picture.address.partition(BASE)[0] + "/"
    return written([*describe(picture), *things(picture), *ties(picture)], TURTLE, base)


def describe(picture: Picture) -> Iterator[Triple]:
    """Yield what the file says of itself."""
    this = NamedNode(picture.address)
    yield Triple(this, DCTERMS.title, Literal(picture.title, language=picture.language))
    yield Triple(this, DCTERMS.isVersionOf, Literal(picture.release))
    yield Triple(this, DCTERMS.date, Literal(picture.created.isoformat(), datatype=XSD.date))
    if picture.wanted.on:
        on = Literal(picture.wanted.on.isoformat(), datatype=XSD.date)
        yield Triple(this, DCTERMS.temporal, on)
    for source in picture.sources:
        yield Triple(this, DCTERMS.source, NamedNode(source.iri))
        if source.licence:
            yield Triple(this, DCTERMS.license, NamedNode(source.licence))


def things(picture: Picture) -> Iterator[Triple]:
    """Yield the things, with their classes and names."""
    for node in picture.map.nodes.values():
        name = NamedNode(node.id)
        for kind in node.kinds:
            where = SKOS.Concept if kind == "Concept" else NamedNode(NAMESPACE + kind)
            yield Triple(name, RDF.type, where)
        for code, text in node.labels.items():
            label = Literal(clean(text), language=code) if code else Literal(clean(text))
            yield Triple(name, SKOS.prefLabel, label)
        yield Triple(name, DCTERMS.type, Literal(picture.group(node), language=picture.language))
        yield Triple(NamedNode(picture.address), DCTERMS.hasPart, name)


def ties(picture: Picture) -> Iterator[Triple]:
    """Yield each tie as a statement, with the facts that it rests on."""
    for place, edge in enumerate(picture.map.edges, 1):
        yield from tie(picture, edge, place)


def tie(picture: Picture, edge: Edge, place: int) -> Iterator[Triple]:
    """Yield what there is to say of one tie."""
    name = NamedNode(f"{picture.address}#tie-{place}")
    relation = NamedNode(f"{picture.address.partition('?')[0]}#{quote(edge.relation)}")
    yield Triple(name, RDF.type, RDF.Statement)
    yield Triple(name, RDF.subject, NamedNode(edge.source))
    yield Triple(name, RDF.predicate, relation)
    yield Triple(name, RDF.object, NamedNode(edge.target))
    yield Triple(
        relation, SKOS.prefLabel, Literal(picture.relation(edge), language=picture.language)
    )
    for fact in edge.facts:
        if fact.iri is None:
            continue
        yield Triple(name, PROV.wasDerivedFrom, NamedNode(fact.iri))
        for day, property_ in ((fact.since, se.validFrom), (fact.until, se.validTo)):
            if day:
                value = Literal(day.isoformat(), datatype=XSD.date)
                yield Triple(NamedNode(fact.iri), property_, value)


FORMAT = Format(".ttl", TURTLE, "Turtle", write, order=27)
