"""CSV files as the database reads them: strictly, at its speed, with errors that name the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from loaders.errors import LoadError, SourceError
from loaders.kbo.layout import DAY, CsvFile, column
from loaders.records import tables
from loaders.records.tables import Table

DATES = frozenset({"StartDate", "DateStrikingOff"})
NUMBERS = frozenset({"EnterpriseNumber", "EstablishmentNumber", "EntityNumber", "Id"})
LINE = re.compile(r"CSV Error on Line: (\d+)")
WIDTH = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
BAD_DAY = re.compile(r"no day: (.*)", re.DOTALL)
# What the database says of a line, and what a sender can do about it.
DEFECTS = (
    ("unterminated quote", "a quote is not closed, or lines end in different ways"),
    ("not utf-8", "bytes that are not utf-8; the file is damaged or was saved in another encoding"),
    ("Maximum line size", "a line of more than two million bytes; a quote is probably not closed"),
)


def relation(file: CsvFile) -> str:
    """Return the rows of a file as a table of SQL, every column as text."""
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in file.columns)
    return (
        f"read_csv({quoted(str(file.path))}, auto_detect = false, header = true, delim = ',', "
        f"quote = '\"', escape = '\"', strict_mode = true, columns = {{{columns}}})"
    )


def selected(file: CsvFile, header: tuple[str, ...]) -> str:
    """Return the columns of a file as those of the register; what it lacks is null."""
    return ", ".join(f"{expression(name, file)} AS {column(name)}" for name in header)


def expression(name: str, file: CsvFile) -> str:
    """Return how a column of the register comes from that of a file."""
    if name not in file.columns:
        return "NULL"
    if name in NUMBERS:
        return f"""replace(trim("{name}"), '.', '')"""
    return f'day("{name}")' if name in DATES else f'"{name}"'


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def mended_errors(file: CsvFile) -> Iterator[None]:
    """Turn what the database says of a file into an error for whoever delivers it."""
    try:
        yield
    except duckdb.InvalidInputException as error:
        raise explained(error, file) from None


def explained(error: duckdb.Error, file: CsvFile) -> LoadError:
    """Return the error of a file with its line and what is wrong there."""
    said = str(error)
    if match := BAD_DAY.search(said):
        return day_error(match[1].splitlines()[0], file)
    line = LINE.search(said)
    if line is None:
        return SourceError(f"cannot be read: {said.splitlines()[0]}", file.path)
    if width := WIDTH.search(said):
        found, expected = width[2], width[1]
        reason = f"{found} cells, {expected} expected; the row is torn or shifted"
    else:
        reason = next((ours for theirs, ours in DEFECTS if theirs in said), "cannot be read")
    return SourceError(f"{reason}; fetch the file again", file.path, exact(file, int(line[1])))


def exact(file: CsvFile, line: int) -> int:
    """Return the line of the first defect of a file.

    The database reads parts of a file apart, and cannot count the lines within quotes before.
    """
    try:
        for _ in tables.read(Table(name=file.path.stem, file=file.path.name), file.path):
            pass
    except SourceError as error:
        return error.line or line
    return line


def day_error(text: str, file: CsvFile) -> SourceError:
    """Return the error of a date, at the first row that has it."""
    table = Table(name=file.path.stem, file=file.path.name)
    for record in tables.read(table, file.path):
        for name in DATES & record.cells.keys():
            if (value := record.cells[name]) and not is_day(value):
                reason = f"{name} {value!r} is not a day written like 31-12-2019"
                return SourceError(reason, file.path, record.line)
    return SourceError(f"{text!r} is not a day written like 31-12-2019", file.path)


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar in the layout of the register."""
    try:
        return datetime.strptime(text, DAY).strftime(DAY) == text  # noqa: DTZ007 a day has no zone
    except ValueError:
        return False


def line_of(path: Path, number: str) -> int | None:
    """Return the line on which a number stands first in a file, with dots or without."""
    dotted = f"{number[:4]}.{number[4:7]}.{number[7:]}"
    unit = f"{number[:1]}.{number[1:4]}.{number[4:7]}.{number[7:]}"
    wanted = re.compile(b"|".join(re.escape(form.encode()) for form in (dotted, unit, number)))
    line, rest = 1, b""
    with path.open("rb") as stream:
        while block := stream.read(1 << 22):
            block = rest + block
            if match := wanted.search(block):
                return line + block.count(b"\n", 0, match.start())
            rest = block[-len(unit) :]
            line += block.count(b"\n", 0, len(block) - len(rest))
    return None
