"""One row per organisation: who it is, where, what it does, and what became of it."""

from __future__ import annotations

import re

from pyoxigraph import Literal, NamedNode

from loaders.coops_uk.lists import named, slug
from loaders.coops_uk.places import Columns, country, describe_address
from loaders.coops_uk.repeats import (
    ID,
    NAME,
    ORGANISATION_ID,
    Cells,
    differences,
    earlier,
    read_cells,
)
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import RDF, SKOS

TRADING = "Trading Name"
ADDRESS = Columns(
    street="Registered Street",
    locality="Registered City",
    region="Registered State/Province",
    postcode="Registered Postcode",
    nation="UK Nation",
)
DAY = "%d/%m/%Y"
STATUSES = {"Live": "live", "Dead": "dissolved"}
REGISTRARS = {"FCA": "uk-fca", "Companies House": "uk-companies-house"}
COMPANY_NUMBER_LENGTH = 8
# A registered society is a co-operative or serves its community with the same form; a company
# or partnership says nothing of its purpose.
FAMILIES = {
    "society": "cooperative",
    "community-interest-company": "company-social-purpose",
    "unincorporated": "association",
    "charitable-incorporated-organisation": "association",
    "scottish-charitable-incorporated-organisation": "association",
}
SIC = re.compile(r"UKSIC07-(\d{2,5})", re.ASCII)
SIC_LEVELS = tuple(f"SIC code  - level {level}" for level in (2, 3, 4, 5))
# UK SIC 2007 is NACE Rev. 2 down to four digits; the fifth is British.
NACE_DIGITS = 4


def describe_organisation(row: Row) -> Triples:
    """Describe one organisation, or what a further row under its id says differently."""
    number = row.take(ID)
    if not ORGANISATION_ID.fullmatch(number):
        raise row.error(f"{ID} {number!r} is not R and six digits")
    cells, organisation = read_cells(row), row.iri()
    if first := earlier(row, number, cells):
        yield from describe_repeat(row, organisation, first.line, differences(first, cells))
        return
    yield organisation, RDF.type, se.Enterprise
    yield organisation, SKOS.prefLabel, row.text(NAME, lang="en")
    if (trading := row.get(TRADING)) and trading != row.get(NAME):
        yield organisation, SKOS.altLabel, Literal(trading, language="en")
    yield organisation, se.ecosystemRole, row.concept("ecosystem-role", "enterprise")
    yield organisation, se.country, country(row, ADDRESS)
    yield from describe_address(row, organisation, row.part("address"), ADDRESS)
    yield from describe_identifiers(row, organisation)
    yield from describe_form(row, organisation)
    yield from describe_life(row, organisation)
    yield from describe_classes(row, organisation)
    yield from describe_activity(row, organisation)


def describe_repeat(row: Row, organisation: NamedNode, line: int, other: Cells) -> Triples:
    """Keep what a further row of an organisation says differently, beside the first row."""
    if not other:
        row.remark(f"repeats line {line}; read once")
        return
    row.remark(f"contradicts line {line} on {', '.join(other)}; the first stands, both are kept")
    for name, value in other.items():
        if value and name in (NAME, TRADING):
            yield organisation, SKOS.altLabel, Literal(value, language="en")
        said = value or "nothing"
        note = f"another row of this organisation has {name}: {said}"
        yield organisation, se.note, Literal(note, language="en")


def describe_identifiers(row: Row, organisation: NamedNode) -> Triples:
    """Describe the numbers that Co-operatives UK and the registrar gave."""
    yield from identifier(row, organisation, "coops-uk", row.take(ID))
    registrar, number = row.take("Registrar"), row.get("Registered Number")
    if number is None:
        return
    scheme, note = REGISTRARS.get(registrar), None
    if scheme is None:
        scheme, note = "uk-other-registrar", f"the registrar is given as: {registrar}"
    padded = number
    if scheme == "uk-companies-house" and number.isdecimal():
        padded = number.zfill(COMPANY_NUMBER_LENGTH)
        if padded != number:
            note = f"leading zero restored; the source has {number}"
    yield from identifier(row, organisation, scheme, padded, note)


def identifier(
    row: Row, organisation: NamedNode, scheme: str, number: str, note: str | None = None
) -> Triples:
    """Describe one number of an organisation."""
    node = row.part("identifier", scheme)
    yield organisation, se.identifiedBy, node
    yield node, RDF.type, se.Identifier
    yield node, se.identifierScheme, row.concept("identifier-scheme", scheme)
    yield node, SKOS.notation, Literal(number)
    if note:
        yield node, se.note, Literal(note, language="en")


def describe_form(row: Row, organisation: NamedNode) -> Triples:
    """Describe the legal form, and the legal family to which it belongs."""
    if form := named(row, "Legal Form", "uk-legal-form"):
        yield organisation, se.legalForm, form
        family = FAMILIES.get(slug(row.take("Legal Form")), "other")
        yield organisation, se.legalFamily, row.concept("legal-family", family)


def describe_life(row: Row, organisation: NamedNode) -> Triples:
    """Describe the status, the beginning and the end; contradictions stay, and are remarked."""
    status = row.take("Registered Status")
    if status not in STATUSES:
        raise row.error(f"Registered Status {status!r} is none of {', '.join(STATUSES)}")
    founded = row.optional_date("Incorporation Date", DAY)
    dissolved = row.optional_date("Dissolved Date", DAY)
    yield organisation, se.registrationStatus, row.concept("registration-status", STATUSES[status])
    if status == "Live" and dissolved:
        row.remark(f"is live and dissolved on {dissolved.value}")
    if status == "Dead" and not dissolved:
        row.remark("is dissolved without a date")
    if founded:
        yield organisation, se.foundedOn, founded
    if founded and dissolved and dissolved.value < founded.value:
        note = f"is dissolved on {dissolved.value}, before it began on {founded.value}"
        row.remark(f"{note}; kept as a note")
        yield organisation, se.note, Literal(f"in the source it {note}", language="en")
    elif dissolved:
        yield organisation, se.dissolvedOn, dissolved


def describe_classes(row: Row, organisation: NamedNode) -> Triples:
    """Describe the sector and ownership classes of Co-operatives UK."""
    if sector := named(row, "Sector - Simplified, High Level", "coops-uk-sector"):
        yield organisation, se.sectorClass, sector
    if ownership := named(row, "Ownership Classification", "coops-uk-ownership"):
        yield organisation, se.ownershipClass, ownership


def describe_activity(row: Row, organisation: NamedNode) -> Triples:
    """Describe the main activity by its class of NACE Rev. 2, or a coarser code when given."""
    if (stated := row.get("SIC Code")) is None:
        return
    for level in SIC_LEVELS:
        if (part := row.get(level)) and not stated.startswith(part):
            row.remark(f"{level} {part!r} is not a part of the SIC code {stated!r}")
    match = SIC.fullmatch(stated)
    notation = match[1][:NACE_DIGITS] if match else stated
    try:
        code = row.context.codes.find("nace-rev2", notation)
    except KeyError:
        row.remark(f"{stated!r} has no class in NACE Rev. 2; kept as a note")
        note = f"activity code in the source: {stated}"
        yield organisation, se.note, Literal(note, language="en")
        return
    activity = row.part("activity")
    yield organisation, se.activity, activity
    yield activity, RDF.type, se.ActivityAssertion
    yield activity, se.activityCode, code
    yield activity, se.activityRank, row.concept("activity-rank", "main")
    if match and len(match[1]) > NACE_DIGITS:
        yield activity, se.note, Literal(f"UK SIC 2007 {match[1]}")
