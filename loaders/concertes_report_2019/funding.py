"""Schemes, calls, applications and awards: where means come from, and what was asked for."""

from __future__ import annotations

from loaders.concertes_report_2019.columns import (
    coded,
    dated,
    labelled,
    linked,
    named,
    stated,
    written,
)
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se


def describe_scheme(row: Row) -> Triples:
    """Describe one funding scheme."""
    yield from stated(row, se.FundingScheme)
    yield from labelled(row)
    yield from linked(
        row,
        authority=(se.authority, "organisations"),
        managed_by=(se.managedBy, "organisations"),
        legal_basis=(se.legalBasis, "legal_resources"),
    )
    yield from coded(
        row,
        kind=(se.schemeKind, "funding-kind"),
        status=(se.schemeStatus, "scheme-status"),
        requires_accreditation=(se.requiresAccreditation, "accreditation-scheme"),
        jurisdiction=(se.jurisdiction, "refnis-region"),
    )


def describe_call(row: Row) -> Triples:
    """Describe one call for projects or tenders."""
    yield from stated(row, se.CallForProjects)
    yield from labelled(row)
    yield from dated(row)
    yield from linked(
        row, call_of=(se.callOf, "schemes"), authority=(se.authority, "organisations")
    )


def describe_application(row: Row) -> Triples:
    """Describe one application, with what became of it."""
    yield from stated(row, se.Application)
    yield from named(row)
    yield from dated(row)
    yield from written(row, outcome_reason=se.outcomeReason)
    yield from linked(
        row,
        applicants=(se.applicant, "organisations"),
        submitted_to=(se.submittedTo, "calls|schemes"),
    )
    yield from coded(row, outcome=(se.outcome, "application-outcome"))


def describe_award(row: Row) -> Triples:
    """Describe one award; the report gives no amounts."""
    yield from stated(row, se.FundingAward)
    yield from dated(row)
    yield from linked(
        row,
        funder=(se.funder, "organisations"),
        recipient=(se.recipient, "organisations"),
        under_scheme=(se.underScheme, "schemes|calls"),
        funds=(se.funds, "projects|works|systems"),
    )
    yield from coded(row, certainty=(se.certainty, "certainty"))
