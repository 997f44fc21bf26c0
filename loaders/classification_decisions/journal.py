"""The journal of decisions on classifications: rows are only added, a later one goes first."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TextIO

from loaders.classification_decisions.loader import ORGANISATION, RULE
from loaders.errors import SourceError
from loaders.records import dates
from loaders.records.source import find
from loaders.records.tables import Record, Table, read
from queries.release import Home

SOURCE, TABLE = "classification_decisions", "classifications"
OUTCOMES = ("in", "out", "candidate", RULE)


@dataclass(frozen=True)
class Decision:
    """What a person decided on one organisation under one regime; days as ISO 8601.

    ``organisation`` is its path below ``id/``; ``valid_to`` is the first day on which the
    decision no longer holds; an empty day leaves that end open.
    """

    number: int
    organisation: str
    regime: str
    outcome: str
    valid_from: str
    valid_to: str
    decided_by: str
    decided_on: str
    reason: str


def table() -> Table:
    """Return the table that the source declares."""
    return find(SOURCE).tables[TABLE]


def file(home: Home) -> Path:
    """Return where the journal of a home is."""
    return home.path / find(SOURCE).kept / table().file


def decisions(home: Home) -> list[Decision]:
    """Return the decisions of a home in their order; SourceError for a row that is none."""
    journal = file(home)
    if not journal.is_file():
        return []
    found: list[Decision] = []
    for record in read(table(), journal):
        decision = checked(record, regimes(), journal)
        if decision.number != len(found) + 1:
            reason = f"number {decision.number} where {len(found) + 1} is next; restore the journal"
            raise SourceError(reason, journal, record.line)
        found.append(decision)
    return found


def regimes() -> frozenset[str]:
    """Return the codes of the regimes."""
    rows = (find("maillage_codes").folder / "regime.csv").read_text(encoding="utf-8").splitlines()
    return frozenset(row["code"] for row in csv.DictReader(rows))


def checked(record: Record, known: frozenset[str], path: Path) -> Decision:
    """Return the decision of a row; SourceError says what in it cannot be."""
    cells = {name: cell.strip() for name, cell in record.cells.items()}
    for problem in problems(cells, known):
        raise SourceError(problem, path, record.line)
    number = int(cells.pop("number") or 0)
    return Decision(number, **cells)


def problems(cells: dict[str, str], known: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong with the cells of a decision."""
    number = cells["number"]
    if number and not (number.isascii() and number.isdigit()):
        yield f"number {number!r} is not a whole number"
    path = cells["organisation"]
    if not path.startswith(ORGANISATION) or any(c in path for c in ' <>"{}|\\^`'):
        yield f"organisation {path!r} is no path such as {ORGANISATION}kbo-0400123456"
    if cells["regime"] not in known:
        yield f"regime {cells['regime']!r} is not one of {', '.join(sorted(known))}"
    if cells["outcome"] not in OUTCOMES:
        yield f"outcome {cells['outcome']!r} is not one of {', '.join(OUTCOMES)}"
    yield from misdated(cells)
    for name in ("decided_by", "reason"):
        if not cells[name]:
            yield f"{name} is empty: say {'the role' if name == 'decided_by' else 'why'}"


def misdated(cells: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with the days of a decision."""
    for name in ("valid_from", "valid_to", "decided_on"):
        if cells[name] or name == "decided_on":
            try:
                dates.parse(cells[name])
            except ValueError:
                yield f"{name} {cells[name]!r} is not a day such as 2026-11-20"
    if cells["valid_from"] and cells["valid_to"] and cells["valid_from"] >= cells["valid_to"]:
        yield "valid_to is not after valid_from: it is the first day on which it no longer holds"


def add(home: Home, new: Sequence[Decision]) -> list[Decision]:
    """Add decisions at the end of the journal, all or none, and return them with their numbers.

    The journal is written anew beside the old one and put in its place at once. Whoever calls
    holds the home's lock. SourceError for a decision that cannot be.
    """
    before = decisions(home)
    journal = file(home)
    known = regimes()
    added: list[Decision] = []
    for decision in new:
        number = len(before) + len(added) + 1
        cells = [str(number), *(str(cell) for cell in astuple(decision)[1:])]
        record = Record(number + 1, dict(zip(table().header, cells, strict=True)))
        added.append(checked(record, known, journal))
    journal.parent.mkdir(parents=True, exist_ok=True)
    beside = journal.with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="") as stream:
        write(stream, [*before, *added])
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(journal)
    return added


def write(stream: TextIO, rows: Iterable[Decision]) -> None:
    """Write decisions as CSV."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table().header)
    writer.writerows(astuple(row) for row in rows)
