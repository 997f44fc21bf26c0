"""The questions as data: what a SPARQL endpoint publishes so that editors can offer them."""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from ontology.outside import RDF, RDFS
from queries.catalogue import NamedQuery

SHACL = "http://www.w3.org/ns/shacl#"
SCHEMA = "https://schema.org/"

SELECT_EXECUTABLE = NamedNode(f"{SHACL}SPARQLSelectExecutable")
SELECT = NamedNode(f"{SHACL}select")
KEYWORDS = NamedNode(f"{SCHEMA}keywords")


def describe(queries: Iterable[NamedQuery]) -> Iterator[Triple]:
    """Yield each question as an executable that shows its text with its example values."""
    for query in queries:
        subject = NamedNode(f"{query.base}queries/{query.name}")
        yield Triple(subject, RDF.type, SELECT_EXECUTABLE)
        yield Triple(subject, RDFS.label, Literal(query.name.replace("_", " "), language="en"))
        yield Triple(subject, RDFS.comment, Literal(query.summary, language="en"))
        yield Triple(subject, RDFS.comment, Literal(query.summary_fr, language="fr"))
        for tag in query.tags:
            yield Triple(subject, KEYWORDS, Literal(tag))
        yield Triple(subject, SELECT, Literal(query.text))
