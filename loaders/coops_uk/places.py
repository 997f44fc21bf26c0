"""Addresses and countries of organisations and outlets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import RDF

POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}", re.ASCII)
# The islands are in the files, and have UK postcodes, but are not in the United Kingdom.
ISLANDS = {"JE": "JE", "GY": "GG", "IM": "IM"}


@dataclass(frozen=True)
class Columns:
    """The columns of a table that hold an address; the nation only where there is one."""

    street: str
    locality: str
    region: str
    postcode: str
    nation: str = ""


def country(row: Row, columns: Columns) -> NamedNode:
    """Return the country in which an address lies."""
    postcode = row.get(columns.postcode) or ""
    return row.concept("country", ISLANDS.get(postcode[:2], "GB"))


def describe_address(row: Row, thing: NamedNode, address: NamedNode, columns: Columns) -> Triples:
    """Describe the address of a thing, as far as the row gives one."""
    street, postcode = row.get(columns.street), row.get(columns.postcode)
    locality, region = row.get(columns.locality), row.get(columns.region)
    nation = row.get(columns.nation) if columns.nation else None
    if not (street or locality or (postcode and holds_digit(postcode))):
        if wide := postcode or region or nation:
            row.remark(f"the address is only {wide!r}; left out")
        return
    yield thing, se.address, address
    yield address, RDF.type, se.Address
    if street:
        yield address, se.street, Literal(", ".join(part.strip() for part in street.splitlines()))
    if locality:
        yield address, se.locality, Literal(locality)
    # County and nation are both regions of an address; no column says which one a reader wants.
    for part in filter(None, (region, nation)):
        yield address, se.addressRegion, Literal(part)
    if postcode:
        yield from describe_postcode(row, address, postcode)
    yield address, se.country, country(row, columns)


def describe_postcode(row: Row, address: NamedNode, postcode: str) -> Triples:
    """Describe a postcode as written; what has no digit is none, and stays as a note."""
    if not POSTCODE.fullmatch(postcode):
        row.remark(f"{postcode!r} is not a whole postcode of the United Kingdom")
    if holds_digit(postcode):
        yield address, se.postalCode, Literal(postcode)
    else:
        yield address, se.note, Literal(f"in place of the postcode: {postcode}", language="en")


def holds_digit(text: str) -> bool:
    """Tell whether a text can be a postcode, and is not a word in its place."""
    return any(character.isdigit() for character in text)
