"""One row per member: the organisation, and the period of its membership."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pyoxigraph import Literal

from loaders.lists.parties import (
    FRENCH,
    LISTED,
    describe_organisation,
    held,
    identified,
    key_of,
    numbered,
    organisation,
    sender,
)
from loaders.records import identify
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import terms as se
from ontology.outside import RDF, SKOS

MEMBER = replace(LISTED, key="member_id", website="website")


def describe_member(row: Row) -> Triples:
    """Describe one member of the federation that sends the list, or that the row names."""
    yield from describe_organisation(row, MEMBER)
    member = organisation(row, MEMBER)
    federation, described = sender(row)
    if number := row.get("federation_number"):
        federation = numbered(number)
        yield federation, SKOS.altLabel, Literal(row.context.sender, language=FRENCH)
        yield from identified(federation, number)
    else:
        yield from described
    yield federation, RDF.type, se.Federation
    key = key_of(federation.value, member.value, row.get("member_id"), row.get("valid_from"))
    membership = identify.thing("membership", row.table.authority, key)
    yield membership, RDF.type, se.FederationMembership
    yield membership, se.member, member
    yield membership, se.memberOf, federation
    yield from held(row, membership)
    if category := row.get("member_category"):
        yield membership, se.note, Literal(f"catégorie de membre : {category}", language=FRENCH)


TABLES: Mapping[str, Describe] = {"members": describe_member}
