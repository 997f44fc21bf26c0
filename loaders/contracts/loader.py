"""One row per lot of a public contract: buyer, winner, amount, reservation and social clause."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from loaders.lists.parties import FRENCH, Columns, describe_organisation, key_of, organisation
from loaders.records import identify
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from loaders.wording import Wording
from ontology import terms as se
from ontology.outside import RDF, SKOS, XSD

WINNER = Columns(
    numbers=("winner_number",),
    name="winner_name",
    legal_form="winner_form",
    postcode="winner_postcode",
    municipality="winner_municipality",
)
BUYER = Columns(numbers=("buyer_number",), name="buyer_name")
CPV = re.compile(r"(\d{8})(?:-\d)?", re.ASCII)


def describe_contract(row: Row) -> Triples:
    """Describe one lot; several winners of it stand in rows of their own."""
    yield from describe_organisation(row, WINNER)
    yield from describe_organisation(row, BUYER)
    contract = contract_of(row)
    yield contract, RDF.type, se.PublicContract
    yield contract, SKOS.prefLabel, row.text("title", lang=FRENCH)
    yield contract, se.noticeNumber, Literal(row.take("notice_id"))
    yield contract, se.buyer, organisation(row, BUYER)
    yield contract, se.winner, organisation(row, WINNER)
    yield contract, se.awardedOn, row.date("award_date")
    if lot := row.get("lot"):
        yield contract, se.lotNumber, Literal(lot)
    if code := commodity(row):
        yield contract, se.commodityCode, Literal(code)
    if page := row.get("url"):
        yield contract, se.webPage, Literal(page, datatype=XSD.anyURI)
    if place := row.optional_code("buyer_municipality", "refnis-municipality"):
        yield organisation(row, BUYER), se.municipality, place
    yield from describe_amount(row, contract)
    for column, scheme, term in (
        ("buyer_kind", "buyer-kind", se.buyerKind),
        ("reserved", "reserved-procurement", se.reservedParticipation),
        ("social_clause", "social-clause", se.socialClause),
    ):
        if code_ := row.optional_code(column, scheme):
            yield contract, term, code_


def contract_of(row: Row) -> NamedNode:
    """Return the lot of a row, the same in every list of its sender."""
    key = key_of(row.take("notice_id"), row.get("lot"))
    return identify.thing("contract", row.table.authority, key)


def describe_amount(row: Row, contract: NamedNode) -> Triples:
    """Describe the amount awarded, where it is published."""
    currency = row.optional_code("currency", "currency") or row.concept("currency", "EUR")
    if amount := row.optional_decimal("amount"):
        yield contract, se.amount, amount
        yield contract, se.currency, currency


def commodity(row: Row) -> str | None:
    """Return the eight digits of a CPV code, None where none is given."""
    given = row.get("cpv")
    if given is None:
        return None
    found = CPV.fullmatch(given)
    if found is None:
        reason = Wording(f"« {given} » n'est pas un code CPV", f"{given!r} is no CPV code")
        remedy = Wording("huit chiffres, comme 77310000", "eight digits, such as 77310000")
        raise row.refusal("cpv", reason, remedy)
    return found[1]


TABLES: Mapping[str, Describe] = {"contracts": describe_contract}
