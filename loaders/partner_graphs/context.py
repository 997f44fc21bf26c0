"""The JSON-LD context of the vocabulary: the one that a delivery may name by its address."""

from __future__ import annotations

from functools import cache

from pyoxigraph import NamedNode

from ontology import DEFAULT_BASE, NAMESPACE, prefixes, vocabulary
from ontology.outside import DCTERMS, OWL, RDF, RDFS, SKOS, XSD

ADDRESS = f"{DEFAULT_BASE}context.jsonld"
# Terms of other vocabularies that our data need beside our own.
OUTSIDE = {
    "prefLabel": SKOS.prefLabel, "altLabel": SKOS.altLabel, "notation": SKOS.notation,
    "description": DCTERMS.description,
}  # fmt: skip
DATATYPES = XSD.string.value.removesuffix("string")


@cache
def context() -> dict[str, object]:
    """Return the context: prefixes, classes and properties under their local names.

    Values of object properties are IRIs; dates and other typed values have the datatype that the
    vocabulary says.
    """
    kinds: dict[NamedNode, set[object]] = {}
    ranges: dict[NamedNode, list[NamedNode]] = {}
    for triple in vocabulary():
        if isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(NAMESPACE):
            if triple.predicate == RDF.type:
                kinds.setdefault(triple.subject, set()).add(triple.object)
            elif triple.predicate == RDFS.range and isinstance(triple.object, NamedNode):
                ranges.setdefault(triple.subject, []).append(triple.object)
    terms: dict[str, object] = {**prefixes(), "id": "@id", "type": "@type"}
    terms |= {name: {"@id": term.value} for name, term in OUTSIDE.items()}
    for term, kind in sorted(kinds.items(), key=lambda entry: entry[0].value):
        name = term.value.removeprefix(NAMESPACE)
        terms[name] = {"@id": term.value, **typed(kind, ranges.get(term, []))}
    return terms


def typed(kind: set[object], ranges: list[NamedNode]) -> dict[str, str]:
    """Return how the values of a property are to be read; nothing for texts and classes."""
    if OWL.ObjectProperty in kind:
        return {"@type": "@id"}
    own = [term for term in ranges if term.value.startswith(DATATYPES) and term != XSD.string]
    return {"@type": own[0].value} if own else {}
