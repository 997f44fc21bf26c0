"""One row per outlet of an organisation: a place where it serves people."""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from loaders.coops_uk.places import Columns, describe_address
from loaders.coops_uk.repeats import differences, earlier, owner, read_cells
from loaders.records import identify
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, SKOS, XSD

OUTLET = "Outlet Name"
ADDRESS = Columns(street="Street", locality="City", region="State/Province", postcode="Postcode")
DIGEST_LENGTH = 12
TELEPHONE = re.compile(r"(?<![\d:])(?:\+44|0)(?:[ -]{0,2}\d){8,10}(?!\d)", re.ASCII)


def describe_outlet(row: Row) -> Triples:
    """Describe one outlet, or what a further row of the same outlet adds."""
    number = owner(row)
    if number is None:
        return
    content = outlet_number(row, number)
    outlet = identify.thing("establishment", row.table.authority, content)
    cells = read_cells(row)
    if first := earlier(row, content, cells):
        other = ", ".join(differences(first, cells))
        said = f"; both texts are kept for {other}" if other else "; read once"
        row.remark(f"repeats the outlet of line {first.line}{said}")
    else:
        yield outlet, RDF.type, se.Establishment
        yield outlet, SKOS.prefLabel, row.text(OUTLET, lang="en")
        organisation = identify.thing("organisation", row.table.authority, number)
        yield outlet, se.establishmentOf, organisation
        address = identify.thing("address", row.table.authority, f"establishment-{content}")
        yield from describe_address(row, outlet, address, ADDRESS)
    yield from describe_texts(row, outlet)


def outlet_number(row: Row, number: str) -> str:
    """Return a number made from what tells outlets apart, for the file has none.

    The locality counts too: many outlets of one name have no street and share a postcode.
    """
    telling = (OUTLET, ADDRESS.street, ADDRESS.locality, ADDRESS.postcode)
    content = "\n".join([number, *(row.get(name) or "" for name in telling)])
    return sha256(content.encode()).hexdigest()[:DIGEST_LENGTH]


def describe_texts(row: Row, outlet: NamedNode) -> Triples:
    """Describe what the outlet says of itself, without telephone numbers, and its page."""
    if (stated := row.get("Description")) and (text := published(row, stated)):
        yield outlet, DCTERMS.description, Literal(text, language="en")
    if page := row.get("Website"):
        if valid(page):
            yield outlet, se.webPage, Literal(page, datatype=XSD.anyURI)
        else:
            row.remark(f"{page!r} is not the address of a web page; left out")


def published(row: Row, stated: str) -> str:
    """Return a description on one line, without the telephone numbers that it holds."""
    text = " ".join(stated.split())
    kept = " ".join(TELEPHONE.sub("", text).split()).replace(" .", ".")
    if kept != text:
        row.remark("the description holds a telephone number, which is left out")
    return kept if any(character.isalpha() for character in kept) else ""


def valid(page: str) -> bool:
    """Tell whether a text is the address of a web page."""
    try:
        parts = urlsplit(page)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and "." in host and not re.search(r"[\s<>\"{}]", page)
