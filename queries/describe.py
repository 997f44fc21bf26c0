"""The questions as data: what a SPARQL endpoint publishes so that editors can offer them."""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from ontology import DEFAULT_BASE, prefixes
from ontology.outside import RDF, RDFS, SCHEMA, SH, XSD
from queries.catalogue import NamedQuery

# The vocabulary and the shapes keep their names wherever the data live.
OURS = ("code", "graph", "id")


def describe(queries: Iterable[NamedQuery]) -> Iterator[Triple]:
    """Yield each question as an executable that shows its text with its example values."""
    for query in queries:
        subject = NamedNode(f"{query.base}queries/{query.name}")
        yield Triple(subject, RDF.type, SH.SPARQLExecutable)
        yield Triple(subject, RDF.type, SH.SPARQLSelectExecutable)
        yield Triple(subject, SH.prefixes, table(query.base))
        yield Triple(subject, RDFS.label, Literal(query.name.replace("_", " "), language="en"))
        yield Triple(subject, RDFS.comment, Literal(query.summary, language="en"))
        yield Triple(subject, RDFS.comment, Literal(query.summary_fr, language="fr"))
        for tag in query.tags:
            yield Triple(subject, SCHEMA.keywords, Literal(tag))
        yield Triple(subject, SH.select, Literal(query.text))


def declare(base: str = DEFAULT_BASE) -> Iterator[Triple]:
    """Yield the table of prefixes for data under a base, as editors read it."""
    for name, start in own_prefixes(base).items():
        subject = NamedNode(f"{base}prefixes#{name}")
        yield Triple(table(base), SH.declare, subject)
        yield Triple(subject, RDF.type, SH.PrefixDeclaration)
        yield Triple(subject, SH.prefix, Literal(name))
        yield Triple(subject, SH.namespace, Literal(start, datatype=XSD.anyURI))


def table(base: str) -> NamedNode:
    """Return the name of the table of prefixes."""
    return NamedNode(f"{base}prefixes")


def own_prefixes(base: str) -> dict[str, str]:
    """Return the table of prefixes for data under a base."""
    return {
        name: start.replace(DEFAULT_BASE, base, 1) if name in OURS else start
        for name, start in prefixes().items()
    }
