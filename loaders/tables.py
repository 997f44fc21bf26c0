"""Delivered tables, read strictly: what is not as declared is refused with file and line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.errors import SourceError

BOM = b"\xef\xbb\xbf"
OTHER_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Table:
    """One table of a source, as its ``source.toml`` declares it."""

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


@dataclass(frozen=True)
class Record:
    """The cells of one row, with the line on which it starts."""

    line: int
    cells: dict[str, str]


def decoded_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a file, refusing what is not text in the declared encoding."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            content = line.removeprefix(BOM) if number == 1 and encoding == "utf-8" else line
            if b"\0" in content:
                reason = "a NUL byte; the file is damaged or not text, export it again"
                raise SourceError(reason, path, number)
            try:
                yield content.decode(encoding)
            except UnicodeDecodeError as error:
                reason = (
                    f"byte {error.start + 1} is not {encoding}; save the file as {encoding} "
                    "or declare its encoding in source.toml"
                )
                raise SourceError(reason, path, number) from None


def read(table: Table, path: Path) -> Iterator[Record]:
    """Yield the records of a table file.

    Raises SourceError for a missing or empty file, a header other than the declared one, a
    ragged row, an unclosed quote or bytes outside the declared encoding.
    """
    if not path.is_file():
        raise SourceError(f"table {table.name} is missing; deliver the file {table.file}", path)
    reader = csv.reader(decoded_lines(path, table.encoding), delimiter=table.delimiter, strict=True)
    header = next_row(reader, path)
    if header is None:
        raise SourceError("the file is empty", path, 1)
    check_header(table, header, path)
    start = reader.line_num + 1
    while (row := next_row(reader, path)) is not None:
        if row:
            if len(row) != len(header):
                reason = f"{len(row)} cells, {len(header)} expected; the row is torn or shifted"
                raise SourceError(reason, path, start)
            yield Record(start, dict(zip(header, row, strict=True)))
        start = reader.line_num + 1


def next_row(reader: Iterator[list[str]], path: Path) -> list[str] | None:
    """Return the next row, or None at the end."""
    try:
        return next(reader, None)
    except csv.Error as error:
        line = getattr(reader, "line_num", None)
        reason = f"{error}; a quote is not closed or the file is cut short"
        raise SourceError(reason, path, line) from None


def check_header(table: Table, header: list[str], path: Path) -> None:
    """Refuse a header that differs from the declared one, saying how."""
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise SourceError(f"column {doubled[0]!r} stands twice in the header", path, 1)
    expected = set(table.header)
    if not expected:
        return
    if len(header) == 1 and len(expected) > 1:
        found = [d for d in OTHER_DELIMITERS if d != table.delimiter and d in header[0]]
        hint = f"; is the delimiter {found[0]!r}?" if found else ""
        reason = f"1 column found, {len(expected)} expected, delimiter {table.delimiter!r}{hint}"
        raise SourceError(reason, path, 1)
    missing = sorted(expected - set(header))
    added = sorted(set(header) - expected)
    if missing or added:
        parts = [f"missing: {', '.join(missing)}"] if missing else []
        parts += [f"not expected: {', '.join(added)}"] if added else []
        reason = f"the header changed ({'; '.join(parts)}); deliver the declared layout"
        raise SourceError(reason, path, 1)
