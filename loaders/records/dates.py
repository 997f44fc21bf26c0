"""Dates as sources write them: whole, or only a month or a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from pyoxigraph import Literal, NamedNode

from loaders.records import identify
from ontology import terms as se
from ontology.outside import XSD

EARLIEST, LATEST = 1750, 2150
PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def parse(text: str, layout: str = "%Y-%m-%d") -> date:
    """Return the date that a text writes in a layout of strptime; ValueError otherwise."""
    day = datetime.strptime(text, layout).date()  # noqa: DTZ007 a date has no zone
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(f"year {day.year} is outside {EARLIEST}-{LATEST}")
    return day


def literal(day: date) -> Literal:
    """Return a date as xsd:date."""
    return Literal(day.isoformat(), datatype=XSD.date)


def partial(text: str) -> tuple[Literal, NamedNode | None]:
    """Return the first day of 2017, 2018-10 or 2019-12-31, and the precision when not a day."""
    match = PARTIAL.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date such as 2017, 2018-10 or 2019-12-31")
    year, month, day = match.groups()
    first = parse(f"{year}-{month or '01'}-{day or '01'}")
    precision = None if day else "month" if month else "year"
    return literal(first), identify.code("date-precision", precision) if precision else None


Statement = tuple[NamedNode, NamedNode, NamedNode | Literal]


def validity(
    subject: NamedNode, valid_from: str | None, valid_to: str | None, observed_on: str | None
) -> Iterator[Statement]:
    """Yield when something holds: half-open interval, or the day it was seen to hold."""
    for text, bound, precision in (
        (valid_from, se.validFrom, se.validFromPrecision),
        (valid_to, se.validTo, se.validToPrecision),
    ):
        if text:
            day, known_to = partial(text)
            yield subject, bound, day
            if known_to:
                yield subject, precision, known_to
    if observed_on:
        yield subject, se.observedOn, literal(parse(observed_on))
