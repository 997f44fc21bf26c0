"""How values of cubes stand in graphs, and what a literal of a graph says in a cube."""

from __future__ import annotations

import re
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from ontology.outside import RDFS, XSD

# The range of a component without a list, by its SDMX text type.
RANGES = {
    "String": XSD.string,
    "Decimal": XSD.decimal,
    "Integer": XSD.integer,
    "Double": XSD.double,
    "Boolean": XSD.boolean,
    "DateTime": XSD.dateTime,
    "URI": XSD.anyURI,
    # A year, a month or a day, each of its own type; a quarter has none.
    "ObservationalTimePeriod": RDFS.Literal,
}
TEXTS = {range_: text for text, range_ in RANGES.items()}
PERIODS = (
    (re.compile(r"\d{4}"), XSD.gYear),
    (re.compile(r"\d{4}-\d{2}"), XSD.gYearMonth),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), XSD.date),
)


def literal(text: str, kind: str) -> Literal:
    """Return a value of an SDMX text type as a literal."""
    if kind == "ObservationalTimePeriod":
        found = (type_ for form, type_ in PERIODS if form.fullmatch(text))
        return Literal(text, datatype=next(found, XSD.string))
    return Literal(text, datatype=datatype(kind))


def datatype(kind: str) -> NamedNode:
    """Return the range of an SDMX text type; ValueError when there is none for it."""
    if kind not in RANGES:
        raise ValueError(f"no type of literal is known for the SDMX text type {kind}")
    return RANGES[kind]


def number(value: Decimal) -> str:
    """Return the shortest plain form of a number.

    >>> number(Decimal("1250.5000")), number(Decimal("100"))
    ('1250.5', '100')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
