"""What a release says of its difference from the parent: things that changed, and those gone."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, parse

from queries.release import Release, ReleaseError

FILE = "changes.jsonl.gz"
# Sorted and not compressed, so that a name is found by reading a few lines.
GONE = "gone.txt"
AT_ONCE = 10_000
Way = Literal["created", "updated", "removed"]


class Told(NamedTuple):
    """A statement that a graph gained or lost, as a line of N-Triples."""

    graph: str
    added: bool
    line: str


@dataclass(frozen=True)
class Thing:
    """A thing of which a release says something else than its parent, and the graphs where."""

    iri: str
    change: Way
    graphs: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """How many things changed from which release, in all and by kind.

    What changed is not known (``complete`` is false) after a new beginning: take the dump.
    """

    parent: str | None = None
    complete: bool = False
    changes: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def things(self) -> int:
        """How many things changed."""
        return sum(self.changes.values())


def summary_of(
    things: Iterable[Thing], base: str, parent: str | None, *, complete: bool
) -> Summary:
    """Count things by change, and by the kind that their IRIs name."""
    changes: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    for thing in things:
        changes[thing.change] += 1
        kinds.setdefault(kind(thing.iri, base), Counter())[thing.change] += 1
    by_kind = {name: dict(sorted(kinds[name].items())) for name in sorted(kinds)}
    return Summary(parent, complete, dict(sorted(changes.items())), by_kind)


def kind(iri: str, base: str) -> str:
    """Return what kind of thing an IRI names.

    >>> kind("https://example.org/id/organisation/kbo-1", "https://example.org/")
    'organisation'
    """
    return iri.removeprefix(f"{base}id/").partition("/")[0]


def changed_things(base: str, told: Iterable[Told], before: Store, after: Store) -> Iterator[Thing]:
    """Yield the things, by IRI, of which all graphs of a store together say something else.

    A statement that moves from one graph to another changes nothing.
    """
    start = f"<{base}id/"
    graphs: dict[str, set[str]] = {}
    own = (one for one in told if one.line.startswith(start))
    while some := list(islice(own, AT_ONCE)):
        statements = parse("\n".join(one.line for one in some), format=RdfFormat.N_TRIPLES)
        for one, statement in zip(some, statements, strict=True):
            if statement not in (before if one.added else after):
                iri = one.line[1 : one.line.index(">")]
                graphs.setdefault(iri, set()).add(one.graph)
    for iri in sorted(graphs):
        was, now = is_described(before, iri), is_described(after, iri)
        change: Way = "updated" if was and now else "created" if now else "removed"
        yield Thing(iri, change, tuple(sorted(graphs[iri])))


def is_described(store: Store, iri: str) -> bool:
    """Tell whether a store says something of a thing."""
    found = store.quads_for_pattern(NamedNode(iri), None, None, DefaultGraph())
    return next(iter(found), None) is not None


def summary(release: Release) -> Summary:
    """Return what a release says that changed; one that says nothing began anew."""
    file = release.path / FILE
    if not file.is_file():
        return Summary(release.manifest.parent)
    with opened(file) as lines:
        said = next(lines, "")
    try:
        return Summary(**json.loads(said))
    except (ValueError, TypeError) as error:
        raise damaged(file) from error


def things(release: Release, start: int = 0, count: int | None = None) -> Iterator[Thing]:
    """Yield the things that changed, by IRI, from the one at ``start``, at most ``count``."""
    file = release.path / FILE
    if not file.is_file():
        return
    stop = None if count is None else start + 1 + count
    with opened(file) as lines:
        for line in islice(lines, start + 1, stop):
            try:
                said = json.loads(line)
                yield Thing(said["iri"], said["change"], tuple(said["graphs"]))
            except (ValueError, KeyError, TypeError) as error:
                raise damaged(file) from error


class opened:  # noqa: N801 - used as a function
    """The lines of a compressed file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __enter__(self) -> Iterator[str]:
        """Open the file."""
        self.stream = gzip.open(self.file, "rt", encoding="utf-8", newline="\n")
        return self.lines()

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.stream.close()

    def lines(self) -> Iterator[str]:
        """Yield the lines; ReleaseError when the file is damaged."""
        try:
            yield from self.stream
        except (OSError, EOFError) as error:
            raise damaged(self.file) from error


def damaged(file: Path) -> ReleaseError:
    """Return the refusal of a file that cannot be read."""
    return ReleaseError("is not a record of changes", file, "build the release again")


def gone(release: Release) -> Iterator[tuple[str, str]]:
    """Yield the things that were removed and are not there again, and the release that did it."""
    file = release.path / GONE
    if file.is_file():
        with file.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                iri, _space, by = line.rstrip("\n").partition(" ")
                yield iri, by


def gone_since(release: Release, iri: str) -> str | None:
    """Return the release that removed a thing; None for one that none did.

    The list is sorted: it is halved until the thing must stand in what is left.
    """
    file = release.path / GONE
    if not file.is_file():
        return None
    wanted = f"{iri} ".encode()
    with file.open("rb") as stream:
        low, high = 0, os.fstat(stream.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            stream.seek(max(middle - 1, 0))
            # The line that begins at the middle or after it.
            if middle:
                stream.readline()
            line = stream.readline()
            if line and line < wanted:
                low = middle + 1
            else:
                high = middle
        stream.seek(max(low - 1, 0))
        if low:
            stream.readline()
        line = stream.readline()
    return line[len(wanted) :].decode().strip() if line.startswith(wanted) else None
