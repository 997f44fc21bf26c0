"""Delivered tables, read strictly: what is not as declared is refused with file and line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.errors import SourceError
from loaders.records.layout import Layout

BOM = b"\xef\xbb\xbf"
LIST_SUFFIXES = (".csv", ".xlsx", ".txt", ".tsv")
OTHER_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Table:
    """One table of a source, as its ``source.toml`` declares it.

    ``file`` is a name, or a pattern such as ``*_economy.csv`` that one delivered file fits.
    A table with a ``layout`` is a list of a partner: CSV or XLSX, judged row by row.
    """

    name: str
    file: str
    header: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    key: str | None = None
    number: str | None = None
    kind: str | None = None
    authority: str = ""
    visibility: str = "public"
    ignored: frozenset[str] = frozenset()
    layout: Layout | None = None


@dataclass(frozen=True)
class Record:
    """The cells of one row, with the line on which it starts."""

    line: int
    cells: dict[str, str]


def decoded_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a file, refusing what is not text in the declared encoding."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            content = (
                line.removeprefix(BOM) if number == 1 and encoding.startswith("utf-8") else line
            )
            if b"\0" in content:
                reason = "a NUL byte; the file is damaged or not text, export it again"
                raise SourceError(reason, path, number)
            yield decoded(content, encoding, path, number)


def decoded(content: bytes, encoding: str, path: Path, line: int) -> str:
    """Return a line as text, in the first of the encodings (separated by ``|``) that fits it."""
    for name in encoding.split("|"):
        try:
            return content.decode(name)
        except UnicodeDecodeError as error:
            byte = error.start + 1
    reason = (
        f"byte {byte} is not {encoding}; save the file as {encoding} "
        "or declare its encoding in source.toml"
    )
    raise SourceError(reason, path, line)


def locate(table: Table, folder: Path) -> Path:
    """Return the file of a table in a folder; SourceError when none or several fit."""
    patterns = [table.file] if table.layout is None else list_files(table)
    found = sorted({file for name in patterns for file in folder.glob(name) if file.is_file()})
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(file.name for file in found)
        raise SourceError(f"table {table.name}: several files fit ({names}); deliver one")
    missing = f"table {table.name} is missing: no file {table.file} in {folder}"
    raise SourceError(f"{missing}; deliver it with the others", table.file)


def list_files(table: Table) -> list[str]:
    """Return the names under which a list may lie in a delivery: its own, as text or workbook."""
    return [f"{Path(table.file).stem}{suffix}" for suffix in LIST_SUFFIXES]


def read(table: Table, path: Path) -> Iterator[Record]:
    """Yield the records of a table file.

    Raises SourceError for a missing or empty file, a header other than the declared one, a
    ragged row, an unclosed quote or bytes outside the declared encoding.
    """
    reader = csv.reader(decoded_lines(path, table.encoding), delimiter=table.delimiter, strict=True)
    header = next_row(reader, path, 1)
    if header is None:
        raise SourceError("the file is empty", path, 1)
    check_header(table, header, path)
    start = reader.line_num + 1
    while (row := next_row(reader, path, start)) is not None:
        if row:
            if len(row) != len(header):
                reason = f"{len(row)} cells, {len(header)} expected; the row is torn or shifted"
                raise SourceError(reason, path, start)
            yield Record(start, dict(zip(header, row, strict=True)))
        start = reader.line_num + 1


def next_row(reader: Iterator[list[str]], path: Path, start: int) -> list[str] | None:
    """Return the next row, or None at the end; errors name the line on which the row starts."""
    try:
        return next(reader, None)
    except csv.Error as error:
        reason = f"{error}; a quote is not closed or the file is cut short"
        raise SourceError(reason, path, start) from None


def check_header(table: Table, header: list[str], path: Path) -> None:
    """Refuse a header that differs from the declared one, saying how."""
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise SourceError(f"column {doubled[0]!r} stands twice in the header", path, 1)
    expected = set(table.header)
    if not expected:
        return
    if len(header) <= len(expected) // 3 + 1 < len(expected):
        joined = "".join(header)
        found = [d for d in OTHER_DELIMITERS if d != table.delimiter and joined.count(d) > 1]
        found = found or [d for d in OTHER_DELIMITERS if d != table.delimiter and d in joined]
        hint = f"; is the delimiter {found[0]!r}?" if found else ""
        counts = f"{len(header)} columns found, {len(expected)} expected"
        reason = f"{counts}, delimiter {table.delimiter!r}{hint}"
        raise SourceError(reason, path, 1)
    missing = sorted(expected - set(header))
    added = sorted(set(header) - expected)
    if missing or added:
        parts = [f"missing: {', '.join(missing)}"] if missing else []
        parts += [f"not expected: {', '.join(added)}"] if added else []
        reason = f"the header changed ({'; '.join(parts)}); deliver the declared layout"
        raise SourceError(reason, path, 1)
