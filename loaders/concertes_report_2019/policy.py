"""Legal texts, the files that ConcertES follows, and the positions taken on them."""

from __future__ import annotations

from loaders.concertes_report_2019.columns import (
    PARTIES,
    coded,
    dated,
    labelled,
    linked,
    stated,
    written,
)
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS

FILED = f"{PARTIES}|projects|events|plans|schemes|legal_resources"


def describe_legal_resource(row: Row) -> Triples:
    """Describe one legal text."""
    yield from stated(row, se.LegalResource)
    yield from labelled(row)
    if day := row.optional_date("date"):
        yield row.iri(), DCTERMS.date, day
    yield from linked(row, authority=(se.authority, "organisations"))
    yield from coded(
        row,
        type=(se.legalType, "legal-type"),
        jurisdiction=(se.jurisdiction, "refnis-region"),
        country=(se.country, "country"),
    )


def describe_policy_file(row: Row) -> Triples:
    """Describe one file followed over time."""
    yield from stated(row, se.PolicyFile)
    yield from labelled(row)
    yield from dated(row)
    yield from linked(row, concerns=(se.concerns, FILED))
    yield from coded(row, jurisdiction=(se.jurisdiction, "refnis-region"))


def describe_position(row: Row) -> Triples:
    """Describe one position on a file."""
    yield from stated(row, se.PolicyPosition)
    yield from dated(row)
    yield from written(row, text=DCTERMS.description)
    yield from linked(
        row,
        policy_file=(se.positionOn, "policy_files"),
        holder=(se.positionHolder, "organisations"),
        concerns=(se.concerns, FILED),
    )
