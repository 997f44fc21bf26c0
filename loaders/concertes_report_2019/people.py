"""What is never public: who works where, students, contacts with office holders."""

from __future__ import annotations

from pyoxigraph import Literal

from loaders.concertes_report_2019.columns import (
    coded,
    dated,
    linked,
    named,
    stated,
    written,
)
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS, RDF


def describe_employment(row: Row) -> Triples:
    """Describe one working relation."""
    yield from stated(row, se.Employment)
    yield from dated(row)
    yield row.iri(), se.function, Literal(row.take("function"))
    yield from linked(
        row,
        employee=(se.employee, "persons|staff_persons"),
        employer=(se.employer, "organisations"),
        assigned_to=(se.assignedTo, "projects"),
    )
    yield from coded(row, certainty=(se.certainty, "certainty"))


def describe_student(row: Row) -> Triples:
    """Describe one student under a pseudonym, and the stay."""
    person, stay = row.iri(), row.part("employment")
    yield from stated(row, se.Person)
    yield from named(row)
    yield stay, RDF.type, se.Employment
    yield stay, se.locator, row.locator()
    yield stay, se.employee, person
    yield stay, se.employer, row.reference("employer", "organisations")
    yield stay, se.function, Literal(row.take("function"))
    yield from row.validity(stay)


def describe_contact(row: Row) -> Triples:
    """Describe one contact of an organisation with an office holder."""
    yield from stated(row, se.Contact)
    yield from dated(row)
    yield from written(row, description=DCTERMS.description)
    yield from linked(
        row,
        contact_of=(se.contactOf, "organisations"),
        contact_with=(se.contactWith, "contact_persons|organisations"),
    )
