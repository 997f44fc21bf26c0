"""One row per accreditation: the organisation, the scheme, the decision and the period."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from loaders.lists.parties import LISTED, describe_organisation, held, key_of, named, organisation
from loaders.records import identify
from loaders.records.eli import describe_legal_basis
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import terms as se
from ontology.outside import RDF, XSD


def describe_accreditation(row: Row) -> Triples:
    """Describe one accreditation."""
    yield from describe_organisation(row, LISTED)
    accreditation = accreditation_of(row)
    yield accreditation, RDF.type, se.Accreditation
    yield accreditation, se.accreditedOrganisation, organisation(row, LISTED)
    yield accreditation, se.accreditationScheme, row.code("scheme", "accreditation-scheme")
    yield accreditation, se.accreditationStatus, row.code("status", "accreditation-status")
    if number := row.get("accreditation_number"):
        yield accreditation, se.accreditationNumber, Literal(number)
    if day := row.optional_date("decision_date"):
        yield accreditation, se.decisionDate, day
    yield from held(row, accreditation, row.get("source_date"))
    yield from describe_origin(row, accreditation)


def accreditation_of(row: Row) -> NamedNode:
    """Return the accreditation of a row, known by its scheme, holder, number and beginning."""
    telling = (row.get("accreditation_number"), row.get("valid_from"))
    key = key_of(row.take("scheme"), organisation(row, LISTED).value, *telling)
    return identify.thing("accreditation", row.table.authority, key)


def describe_origin(row: Row, accreditation: NamedNode) -> Triples:
    """Describe who decided, under which text, and where the list is published."""
    if name := row.get("authority"):
        authority, described = named(row, name)
        yield from described
        yield accreditation, se.authority, authority
    if page := row.get("source_url"):
        yield accreditation, se.webPage, Literal(page, datatype=XSD.anyURI)
    if text := row.get("legal_basis_eli"):
        yield from describe_legal_basis(row, accreditation, text)


TABLES: Mapping[str, Describe] = {"accreditations": describe_accreditation}
