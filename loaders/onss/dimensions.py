"""Period, territory and dimensions of employment figures, as the exchange layout writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pyoxigraph import Literal, NamedNode

from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import XSD

PERIOD = re.compile(r"(\d{4})(?:-Q([1-4]))?", re.ASCII)
REFNIS = re.compile(r"\d{5}", re.ASCII)
REFNIS_LISTS = ("refnis-municipality", "refnis-arrondissement", "refnis-province", "refnis-region")
NACE_LISTS = {"2003": "nace-bel-2003", "2008": "nace-bel-2008", "2025": "nace-bel-2025"}
COMMITTEE = re.compile(r"(\d{3})\.?(\d{2})?", re.ASCII)

Dimensions = dict[NamedNode, NamedNode]


def describe_period(row: Row, figures: NamedNode) -> Triples:
    """Describe the year that figures are about, and the quarter where one is given."""
    year, quarter = period(row)
    yield figures, se.referencePeriod, Literal(year, datatype=XSD.gYear)
    if quarter:
        yield figures, se.referenceQuarter, Literal(quarter, datatype=XSD.integer)


def period(row: Row) -> tuple[str, str | None]:
    """Return the year and the quarter of a row, written 2018 or 2018-Q4."""
    match = PERIOD.fullmatch(row.take("period"))
    if match is None or not "1900" <= match[1] <= "2099":
        raise row.error("period is no year or quarter; write it like 2018 or 2018-Q4")
    return match[1], match[2]


def territory(row: Row) -> NamedNode | None:
    """Return the territory that a REFNIS code names at any level, None for an unknown one."""
    code = row.take("refnis")
    if not REFNIS.fullmatch(code):
        raise row.error("refnis is not five digits; write it like 62063, or 03000 for a region")
    for scheme in REFNIS_LISTS:
        if found := row.context.codes.schemes.get(scheme, {}).get(code):
            return found
    return None


def activity(row: Row) -> NamedNode | None:
    """Return the code of the activity, None when all are counted together.

    A code without the version of its list means different things: it is refused.
    """
    version, code = row.get("nace_version"), row.get("nace")
    if code is None:
        return None
    if version is None:
        raise row.error("nace without nace_version; say 2003, 2008 or 2025")
    scheme = NACE_LISTS.get(version.removeprefix("nace-bel-"))
    if scheme is None:
        raise row.error("nace_version is none of 2003, 2008, 2025")
    return row.concept(scheme, code.replace(".", ""))


def committee(row: Row) -> NamedNode | None:
    """Return the joint committee, written 327, 327.02 or 32702."""
    number = row.get("joint_committee")
    if number is None:
        return None
    match = COMMITTEE.fullmatch(number)
    if match is None:
        raise row.error("joint_committee is no number like 329 or 329.02")
    return row.concept("joint-committee", ".".join(part for part in match.groups() if part))


def listed(column: str, scheme: str) -> Callable[[Row], NamedNode | None]:
    """Return a reader of a column whose values are codes of a list."""
    return lambda row: row.optional_code(column, scheme)


READERS: Mapping[NamedNode, Callable[[Row], NamedNode | None]] = {
    se.activityCode: activity,
    se.countedFamily: listed("legal_form_group", "legal-family"),
    se.countedSector: listed("sector", "employment-sector"),
    se.countedCommittee: committee,
    se.countedStatus: listed("status", "worker-status"),
    se.countedSex: listed("sex", "sex"),
}


def dimensions(row: Row) -> Dimensions:
    """Return the dimensions by which the figures of a row are limited."""
    read = {term: reader(row) for term, reader in READERS.items() if applies(row, term)}
    return {term: code for term, code in read.items() if code is not None}


def applies(row: Row, term: NamedNode) -> bool:
    """Tell whether the table of a row has the column of a dimension."""
    columns = {se.countedFamily: "legal_form_group", se.countedSector: "sector"}
    return columns.get(term) is None or columns[term] in row.table.header


def key(*parts: str | None, limits: Dimensions) -> str:
    """Return what tells figures apart: period and unit, then the codes of the dimensions."""
    codes = (
        code.value.removeprefix(f"{DEFAULT_BASE}code/").replace("/", ".")
        for code in limits.values()
    )
    return "-".join([*(part for part in parts if part), *codes])


def quantity(row: Row, column: str, *, whole: bool = True) -> Literal | None:
    """Return a number that cannot be negative, None when it is not given."""
    value = row.optional_integer(column) if whole else row.optional_decimal(column)
    if value is not None and value.value.startswith("-"):
        raise row.error(f"{column} is negative")
    return value
