"""The lists as SKOS: codes that mean the same as one of the platform or of others say so."""

from __future__ import annotations

from pyoxigraph import NamedNode

from loaders.records import identify
from loaders.records.concepts import concept, defined, scheme
from loaders.records.source import Triples
from loaders.sdmx_codes.lists import Listing, listings
from ontology.outside import SKOS


def describe() -> Triples:
    """Describe all lists."""
    for one in listings().values():
        yield from describe_listing(one)


def describe_listing(one: Listing) -> Triples:
    """Describe one list and its codes."""
    yield from scheme(one.slug, one.names, one.version, one.licence, one.sources)
    for code in one.codes.values():
        subject = identify.code(one.slug, code.code)
        yield from concept(one.slug, code.code, code.names, code.parent)
        yield from defined(subject, code.definitions, one.version)
        for other in code.same:
            yield subject, SKOS.exactMatch, meant(other)


def meant(other: str) -> NamedNode:
    """Return what ``scheme:code`` or an address means."""
    if other.startswith(("https://", "http://")):
        return NamedNode(other)
    return identify.code(*other.split(":", 1))
