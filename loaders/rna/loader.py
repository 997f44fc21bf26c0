"""One row per association: by its SIREN number where the row gives one, else by its RNA number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from loaders.lists.parties import identified
from loaders.records import dates, identify, numbers
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, SKOS, XSD

POSITIONS = {"A": "live", "D": "dissolved", "S": "deregistered"}
UNKNOWN = "unknown"
NO_DAY = frozenset({"0001-01-01", "0000-00-00", "1900-01-01"})
PAGE = re.compile(r"https?://[^\s<>\"{}]+\.[^\s<>\"{}]+")
SIREN_LENGTH = 9


def describe_association(row: Row) -> Triples:
    """Describe one association."""
    try:
        number = numbers.rna(row.take("id"))
    except ValueError as error:
        raise row.error(f"id: {error}") from None
    title = " ".join((row.get("titre") or row.get("titre_court") or "").split())
    if not title:
        row.skip(f"{number} has no title; the row is set aside")
        return
    siren = siren_of(row)
    association = identify.thing("organisation", *(("siren", siren) if siren else ("rna", number)))
    yield association, RDF.type, se.Organisation
    # Where SIRENE knows the association, the name there is the preferred one.
    yield association, SKOS.altLabel if siren else SKOS.prefLabel, Literal(title, language="fr")
    if (short := row.get("titre_court")) and short != title:
        yield association, SKOS.altLabel, Literal(" ".join(short.split()), language="fr")
    yield association, se.country, row.concept("country", "FR")
    yield from identified(association, number)
    if siren:
        yield from identified(association, siren)
    else:
        yield association, se.legalFamily, row.concept("legal-family", "association")
    yield from describe_state(row, association, known=siren is not None)
    yield from describe_purpose(row, association)
    yield from describe_place(row, association, number)


def siren_of(row: Row) -> str | None:
    """Return the SIREN number within the SIRET of the row; a wrong SIRET is remarked."""
    if (written := row.get("siret")) is None:
        return None
    try:
        return numbers.siret(written)[:SIREN_LENGTH]
    except ValueError as error:
        row.remark(f"siret: {error}; the association goes by its RNA number")
        return None


def describe_state(row: Row, association: NamedNode, *, known: bool) -> Triples:
    """Describe whether the association exists, since when and until when.

    Of one that SIRENE ``known`` describes, SIRENE tells that.
    """
    status = POSITIONS.get(row.get("position") or "", UNKNOWN)
    if not known:
        yield association, se.registrationStatus, row.concept("registration-status", status)
    for column, term in (("date_creat", se.foundedOn), ("date_disso", se.dissolvedOn)):
        if (written := row.get(column)) and written not in NO_DAY and not known:
            try:
                yield association, term, dates.literal(dates.parse(written))
            except ValueError:
                row.remark(f"{column} {written!r} is no day that can be; left out")


def describe_purpose(row: Row, association: NamedNode) -> Triples:
    """Describe what the association is for, and its page."""
    if purpose := row.get("objet"):
        yield association, DCTERMS.description, Literal(" ".join(purpose.split()), language="fr")
    if (page := row.get("siteweb")) and PAGE.fullmatch(page):
        yield association, se.webPage, Literal(page, datatype=XSD.anyURI)


def describe_place(row: Row, association: NamedNode, number: str) -> Triples:
    """Describe the municipality of the seat; the street may be somebody's home, and stays out."""
    locality, postcode = row.get("adrs_libcommune"), row.get("adrs_codepostal")
    if not locality:
        return
    address = identify.thing("address", "rna", number)
    yield association, se.address, address
    yield address, RDF.type, se.Address
    yield address, se.locality, Literal(locality)
    if postcode and any(digit != "0" for digit in postcode):
        yield address, se.postalCode, Literal(postcode)
    yield address, se.country, row.concept("country", "FR")


TABLES: Mapping[str, Describe] = {"associations": describe_association}
