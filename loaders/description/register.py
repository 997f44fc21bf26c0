"""Registers: sources kept whole as a database, of which a selection becomes graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from loaders.records.codes import CodeBook

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Extract:
    """What one extract of a register says of itself.

    ``number`` orders extracts: an update follows the extract whose number is one less.
    ``snapshot`` is the day, as ISO 8601, whose state it holds; ``rows`` counts them by table.
    """

    number: int
    kind: Literal["full", "update"]
    snapshot: str
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Selection:
    """Which entities of a register become graphs beside those that its source declares.

    ``named`` holds the numbers that other sources speak of, as the register writes them in IRIs.
    """

    named: frozenset[str] = frozenset()


class Packet(NamedTuple):
    """All that a register says of one entity: sorted N-Triples lines by visibility."""

    key: str
    lines: Mapping[str, list[str]]


class Register(Protocol):
    """An open register. Changes are one transaction: kept by ``commit``, else undone."""

    def latest(self) -> Extract | None:
        """Return the extract whose state the register has, None when it is empty."""

    def inspect(self, folder: Path) -> Extract:
        """Return what an unpacked extract is; SourceError when its files are not as published."""

    def replace(self, folder: Path, tell: Progress) -> Extract:
        """Hold the state of a full extract instead of any other."""

    def update(self, folder: Path, tell: Progress) -> tuple[Extract, frozenset[str]]:
        """Apply an update; return it and the keys of the entities that it touches.

        SourceError for an update that does not follow the extract that the register has.
        """

    def packets(
        self, selection: Selection, codes: CodeBook, keys: Iterable[str] | None = None
    ) -> Iterator[Packet]:
        """Yield the selected entities ordered by key: all of them, or those among ``keys``.

        A key that is unknown or not selected yields nothing.
        """

    def remarks(self) -> list[str]:
        """Return what is odd in the register without being an error, with counts."""

    def commit(self) -> None:
        """Keep what was changed."""


# What the loader of a register source offers as ``open_register``: the register in a file, which
# is made when it is not there. Leaving the context without ``commit`` undoes what was changed.
OpenRegister = Callable[[Path], AbstractContextManager[Register]]
