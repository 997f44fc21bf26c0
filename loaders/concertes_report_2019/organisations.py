"""Organisations, their bodies and people, and the ties between them."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import NamedNode

from loaders.concertes_report_2019.columns import (
    PARTIES,
    coded,
    dated,
    labelled,
    linked,
    named,
    presented,
    stated,
    written,
)
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS

ORGANISATIONS: Mapping[str, NamedNode] = {
    "organisation": se.Organisation,
    "enterprise": se.Enterprise,
    "federation": se.Federation,
    "umbrella": se.UmbrellaOrganisation,
    "network": se.Network,
}
BODIES: Mapping[str, NamedNode] = {
    "governing-body": se.GoverningBody,
    "advisory-body": se.AdvisoryBody,
    "working-group": se.WorkingGroup,
    "committee": se.Committee,
    "jury": se.Jury,
}


def classes(row: Row, known: Mapping[str, NamedNode]) -> list[NamedNode]:
    """Return the classes that column ``type`` names, which must be among the known ones."""
    names = row.split("type")
    if not names or not known.keys() >= set(names):
        raise row.error(f"type {row.get('type')!r} is not made of {', '.join(known)}")
    return [known[name] for name in names]


def describe_organisation(row: Row) -> Triples:
    """Describe one organisation that the report names."""
    yield from stated(row, *classes(row, ORGANISATIONS))
    yield from labelled(row)
    yield from presented(row)
    yield from linked(row, unit_of=(se.unitOf, "organisations"))
    yield from coded(
        row,
        legal_form=(se.legalForm, "kbo-legal-form"),
        legal_family=(se.legalFamily, "legal-family"),
        roles=(se.ecosystemRole, "ecosystem-role"),
        federation_families=(se.federationFamily, "federation-family"),
        country=(se.country, "country"),
        active_in=(se.activeIn, "refnis-region"),
        municipality=(se.municipality, "refnis-municipality"),
    )


def describe_body(row: Row) -> Triples:
    """Describe one body in which organisations or people sit."""
    yield from stated(row, *classes(row, BODIES))
    yield from labelled(row)
    yield from written(row, meeting_frequency=se.meetingFrequency)
    yield from linked(
        row, body_of=(se.bodyOf, PARTIES), legal_basis=(se.legalBasis, "legal_resources")
    )
    yield from coded(
        row,
        roles=(se.ecosystemRole, "ecosystem-role"),
        jurisdiction=(se.jurisdiction, "refnis-region"),
    )


def describe_person(row: Row) -> Triples:
    """Describe one person by name alone; mandates and employments say the rest."""
    yield from stated(row, se.Person)
    yield from named(row)


def describe_membership(row: Row) -> Triples:
    """Describe one membership of a federation."""
    yield from stated(row, se.FederationMembership)
    yield from row.validity(row.iri())
    yield from linked(
        row, member=(se.member, "organisations"), member_of=(se.memberOf, "organisations")
    )


def describe_relationship(row: Row) -> Triples:
    """Describe one tie that is neither membership, mandate, funding nor participation."""
    yield from stated(row, se.Relationship)
    yield from dated(row)
    yield from written(row, description=DCTERMS.description)
    ends = f"{PARTIES}|systems|projects|works"
    yield from linked(row, relation_from=(se.relationFrom, ends), relation_to=(se.relationTo, ends))
    yield from coded(row, kind=(se.relationKind, "relation-kind"))


def describe_beneficiary(row: Row) -> Triples:
    """Describe that an organisation benefits from a scheme."""
    organisation = row.reference("organisation", "organisations")
    yield organisation, se.beneficiaryOf, row.reference("scheme", "schemes")
    yield organisation, se.locator, row.locator()
