"""One row per employer, or per unit of one: confidential, so that no message repeats a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyoxigraph import NamedNode

from loaders.errors import SourceError
from loaders.onss.dimensions import (
    describe_period,
    dimensions,
    key,
    quantity,
    territory,
)
from loaders.onss.figures import observation
from loaders.records import identify, numbers
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import terms as se
from ontology.outside import RDF

# Not for publication: restricted to computations.
INTERNAL = "N"


def describe_employer(row: Row) -> Triples:
    """Describe what an employer reports for all its units, or for one of them."""
    try:
        statements = list(describe_figures(row))
    except SourceError as error:
        raise without_values(row, error) from None
    yield from statements


def without_values(row: Row, error: SourceError) -> SourceError:
    """Return an error that names the column at fault, and nothing that stands in it."""
    reason = error.reason.replace("-", "_")
    named = next((name for name in row.table.header if name in reason), "a cell")
    return row.error(f"{named} cannot be read; what it holds is confidential and not shown here")


def describe_figures(row: Row) -> Triples:
    """Describe the figures of one row."""
    unit, number, basis = counted_unit(row)
    limits = dimensions(row)
    figures = observation(row, key(row.take("period"), number, limits=limits))
    yield figures, RDF.type, se.EmployerFigures
    yield figures, se.observedUnit, unit
    yield figures, se.observationBasis, row.concept("observation-basis", basis)
    yield figures, se.confidentialityStatus, row.concept("confidentiality-status", INTERNAL)
    yield from describe_period(row, figures)
    if row.get("refnis") and (area := territory(row)):
        yield figures, se.countedIn, area
    yield from ((figures, term, code) for term, code in limits.items())
    for term, value in (
        (se.jobs, quantity(row, "posts")),
        (se.fullTimeEquivalents, quantity(row, "fte", whole=False)),
    ):
        if value:
            yield figures, term, value


def counted_unit(row: Row) -> tuple[NamedNode, str, str]:
    """Return the employer, or the establishment where one is named, its number and the basis."""
    employer = verified(row, "employer_number", numbers.kbo)
    if row.get("establishment_number") is None:
        return identify.thing("organisation", "kbo", employer), employer, "centralised"
    unit = verified(row, "establishment_number", numbers.kbo_establishment)
    return identify.thing("establishment", "kbo", unit), f"{employer}-{unit}", "decentralised"


def verified(row: Row, column: str, read: Callable[[str], str]) -> str:
    """Return a number of the register whose check digits are right."""
    try:
        return read(row.take(column))
    except ValueError:
        raise row.error(f"{column} is no such number") from None


TABLES: Mapping[str, Describe] = {"employers": describe_employer}
