"""Observations as flat rows, as CSV, workbooks and Parquet have them.

Beside each coded component stands its name; at the end, where the figures come from, so that a row
that is copied elsewhere still says it. Where it is asked for, the lineage of each stands before.
DuckDB makes the rows: names of columns are quoted and texts are literals, and what a client wrote
stands only in the blanks of a selection.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from queries.cubes import lineage
from queries.cubes.database import cursor, quoted
from queries.cubes.observations import PIECE, found
from server.answers.french_csv import STARTS
from server.cubes.notes import Notes, notes
from server.cubes.seen import Seen

NAME = "_NAME"
ORIGIN = ("RELEASE", "UPDATED", "SOURCES", "LICENCE", "SYNTHETIC")
Flat = tuple[str | Decimal | None, ...]


@dataclass(frozen=True)
class Column:
    """One column: the component that it is of, and whether it is its name."""

    id: str
    component: str | None
    is_name: bool = False


@dataclass(frozen=True)
class Style:
    """How values are written: as they are, or as texts of which none runs as a formula."""

    text: Callable[[str], str] = lambda expression: expression
    number: Callable[[str], str] = lambda expression: expression
    origin: bool = True


def columns(seen: Seen, *, with_origin: bool = True) -> list[Column]:
    """Return the columns of a cube."""
    made: list[Column] = []
    for one in seen.columns:
        made.append(Column(one.id, one.id))
        if one.code_list:
            made.append(Column(one.id + NAME, one.id, is_name=True))
    made += [Column(name, None) for name in lineage.COLUMNS if seen.with_lineage]
    return [*made, *(Column(name, None) for name in ORIGIN if with_origin)]


def origin(told: Notes) -> tuple[str, ...]:
    """Return where figures come from, as each row says it."""
    synthetic = "true" if told.synthetic else "false"
    return told.release, told.updated, "; ".join(told.sources), told.licence, synthetic


def chosen(seen: Seen) -> duckdb.DuckDBPyConnection:
    """Return a connection on which ``chosen`` is the table of what is chosen."""
    table = found(seen.cube, seen.selection)
    if seen.with_lineage:
        table = lineage.beside(seen.cube, table)
    reading = cursor()
    reading.execute(f"CREATE TEMP TABLE chosen AS {table.sql}", table.parameters)
    return reading


def listed(seen: Seen, style: Style) -> str:
    """Return the question for the flat rows of the table ``chosen``."""
    measure = seen.cube.structure.measure.id
    wanted = []
    for one in columns(seen, with_origin=False):
        column = quoted(one.component or one.id)
        if one.is_name:
            codes = seen.codes.get(str(one.component), {})
            told = {code: seen.of_code(str(one.component), code).text for code in codes}
            labels = ", ".join(f"{literal(code)}: {literal(text)}" for code, text in told.items())
            expression = style.text(f"MAP {{{labels}}}[{column}]" if codes else "NULL")
        elif one.id == measure:
            expression = style.number(column)
        else:
            expression = style.text(column)
        wanted.append(f"{expression} AS {quoted(one.id)}")
    if style.origin:
        ends = zip(ORIGIN, origin(notes(seen)), strict=True)
        wanted += [f"{style.text(literal(text))} AS {quoted(name)}" for name, text in ends]
    return f"SELECT {', '.join(wanted)} FROM chosen"  # noqa: S608 as told above


def flat(seen: Seen, *, with_origin: bool = True) -> Iterator[Flat]:
    """Yield the observations with the names of their codes."""
    answer = chosen(seen).execute(listed(seen, Style(origin=with_origin)))
    while batch := answer.fetchmany(PIECE):
        yield from batch


def literal(text: str) -> str:
    """Write a text as SQL does.

    >>> literal("l'emploi")
    "'l''emploi'"
    """
    escaped = text.replace("'", "''").replace("\0", "")
    return f"'{escaped}'"


def as_text(expression: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    starts = ", ".join(literal(one) for one in STARTS)
    shown = f"'''' || {expression}"
    return f"CASE WHEN left({expression}, 1) IN ({starts}) THEN {shown} ELSE {expression} END"
