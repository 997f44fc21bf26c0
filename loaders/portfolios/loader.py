"""One row per loan, share or guarantee that a financer has in an organisation."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from loaders.lists.parties import (
    FRENCH,
    LISTED,
    describe_organisation,
    held,
    key_of,
    organisation,
    sender,
)
from loaders.records import identify
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, SKOS


def describe_position(row: Row) -> Triples:
    """Describe one commitment of the financer that sends the list."""
    yield from describe_organisation(row, LISTED)
    financer, described = sender(row)
    yield from described
    award = identify.thing("award", row.table.authority, row.take("position_id"))
    yield award, RDF.type, se.FundingAward
    yield award, se.funder, financer
    yield award, se.recipient, organisation(row, LISTED)
    yield award, se.awardKind, row.code("instrument", "funding-kind")
    if text := row.optional_text("project", lang=FRENCH):
        yield award, DCTERMS.description, text
    if day := row.optional_date("decision_date"):
        yield award, DCTERMS.date, day
    yield from held(row, award, row.get("decision_date"))
    yield from describe_amount(row, award)
    yield from describe_scheme(row, award, financer)


def describe_amount(row: Row, award: NamedNode) -> Triples:
    """Describe the amount committed, where the financer publishes it."""
    currency = row.optional_code("currency", "currency") or row.concept("currency", "EUR")
    if amount := row.optional_decimal("amount"):
        yield award, se.amount, amount
        yield award, se.currency, currency
        yield award, se.amountBasis, row.concept("amount-basis", "committed")


def describe_scheme(row: Row, award: NamedNode, financer: NamedNode) -> Triples:
    """Describe the product or fund from which the money comes, where the row names one."""
    if name := row.get("scheme"):
        scheme = identify.thing("funding-scheme", row.table.authority, key_of(name))
        yield award, se.underScheme, scheme
        yield scheme, RDF.type, se.FundingScheme
        yield scheme, SKOS.prefLabel, Literal(name, language=FRENCH)
        yield scheme, se.managedBy, financer
        yield scheme, se.schemeKind, row.concept("funding-kind", "capital")


TABLES: Mapping[str, Describe] = {"portfolios": describe_position}
