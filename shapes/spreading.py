"""Graphs too large for memory cut into parts: all statements of one subject in the same part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from shapes.census import MalformedError
from shapes.facts import Statement, statement
from shapes.reach import SUBCLASS

# What the IRIs of one thing and of its parts have in common: the number that an authority gave it.
NUMBER = re.compile(rb"[0-9]{6,}")
# How much of a file is cut at a time, in bytes.
SLICE = 1 << 25


@dataclass(frozen=True)
class Slice:
    """Some bytes of the file of a graph."""

    graph: int
    file: Path
    start: int
    end: int

    def read(self) -> bytes:
        """Return these bytes."""
        with self.file.open("rb") as stream:
            stream.seek(self.start)
            return stream.read(self.end - self.start)

    def lines(self) -> bytes:
        """Return the lines that begin within these bytes."""
        with self.file.open("rb") as stream:
            start, end = line_start(stream, self.start), line_start(stream, self.end)
            stream.seek(start)
            return stream.read(end - start)


@dataclass(frozen=True)
class Spread:
    """One slice cut into parts: where the lines of each part are.

    ``own`` has the lines of its subjects; ``towards`` the lines of other subjects that speak of
    them by properties that shapes walk backwards.
    """

    own: tuple[Slice, ...]
    towards: tuple[Slice, ...]
    subclasses: tuple[Statement, ...]


def line_start(stream: BinaryIO, place: int) -> int:
    """Return where the first line begins that begins at a place or behind it."""
    if place == 0:
        return 0
    stream.seek(place - 1)
    stream.readline()
    return stream.tell()


def slices(graph: int, file: Path) -> Iterator[Slice]:
    """Yield a file in slices."""
    size = file.stat().st_size
    for start in range(0, size, SLICE):
        yield Slice(graph, file, start, min(start + SLICE, size))


def owner(node: bytes, parts: int) -> int:
    """Return the number of the part that a subject is in.

    Things whose IRIs have a long number in common are together: they speak of each other.
    """
    if parts == 1:
        return 0
    match = NUMBER.search(node)
    return crc32(match[0] if match else node) % parts


def spread(
    source: Slice, graph: str, parts: int, backwards: Iterable[bytes], target: Path
) -> Spread:
    """Cut a slice into parts, written to one file; MalformedError when a line has no subject."""
    data = source.lines()
    piles: list[list[bytes]] = [[] for _ in range(parts)]
    latest, pile = b"", piles[0]
    for line in data.splitlines(keepends=True) if b"\r" not in data else whole_lines(data):
        subject, blank, _rest = line.partition(b" ")
        if not blank:
            raise MalformedError
        if subject != latest:
            latest, pile = subject, piles[owner(subject, parts)]
        pile.append(line)
    towards: list[list[bytes]] = [[] for _ in range(parts)]
    for one in using(data, graph, backwards):
        there = owner(one.object, parts)
        if there != owner(one.subject, parts):
            towards[there].append(one.line)
    own: list[Slice] = []
    from_others: list[Slice] = []
    place = 0
    with target.open("wb") as stream:
        for lines, places in ((piles, own), (towards, from_others)):
            for some in lines:
                start, place = place, place + stream.write(b"".join(some))
                places.append(Slice(source.graph, target, start, place))
    return Spread(tuple(own), tuple(from_others), tuple(using(data, graph, (SUBCLASS,))))


def whole_lines(data: bytes) -> Iterator[bytes]:
    """Yield lines with their ends, where a carriage return ends none."""
    *lines, last = data.split(b"\n")
    yield from (line + b"\n" for line in lines)
    if last:
        yield last


def using(data: bytes, graph: str, predicates: Iterable[bytes]) -> Iterator[Statement]:
    """Yield the statements among lines that have one of some predicates."""
    for predicate in predicates:
        needle = b" %b " % predicate
        place = data.find(needle)
        while place >= 0:
            start, end = data.rfind(b"\n", 0, place) + 1, data.find(b"\n", place)
            end = len(data) if end < 0 else end
            one = statement(graph, data[start:end])
            # The text of a literal may look like a predicate.
            if one.predicate == predicate:
                yield one
            place = data.find(needle, end)
