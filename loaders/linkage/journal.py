"""The journal of identity decisions: rows are only added, and a later one undoes an earlier."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from loaders.errors import LoadError, SourceError
from loaders.records import dates
from queries.release import Home

FILE = "decisions.csv"
JUDGEMENTS = ("same", "different", "unsure")
WITHDRAWN = "withdrawn"
MATCH, NUMBER = "match", "number-name"
KINDS = (MATCH, NUMBER)
RECORD = re.compile(r"[a-z-]+/[A-Za-z0-9%._~-]+")
REMEDY = "restore the file from a backup, or remove the damaged row if it is the last one"


@dataclass(frozen=True)
class Decision:
    """One row: a judgement on two records, or the withdrawal of an earlier one.

    ``left`` and ``right`` are paths below ``id/``; if they are the same thing, the left one
    stays. In a decision of kind ``number-name`` the right one is the list, of which the row with
    the number of the left one is meant. ``features`` and the digests say what was compared.
    """

    number: int
    kind: str
    left: str
    right: str
    judgement: str
    score: str
    features: str
    model: str
    visibility: str
    decided_on: str
    decided_by: str
    reason: str
    left_digest: str
    right_digest: str

    @property
    def pair(self) -> tuple[str, str, str]:
        """What the decision is about."""
        return self.kind, self.left, self.right


COLUMNS = tuple(field.name for field in fields(Decision))


def folder(home: Home) -> Path:
    """Return where a home keeps decisions and the review queue."""
    return home.path / "decisions"


def file_of(home: Home) -> Path:
    """Return the journal of a home, which need not be there."""
    return folder(home) / FILE


def read(home: Home) -> list[Decision]:
    """Return all rows of a home's journal; SourceError names a row that is damaged."""
    file = file_of(home)
    if not file.exists():
        return []
    content = file.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(f"not UTF-8; {REMEDY}", file, line) from None
    if not text.endswith("\n"):
        raise SourceError(f"the last row is cut short; {REMEDY}", file, text.count("\n") + 1)
    return list(decisions(text, file))


def decisions(text: str, file: Path) -> Iterator[Decision]:
    """Yield the rows of a journal, refusing what no row can be."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if tuple(next(reader, ())) != COLUMNS:
            raise SourceError(f"the header is not {','.join(COLUMNS)}; {REMEDY}", file, 1)
        expected = 1
        start = reader.line_num + 1
        for cells in reader:
            yield checked(cells, expected, file, start)
            expected, start = expected + 1, reader.line_num + 1
    except csv.Error as error:
        raise SourceError(f"{error}; {REMEDY}", file, reader.line_num) from None


def checked(cells: list[str], expected: int, file: Path, line: int) -> Decision:
    """Return one row as a decision."""
    if len(cells) != len(COLUMNS):
        reason = f"{len(cells)} cells, {len(COLUMNS)} expected; {REMEDY}"
        raise SourceError(reason, file, line)
    row = dict(zip(COLUMNS, cells, strict=True))
    if problem := defect(row, expected):
        raise SourceError(f"{problem}; {REMEDY}", file, line)
    return Decision(**{**row, "number": expected})  # type: ignore[arg-type]


def defect(row: Mapping[str, str], expected: int) -> str:
    """Return what is wrong with a row, empty when nothing is."""
    if row["number"] != str(expected):
        return f"number {row['number']!r} stands where {expected} is due"
    if row["kind"] not in KINDS:
        return f"kind {row['kind']!r} is not {' or '.join(KINDS)}"
    if row["judgement"] not in (*JUDGEMENTS, WITHDRAWN):
        return f"judgement {row['judgement']!r} is not {', '.join((*JUDGEMENTS, WITHDRAWN))}"
    if not all(RECORD.fullmatch(row[side]) for side in ("left", "right")):
        return "left or right is not a path below id/"
    if row["left"] == row["right"]:
        return "left and right are one record"
    if not row["decided_by"].strip() or not row["reason"].strip():
        return "decided_by or reason is empty"
    if row["visibility"] not in ("public", "partner"):
        return f"visibility {row['visibility']!r} is not public or partner"
    try:
        dates.parse(row["decided_on"])
        if row["score"] and not 0 <= float(row["score"]) <= 1:
            return f"score {row['score']} is not from 0 to 1"
    except ValueError as error:
        return f"decided_on or score cannot be read ({error})"
    return ""


def live(rows: Iterable[Decision]) -> dict[tuple[str, str, str], Decision]:
    """Return the decision that holds for each pair: the last one, unless it was withdrawn."""
    last = {row.pair: row for row in rows}
    return {pair: row for pair, row in last.items() if row.judgement != WITHDRAWN}


def withdrawn(rows: Iterable[Decision]) -> set[tuple[str, str, str]]:
    """Return the pairs of which the last decision was withdrawn."""
    last = {row.pair: row for row in rows}
    return {pair for pair, row in last.items() if row.judgement == WITHDRAWN}


def append(home: Home, rows: Iterable[Decision]) -> None:
    """Add rows to a home's journal, all or none; the caller holds the home's lock.

    What a full disk or a power loss leaves of them is taken away again, or refused by ``read``
    with the line at which it starts.
    """
    added = list(rows)
    if not added:
        return
    folder(home).mkdir(parents=True, exist_ok=True)
    file = file_of(home)
    new = not file.exists()
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\n")
    if new:
        writer.writerow(COLUMNS)
    writer.writerows(asdict(row).values() for row in added)
    with file.open("ab") as stream:
        before = stream.tell()
        try:
            stream.write(output.getvalue().encode())
            stream.flush()
            os.fsync(stream.fileno())
        except OSError as error:
            os.ftruncate(stream.fileno(), before)
            raise LoadError(f"{file}: nothing was added ({error.strerror})") from None
    if new:
        persist_name(file)


def persist_name(file: Path) -> None:
    """Make the name of a new file survive a power loss."""
    handle = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
