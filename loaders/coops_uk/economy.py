"""One row per organisation and economic year: the figures of the accounts known by then."""

from __future__ import annotations

from hashlib import sha256

from pyoxigraph import Literal, NamedNode

from loaders.coops_uk.repeats import ID, differences, earlier, owner, read_cells
from loaders.records import identify
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import RDF, XSD

YEAR, YEAR_END, RECENT = "Economic Year", "Year End Date", "Is Most Recent?"
MIDNIGHT = " 00:00:00"
AMOUNTS = {
    "Turnover": se.turnover,
    "Profit before tax": se.profitBeforeTax,
    "Member/Shareholder Funds": se.memberFunds,
}
COUNTS = {"Memberships": se.memberships, "Employees": se.employees}
TRUTHS = {"1": "true", "0": "false"}


def describe_year(row: Row) -> Triples:
    """Describe the figures of one organisation for one economic year."""
    number = owner(row)
    if number is None:
        return
    year, cells = row.year(YEAR), read_cells(row)
    key = f"{number}-{year.value}"
    first = earlier(row, key, cells)
    other = differences(first, cells) if first else {}
    if first and not other:
        row.remark(f"repeats line {first.line}; read once")
        return
    if first:
        row.remark(f"contradicts line {first.line} on {', '.join(other)}; both are kept")
        key += f"-{sha256(repr(sorted(cells.items())).encode()).hexdigest()[:8]}"
    record = identify.thing("observation", row.table.authority, key)
    yield record, RDF.type, se.FinancialYearRecord
    yield record, se.observedUnit, identify.thing("organisation", row.table.authority, number)
    yield record, se.referencePeriod, year
    yield record, se.currency, row.concept("currency", "GBP")
    if first:
        note = f"another record of {year.value} differs on {', '.join(other)}"
        yield record, se.note, Literal(note, language="en")
    yield from describe_figures(row, record)


def describe_figures(row: Row, record: NamedNode) -> Triples:
    """Describe the year end, and the figures that are given."""
    if ends := row.get(YEAR_END):
        layout = f"%Y-%m-%d{MIDNIGHT}" if ends.endswith(MIDNIGHT) else "%Y-%m-%d"
        yield record, se.yearEnd, row.date(YEAR_END, layout)
    if recent := truth(row):
        yield record, se.mostRecent, recent
    figures = [(term, row.optional_decimal(name)) for name, term in AMOUNTS.items()]
    figures += [(term, row.optional_integer(name)) for name, term in COUNTS.items()]
    given = [(term, value) for term, value in figures if value]
    yield from ((record, term, value) for term, value in given)
    if not given:
        row.remark(f"has no figure for {row.take(ID)}")


def truth(row: Row) -> Literal | None:
    """Return whether the figures are the newest known, written 1 or 0; None when empty."""
    stated = row.get(RECENT)
    if stated is None:
        return None
    if stated not in TRUTHS:
        raise row.error(f"{RECENT} {stated!r} is neither 1 nor 0")
    return Literal(TRUTHS[stated], datatype=XSD.boolean)
