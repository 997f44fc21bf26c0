"""What waits for a decision, as the release has it, and the file in which a desk decides."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from pyoxigraph import NamedNode, Store

from loaders.classification_decisions import journal
from loaders.classification_decisions.journal import Decision
from loaders.errors import LoadError, SourceError
from loaders.records.tables import Record, Table, read
from queries.catalogue import catalogue
from queries.release import Home, ReleaseError, current, open_store
from queries.run import run

QUESTION = "classification_candidates"
# What a desk fills in; the first two may be narrowed, the role is given with the import.
FILLED = ("valid_from", "valid_to", "outcome", "reason")


@dataclass(frozen=True)
class Candidate:
    """An organisation whose place under a regime is open, from ``since`` until ``until``."""

    organisation: str
    name: str
    regime: str
    rule: str
    why: str
    since: str
    until: str


def release(home: Home) -> tuple[Store, str]:
    """Return the public store of the current release, and the base of its IRIs."""
    published = current(home)
    if published is None:
        raise ReleaseError("nothing is published", home.path, "run: maillage build")
    return open_store(published, "public"), published.manifest.base


def candidates(home: Home, regime: str = "", reason: str = "") -> list[Candidate]:
    """Return what waits in the current release, under one regime and for one reason or all."""
    store, base = release(home)
    values = {"regime": regime, "reason": reason}
    given = {name: value for name, value in values.items() if value}
    rows = run(store, catalogue(base)[QUESTION], given)
    return list(merged(rows, base))


def merged(rows: list[dict[str, str | None]], base: str) -> Iterator[Candidate]:
    """Yield the rows of the question, those of one classification as one."""
    found: dict[tuple[str, ...], list[str]] = {}
    columns = ("organisation", "organisationLabel", "regime", "ruleId", "validFrom", "validTo")
    for row in rows:
        cells = tuple(row[name] or "" for name in columns)
        found.setdefault(cells, []).append(tail(row["reason"] or ""))
    for (organisation, name, regime, rule, since, until), reasons in found.items():
        why = "|".join(sorted(reasons))
        path = organisation.removeprefix(f"{base}id/")
        yield Candidate(path, name, tail(regime), rule, why, since, until)


def tail(iri: str) -> str:
    """Return the notation at the end of a code's IRI."""
    return iri.rpartition("/")[2]


def known(home: Home, *paths: str) -> None:
    """Raise LoadError for an organisation that the current release does not describe."""
    store, base = release(home)
    for path in paths:
        if any(character in path for character in ' <>"{}|\\^`'):
            raise LoadError(f"organisation {path!r} is no path such as organisation/kbo-0400123456")
        if next(store.quads_for_pattern(NamedNode(f"{base}id/{path}"), None, None, None), None):
            continue
        raise LoadError(f"no organisation {path!r} in the current release; look it up by its name")


def export(home: Home, file: Path, regime: str = "", reason: str = "") -> int:
    """Write what waits to a CSV file that a desk fills in; return how many rows it has."""
    waiting = candidates(home, regime, reason)
    columns = [field.name for field in fields(Candidate)]
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*columns, *FILLED])
        for one in waiting:
            writer.writerow([*asdict(one).values(), one.since, one.until, "", ""])
    return len(waiting)


def filled_in(file: Path, role: str, on: date) -> list[Decision]:
    """Return the decisions of a filled-in file; a row without an outcome is not decided.

    Raises SourceError for a missing column and at the first row that cannot be.
    """
    if not file.is_file():
        raise LoadError(f"{file} is no file; export it, fill it in and import it")
    found: list[Decision] = []
    regimes = journal.regimes()
    for record in read(Table(name=journal.TABLE, file=file.name), file):
        wanted = ("organisation", "regime", *FILLED)
        if missing := [name for name in wanted if name not in record.cells]:
            raise SourceError(f"column {missing[0]!r} is missing; export the file anew", file, 1)
        if not record.cells["outcome"].strip():
            continue
        cells = {name: record.cells[name] for name in wanted}
        cells |= {"number": "", "decided_by": role, "decided_on": on.isoformat()}
        found.append(journal.checked(Record(record.line, cells), regimes, file))
    if not found:
        raise LoadError(f"{file}: no row has an outcome; fill in the column outcome and import")
    return found
