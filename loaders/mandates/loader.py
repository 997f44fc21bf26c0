"""One row per mandate: the body, the seat, the holder and, in public roles, who sits."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from loaders.lists.parties import (
    FRENCH,
    Columns,
    describe_organisation,
    held,
    key_of,
    named,
    organisation,
)
from loaders.records import identify
from loaders.records.layout import fold
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from loaders.wording import Wording
from ontology import terms as se
from ontology.outside import RDF, SKOS, XSD

HOLDER = Columns(numbers=("enterprise_number",), name="name")
SPOKEN_FOR = Columns(numbers=("on_behalf_of_number",), name="on_behalf_of")
INSTITUTION = Columns(numbers=("body_of_number",), name="body_of")
BODIES: Mapping[str, NamedNode] = {
    "advisory": se.AdvisoryBody,
    "governing": se.GoverningBody,
    "committee": se.Committee,
    "working-group": se.WorkingGroup,
    "jury": se.Jury,
}
WORDS = {
    "consultatif": "advisory", "organe consultatif": "advisory", "advisory body": "advisory",
    "de gestion": "governing", "organe de gestion": "governing", "governing body": "governing",
    "comite": "committee", "groupe de travail": "working-group", "working group": "working-group",
}  # fmt: skip


def describe_mandate(row: Row) -> Triples:
    """Describe one mandate with the seat that it occupies."""
    yield from describe_organisation(row, HOLDER)
    body = identify.thing("organisation", row.table.authority, key_of(row.take("body")))
    yield from describe_body(row, body)
    telling = (row.take("seat_kind"), row.get("represented_category"), row.get("seat_number"))
    seat = identify.thing("seat", row.table.authority, key_of(body.value, *telling))
    yield from describe_seat(row, seat, body)
    who = (organisation(row, HOLDER).value, row.get("representative"), row.get("valid_from"))
    mandate = identify.thing("mandate", row.table.authority, key_of(seat.value, *who))
    yield mandate, RDF.type, se.Mandate
    yield mandate, se.occupies, seat
    yield mandate, se.holder, organisation(row, HOLDER)
    yield from held(row, mandate)
    yield from describe_parties(row, mandate)
    yield from describe_terms(row, mandate)


def describe_body(row: Row, body: NamedNode) -> Triples:
    """Describe the body in which the mandate is held."""
    stated = row.take("body_type")
    kind = BODIES.get(WORDS.get(fold(stated), stated.casefold()))
    if kind is None:
        known = ", ".join(BODIES)
        reason = Wording(f"type d'organe « {stated} » inconnu", f"unknown type of body “{stated}”")
        raise row.refusal("body_type", reason, Wording(f"prenez {known}", f"take {known}"))
    yield body, RDF.type, kind
    yield body, SKOS.prefLabel, row.text("body", lang=FRENCH)
    if other := described_party(row, INSTITUTION):
        yield from describe_organisation(row, INSTITUTION)
        yield body, se.bodyOf, other


def described_party(row: Row, columns: Columns) -> NamedNode | None:
    """Return the organisation that further columns name, None where they are empty."""
    number, name = row.get(columns.numbers[0]), row.get(columns.name)
    if number and not name:
        reason = Wording("le nom de l'organisation manque", "the organisation's name is missing")
        raise row.refusal(columns.name, reason, Wording("ajoutez-le", "add it"))
    return organisation(row, columns) if name else None


def describe_seat(row: Row, seat: NamedNode, body: NamedNode) -> Triples:
    """Describe the seat, which stays when its occupant changes."""
    yield seat, RDF.type, se.Seat
    yield seat, se.seatIn, body
    yield seat, se.seatKind, row.code("seat_kind", "seat-kind")
    if group := row.optional_code("represented_category", "represented-category"):
        yield seat, se.representedCategory, group


def describe_parties(row: Row, mandate: NamedNode) -> Triples:
    """Describe the person who sits, the organisation spoken for and the authority."""
    if name := row.get("representative"):
        person = identify.thing("person", row.table.authority, key_of(name))
        yield mandate, se.representedBy, person
        yield person, RDF.type, se.Person
        yield person, SKOS.prefLabel, Literal(name, language=FRENCH)
    if other := described_party(row, SPOKEN_FOR):
        yield from describe_organisation(row, SPOKEN_FOR)
        yield mandate, se.onBehalfOf, other
    if name := row.get("appointed_by"):
        authority, described = named(row, name)
        yield from described
        yield mandate, se.appointedBy, authority


def describe_terms(row: Row, mandate: NamedNode) -> Triples:
    """Describe the function, the status, the decision and the public source."""
    if function := row.optional_code("function", "mandate-function"):
        yield mandate, se.mandateFunction, function
    if status := row.optional_code("status", "mandate-status"):
        yield mandate, se.mandateStatus, status
    if decision := row.get("decision_reference"):
        yield mandate, se.note, Literal(f"décision : {decision}", language=FRENCH)
    if page := row.get("source_url"):
        yield mandate, se.webPage, Literal(page, datatype=XSD.anyURI)


TABLES: Mapping[str, Describe] = {"mandates": describe_mandate}
