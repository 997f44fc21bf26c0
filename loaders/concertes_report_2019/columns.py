"""Columns that mean the same in every table of the report."""

from __future__ import annotations

from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, SKOS, XSD

FRENCH = "fr"
PARTIES = "organisations|bodies"

Link: TypeAlias = tuple[NamedNode, str]


def stated(row: Row, *classes: NamedNode) -> Triples:
    """Yield what a row describes, where the report says it, and what there is to remark."""
    thing = row.iri()
    # The key serves references between the tables; it is never published.
    row.take(row.table.key or "number")
    for each in classes:
        yield thing, RDF.type, each
    yield thing, se.locator, row.locator()
    yield from written(row, note=se.note)


def labelled(row: Row) -> Triples:
    """Yield a name, its other names (column ``alt_labels``) and a description."""
    thing = row.iri()
    yield thing, SKOS.prefLabel, row.text("label", lang=FRENCH)
    for name in row.split("alt_labels"):
        yield thing, SKOS.altLabel, Literal(name, language=FRENCH)
    yield from written(row, description=DCTERMS.description)


def named(row: Row) -> Triples:
    """Yield the name of a thing that goes by one name only."""
    yield row.iri(), SKOS.prefLabel, row.text("label", lang=FRENCH)


def dated(row: Row) -> Triples:
    """Yield when a thing holds, and the year in which it took place (column ``year``)."""
    yield from row.validity(row.iri())
    if year := row.optional_year("year"):
        yield row.iri(), se.heldDuring, year


def presented(row: Row) -> Triples:
    """Yield the address of the page that presents a thing (column ``web_page``)."""
    if page := row.get("web_page"):
        yield row.iri(), se.webPage, Literal(page, datatype=XSD.anyURI)


def written(row: Row, **texts: NamedNode) -> Triples:
    """Yield the French text of each named column under its term, where filled."""
    for column, term in texts.items():
        if text := row.optional_text(column, lang=FRENCH):
            yield row.iri(), term, text


def linked(row: Row, **links: Link) -> Triples:
    """Yield what each named column refers to: the term, and the tables that hold the keys."""
    for column, (term, tables) in links.items():
        for other in row.references(column, tables):
            yield row.iri(), term, other


def coded(row: Row, **codes: Link) -> Triples:
    """Yield the codes in each named column: the term, and the code list."""
    for column, (term, scheme) in codes.items():
        for code in row.codes(column, scheme):
            yield row.iri(), term, code
