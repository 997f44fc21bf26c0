"""One row per award: the funder, the recipient, the scheme, the amount and the dates."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from loaders.lists.parties import (
    FRENCH,
    Columns,
    describe_organisation,
    following,
    key_of,
    organisation,
)
from loaders.records import identify
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from loaders.wording import Wording
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, SKOS, XSD

RECIPIENT = Columns(
    numbers=("Recipient Org:Identifier", "Recipient Org:Company Number"),
    name="Recipient Org:Name",
    key="Recipient Org:Identifier",
    street="Recipient Org:Street Address",
    postcode="Recipient Org:Postal Code",
    municipality="Recipient Org:City",
    website="Recipient Org:Web Address",
)
FUNDER = Columns(
    numbers=("Funding Org:Identifier",), name="Funding Org:Name", key="Funding Org:Identifier"
)
START, END = "Planned Dates:Start Date", "Planned Dates:End Date"


def describe_award(row: Row) -> Triples:
    """Describe one award."""
    yield from describe_organisation(row, RECIPIENT)
    yield from describe_organisation(row, FUNDER)
    award = identify.thing("award", row.table.authority, row.take("Identifier"))
    yield award, RDF.type, se.FundingAward
    yield award, SKOS.prefLabel, row.text("Title", lang=FRENCH)
    if text := row.optional_text("Description", lang=FRENCH):
        yield award, DCTERMS.description, text
    yield award, se.funder, organisation(row, FUNDER)
    yield award, se.recipient, organisation(row, RECIPIENT)
    yield award, se.amount, row.decimal("Amount Awarded")
    yield award, se.currency, row.code("Currency", "currency")
    yield award, se.amountBasis, row.concept("amount-basis", "awarded")
    yield award, DCTERMS.date, row.date("Award Date")
    if page := row.get("URL"):
        yield award, se.webPage, Literal(page, datatype=XSD.anyURI)
    yield from planned(row, award)
    yield from describe_programme(row, award)


def planned(row: Row, award: NamedNode) -> Triples:
    """Yield the period that the award is for; the last day is included."""
    begin, end = row.get(START), row.get(END)
    if begin and end and begin > end:
        reason = Wording("la fin précède le début", "the end is before the beginning")
        raise row.refusal(END, reason, Wording("vérifiez les deux dates", "check both dates"))
    if begin:
        yield award, se.validFrom, row.date(START)
    if end:
        yield award, se.validTo, Literal(following(end), datatype=XSD.date)


def describe_programme(row: Row, award: NamedNode) -> Triples:
    """Describe the programme under which an award is made, where the row names one."""
    code, title = row.get("Grant Programme:Code"), row.get("Grant Programme:Title")
    if not (code or title):
        return
    scheme = identify.thing("funding-scheme", row.table.authority, key_of(code or title))
    yield award, se.underScheme, scheme
    yield scheme, RDF.type, se.FundingScheme
    yield scheme, SKOS.prefLabel, Literal(title or code or "", language=FRENCH)


TABLES: Mapping[str, Describe] = {"awards": describe_award}
