"""Addresses of seats, establishments and branches, with the municipality where it is sure."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from loaders.kbo import lines, municipalities
from loaders.kbo.known import Codes
from loaders.records import identify
from ontology import terms as se
from ontology.outside import RDF

COUNTRIES = Path(__file__).parent.parent / "maillage_codes" / "country.csv"
BELGIUM = str(identify.code("country", "BE"))
HAS_ADDRESS, COUNTRY = lines.predicate(se.address), lines.predicate(se.country)
STREET, LOCALITY = lines.predicate(se.street), lines.predicate(se.locality)
POSTAL_CODE, MUNICIPALITY = lines.predicate(se.postalCode), lines.predicate(se.municipality)
NOTE, VALID_TO = lines.predicate(se.note), lines.predicate(se.validTo)
CONFIDENCE = lines.predicate(se.municipalityConfidence)
IS_ADDRESS = lines.statement(RDF.type, se.Address)
ADDRESS = lines.stem("address")
BOX = {"fr": "bte", "nl": "bus"}


class Address(NamedTuple):
    """A row of the table of addresses, without the number of its entity."""

    kind: str | None
    country_nl: str | None
    country_fr: str | None
    postcode: str | None
    municipality_nl: str | None
    municipality_fr: str | None
    street_nl: str | None
    street_fr: str | None
    house_number: str | None
    box: str | None
    extra: str | None
    struck_off: str | None


def describe_addresses(
    subject: str, number: str, rows: Sequence[tuple[str | None, ...]], codes: Codes
) -> Iterator[str]:
    """Yield the addresses of an entity; of several of one kind, each has its own IRI."""
    taken: dict[str, int] = {}
    for row in sorted(rows, key=repr) if len(rows) > 1 else rows:
        address = Address(*row)
        kind = (address.kind or "").lower()
        kind = kind if kind.isascii() and kind.isalpha() else "other"
        taken[kind] = taken.get(kind, 0) + 1
        suffix = f"{kind}-{taken[kind]}" if taken[kind] > 1 else kind
        found = list(describe_place(f"{ADDRESS}{number}-{suffix}>", address, codes))
        if found:
            node = f"{ADDRESS}{number}-{suffix}>"
            yield f"{subject}{HAS_ADDRESS}{node} ."
            yield f"{node}{IS_ADDRESS}"
            yield from found


def describe_place(node: str, address: Address, codes: Codes) -> Iterator[str]:
    """Yield where an address is; nothing when the row has no place."""
    streets = {street for street in (street_line(address, lang) for lang in BOX) if street}
    localities = {cleaned(address.municipality_nl), cleaned(address.municipality_fr)} - {""}
    postcode = cleaned(address.postcode)
    if not (streets or localities or postcode):
        return
    for street in streets:
        yield f"{node}{STREET}{lines.text(street)} ."
    for locality in localities:
        yield f"{node}{LOCALITY}{lines.text(locality)} ."
    if postcode:
        yield f"{node}{POSTAL_CODE}{lines.text(postcode)} ."
    yield from describe_country(node, address, codes)
    if extra := cleaned(address.extra):
        yield f"{node}{NOTE}{lines.text(extra)} ."
    if address.struck_off:
        yield f'{node}{VALID_TO}"{address.struck_off}"{lines.DATE} .'


def describe_country(node: str, address: Address, codes: Codes) -> Iterator[str]:
    """Yield the country, which the register names only abroad, and the municipality in Belgium."""
    if address.country_fr or address.country_nl:
        yield from describe_abroad(node, address, codes)
        return
    yield f"{node}{COUNTRY}{BELGIUM} ."
    place = municipalities.find(address.postcode, address.municipality_nl, address.municipality_fr)
    if place and (iri := codes.find("refnis-municipality", place.refnis)):
        yield f"{node}{MUNICIPALITY}{iri} ."
        yield f"{node}{CONFIDENCE}{confidences()[place.confidence]} ."


def describe_abroad(node: str, address: Address, codes: Codes) -> Iterator[str]:
    """Yield the country of an address abroad, as a note where the platform's list lacks it."""
    names = [name for name in (cleaned(address.country_fr), cleaned(address.country_nl)) if name]
    known = (countries().get(folded(name), "") for name in names)
    if iri := codes.find("country", next(filter(None, known), "")):
        yield f"{node}{COUNTRY}{iri} ."
    elif names:
        yield f"{node}{NOTE}{lines.text(f'country in the register: {names[0]}', 'en')} ."


def street_line(address: Address, language: str) -> str:
    """Return street, house number and box as they are written in one language."""
    street = cleaned(address.street_fr if language == "fr" else address.street_nl)
    if not street:
        return ""
    number, box = cleaned(address.house_number), cleaned(address.box)
    parts = [street, number, f"{BOX[language]} {box}" if box else ""]
    return " ".join(part for part in parts if part)


def cleaned(text: str | None) -> str:
    """Return a text with its spaces evened out."""
    return " ".join(text.split()) if text else ""


def folded(name: str) -> str:
    """Return the name of a country as it is compared."""
    return municipalities.folded(municipalities.IN_PARENTHESES.sub("", name))


@cache
def countries() -> dict[str, str]:
    """Return the codes of countries by their French and Dutch names."""
    with COUNTRIES.open(encoding="utf-8", newline="") as stream:
        return {
            folded(row[label]): row["code"]
            for row in csv.DictReader(stream)
            for label in ("label_fr", "label_nl")
        }


@cache
def confidences() -> dict[str, str]:
    """Return the codes of how sure a municipality is, as they stand in lines."""
    slugs = ("postcode-and-name", "name", "former-name", "postcode")
    return {slug: str(identify.code("municipality-confidence", slug)) for slug in slugs}
