"""Systems, data, works, and the figures that the report states."""

from __future__ import annotations

from loaders.concertes_report_2019.columns import (
    FRENCH,
    PARTIES,
    coded,
    dated,
    labelled,
    linked,
    presented,
    stated,
)
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS

FIGURES = "organisations|bodies|participations|projects|events|works|systems|plans"
CONCERNED = (
    "organisations|bodies|projects|events|works|systems|plans|schemes|legal_resources|policy_files"
)


def describe_system(row: Row) -> Triples:
    """Describe one website, platform, tool or channel."""
    yield from stated(row, se.System)
    yield from labelled(row)
    yield from presented(row)
    yield from row.validity(row.iri())
    yield from linked(
        row,
        operated_by=(se.operatedBy, "organisations"),
        part_of=(se.partOfSystem, "systems"),
        replaces=(se.replaces, "systems"),
    )


def describe_dataset(row: Row) -> Triples:
    """Describe one body of data, what it draws on and where it is published."""
    yield from stated(row, se.Dataset)
    yield from labelled(row)
    yield from linked(
        row,
        managed_by=(se.managedBy, "organisations"),
        derived_from=(se.derivedFrom, "datasets|deliveries"),
        published_in=(se.publishedIn, "systems"),
    )


def describe_delivery(row: Row) -> Triples:
    """Describe one delivery of data that feeds a dataset."""
    yield from stated(row, se.SourceDelivery)
    yield from labelled(row)
    if year := row.optional_year("reference_period"):
        yield row.iri(), se.referencePeriod, year
    yield from linked(row, provider=(se.provider, "organisations"), feeds=(se.feeds, "datasets"))


def describe_work(row: Row) -> Triples:
    """Describe one work: report, study, video, declaration."""
    yield from stated(row, se.Work)
    yield from labelled(row)
    yield from dated(row)
    yield from coded(row, kind=(se.workKind, "work-kind"))
    yield from linked(
        row,
        creators=(se.creator, PARTIES),
        published_in=(se.publishedIn, "systems"),
        concerns=(se.concerns, CONCERNED),
        related=(DCTERMS.relation, "works"),
    )


def describe_claim(row: Row) -> Triples:
    """Describe one figure or wording of the report, beside others that may contradict it."""
    kind = row.take("datatype")
    claim = row.iri()
    yield from stated(row, se.Claim if kind == "text" else se.QuantityClaim)
    if kind == "integer":
        yield claim, se.claimedValue, row.integer("value")
    elif kind == "text":
        yield claim, se.claimedValue, row.text("value", lang=FRENCH)
    else:
        raise row.error(f"datatype {kind!r} is neither integer nor text")
    yield from row.validity(claim)
    if year := row.optional_year("year"):
        yield claim, se.referencePeriod, year
    yield from linked(row, about=(se.about, FIGURES), claimant=(se.claimant, "organisations"))
    yield from coded(
        row,
        measure=(se.claimedProperty, "measure"),
        precision=(se.precision, "precision"),
        unit=(se.unit, "unit"),
        method=(se.claimMethod, "claim-method"),
    )
