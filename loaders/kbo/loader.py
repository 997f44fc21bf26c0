"""The register of the Crossroads Bank: opened, filled from extracts, read as packets."""

# ruff: noqa: S608  Statements are made from the names of the layout, never from data.

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from loaders.description.register import Extract, Packet, Progress, Selection
from loaders.errors import SourceError
from loaders.kbo import loading, packets, scope
from loaders.kbo.database import connect, told_failures, value
from loaders.kbo.known import Codes
from loaders.kbo.layout import declared
from loaders.kbo.totals import totals
from loaders.records.codes import CodeBook

NEW = ".new"


class KboRegister:
    """The register in a file; a full extract is written beside it until it is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._new = path.with_name(path.name + NEW)
        discard(self._new)
        self._kept = connect(path)
        self._changed = self._kept
        self._within = False
        self._met: list[str] = []

    def latest(self) -> Extract | None:
        """Return the extract whose state the register has, None when it is empty."""
        row = self._changed.execute(
            "SELECT number, kind, snapshot::VARCHAR FROM extract ORDER BY number DESC"
        ).fetchone()
        if row is None:
            return None
        tables = declared()
        rows = {name: value(self._changed, f"SELECT count(*) FROM {name}") for name in tables}
        return Extract(row[0], row[1], row[2], rows)

    def inspect(self, folder: Path) -> Extract:
        """Return what an unpacked extract is; SourceError when its files are not as published.

        Names, headers and what the extract says of itself are looked at; the rows are counted,
        and refused where they are torn, by whoever takes them in.
        """
        return loading.opened(folder)

    def replace(self, folder: Path, tell: Progress) -> Extract:
        """Hold the state of a full extract instead of any other."""
        found = loading.opened(folder)
        if found.kind != "full":
            raise SourceError("this is an update; a full extract is needed here", "meta.csv")
        self._undo()
        with told_failures(self.path):
            self._changed = connect(self._new)
            try:
                return loading.fill(self._changed, folder, found, tell)
            except BaseException:
                self._undo()
                raise

    def update(self, folder: Path, tell: Progress) -> tuple[Extract, frozenset[str]]:
        """Apply an update; return it and the enterprises that it touches.

        Raises SourceError for an update that does not follow the extract that the register has.
        """
        found = loading.opened(folder)
        check_sequence(found, self.latest())
        with told_failures(self.path):
            if not self._within:
                self._changed.execute("BEGIN")
                self._within = True
            try:
                return loading.apply(self._changed, folder, found, tell)
            except BaseException:
                self._undo()
                raise

    def packets(
        self, selection: Selection, codes: CodeBook, keys: Iterable[str] | None = None
    ) -> Iterator[Packet]:
        """Yield the selected enterprises by number: all of them, or those among ``keys``."""
        known = Codes(codes)
        scope.name(self._changed, selection)
        self._met = known.lacking(self._changed) + scope.persons_named(self._changed)
        return packets.packets(self._changed, known, keys)

    def remarks(self) -> list[str]:
        """Return what is odd in the extracts of which the register has the state.

        Once packets were asked for, also what of the selection or of the codes never becomes one.
        """
        rows = self._changed.execute("SELECT number, text FROM remark ORDER BY number, text")
        return [f"extract {number}: {text}" for number, text in rows.fetchall()] + self._met

    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """Return how many enterprises the whole register holds, by several criteria."""
        return totals(self._changed)

    def commit(self) -> None:
        """Keep what was changed; a full extract takes the place of the file at once."""
        with told_failures(self.path):
            if self._within:
                self._changed.execute("COMMIT")
                self._within = False
            if self._changed is self._kept:
                return
            self._changed.close()
            self._kept.close()
            self._new.replace(self.path)
            sync(self.path.parent)
            self._kept = self._changed = connect(self.path)

    def close(self) -> None:
        """Undo what was not kept and let go of the file."""
        self._undo()
        self._kept.close()

    def _undo(self) -> None:
        if self._within:
            # After a full disk the database has closed itself, and nothing is left to undo.
            with suppress(duckdb.Error):
                self._changed.execute("ROLLBACK")
            self._within = False
        if self._changed is not self._kept:
            self._changed.close()
            self._changed = self._kept
        discard(self._new)


def check_sequence(found: Extract, latest: Extract | None) -> None:
    """Refuse an update that does not follow the extract that the register has."""
    if found.kind != "update":
        raise SourceError("this is a full extract, not an update", "meta.csv")
    if latest is None:
        raise SourceError(
            f"update {found.number} has nothing to change: deliver a full extract first", "meta.csv"
        )
    if found.number <= latest.number:
        raise SourceError(
            f"update {found.number} is older than extract {latest.number}, which the register "
            "already has",
            "meta.csv",
        )
    if found.number > latest.number + 1:
        first, last = latest.number + 1, found.number - 1
        missing = f"extract {first}" if first == last else f"extracts {first} to {last}"
        raise SourceError(
            f"update {found.number} does not follow extract {latest.number}: {missing} was never "
            f"delivered; deliver it, or a full extract of number {found.number} or later",
            "meta.csv",
        )


def discard(path: Path) -> None:
    """Remove a database that is not to be kept, with what stands beside it."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Have the disk keep the names of the files in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def open_register(path: Path) -> Iterator[KboRegister]:
    """Open the register in a file, which is made when it is not there."""
    register = KboRegister(path)
    try:
        yield register
    finally:
        register.close()
