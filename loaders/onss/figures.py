"""One row per cell of an aggregate: how many jobs, where, on which basis; or only withheld."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from loaders.onss.dimensions import describe_period, dimensions, key, quantity, territory
from loaders.records import identify
from loaders.records.dates import Statement
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import terms as se
from ontology.outside import RDF

# Fewer units than that in a cell, and one of them could work out what the others do.
FEWEST_UNITS = 3
TRUTHS = {"": False, "0": False, "false": False, "1": True, "true": True}
FREE, WITHHELD, SMALL = "F", "C", "A"
SEEN = "cells of the delivery"


def describer(basis: str) -> Describe:
    """Return the describer of a table that counts on one basis only."""

    def describe(row: Row) -> Triples:
        """Describe one cell."""
        if (scope := row.take("scope")) != basis:
            raise row.error(
                f"scope {scope!r} in a delivery of {basis} figures; the two are never mixed: "
                "deliver each to its own source"
            )
        return describe_cell(row, basis)

    return describe


def describe_cell(row: Row, basis: str) -> Triples:
    """Describe the figures of one cell on a basis."""
    area = territory(row)
    if area is None:
        code = row.take("refnis")
        row.skip(f"refnis {code} is in no published list (merged since?); the row is set aside")
        return
    limits = dimensions(row)
    figures = observation(row, key(row.take("period"), row.take("refnis"), limits=limits))
    yield figures, RDF.type, se.EmploymentFigures
    yield figures, se.observedUnit, area
    yield figures, se.observationBasis, row.concept("observation-basis", basis)
    yield from describe_period(row, figures)
    yield from ((figures, term, code) for term, code in limits.items())
    yield from describe_quantities(row, figures)


def observation(row: Row, cell: str) -> NamedNode:
    """Return the IRI of a cell; a cell that stands twice is an error."""
    seen = row.context.references.setdefault(SEEN, {})
    if cell in seen:
        raise row.error("the same cell (period, refnis and dimensions) stands in an earlier row")
    seen[cell] = identify.thing("observation", row.table.authority, cell)
    return seen[cell]


def describe_quantities(row: Row, figures: NamedNode) -> Iterator[Statement]:
    """Describe the figures of a cell when they are free; else only that they are withheld."""
    given = {
        se.jobs: quantity(row, "posts"),
        se.fullTimeEquivalents: quantity(row, "fte", whole=False),
        se.localUnits: quantity(row, "local_units"),
    }
    status = confidentiality(row, given)
    code = row.concept("confidentiality-status", status)
    yield figures, se.confidentialityStatus, code
    if status == FREE:
        yield from ((figures, term, value) for term, value in given.items() if value)


def confidentiality(row: Row, given: dict[NamedNode, Literal | None]) -> str:
    """Return the status of a cell; what the sender left open is decided on the safe side."""
    stated = (row.get("suppressed") or "").lower()
    if stated not in TRUTHS:
        raise row.error("suppressed is none of true, false, 1, 0")
    if TRUTHS[stated]:
        if any(given.values()):
            row.remark("suppressed, and yet with figures; the figures are left out")
        return WITHHELD
    if not (given[se.jobs] or given[se.fullTimeEquivalents]):
        raise row.error("neither posts nor fte; a cell without figures is marked as suppressed")
    counted = given[se.localUnits]
    if counted is None:
        row.remark("says not how many units it counts (local_units); withheld until it does")
        return WITHHELD
    units = int(counted.value)
    if units == 0 and any(number(given[t]) for t in (se.jobs, se.fullTimeEquivalents)):
        raise row.error("counts jobs in 0 local units")
    if 0 < units < FEWEST_UNITS:
        row.remark(f"counts fewer than {FEWEST_UNITS} units and is not suppressed; withheld")
        return SMALL
    return FREE


def number(value: Literal | None) -> float:
    """Return a figure as a number, 0 for one that is not given."""
    return float(value.value) if value else 0.0
