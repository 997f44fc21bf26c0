"""Recording what a release changes: which things it creates, updates and removes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pyoxigraph import Store

from loaders.building.assembly import Assembly
from queries import changes
from queries.changes import Thing, Told
from queries.release import Home, Release, ReleaseError, current
from shapes.facts import Change

# Lines that may differ from the parent for a release that was not made from it to be compared.
FEW = 200_000


@dataclass(frozen=True)
class Recorded:
    """The things that a release changes; ``again`` are those there again that had been removed.

    Not ``complete`` when that is not known: there is nothing to compare with, or too much differs.
    """

    things: tuple[Thing, ...] = ()
    again: frozenset[str] = frozenset()
    complete: bool = False


def followed(
    assembly: Assembly, made: Mapping[str, Change], before: Store, after: Store
) -> Recorded:
    """Return what the changes of the public graphs make of things."""
    found = tuple(changes.changed_things(assembly.base, told(made), before, after))
    again = frozenset(thing.iri for thing in found if thing.change == "created")
    return Recorded(found, again, complete=True)


def begun(home: Home, assembly: Assembly, after: Store) -> Recorded:
    """Return what a release that was made from nothing changes in the current one.

    Where too much differs, or the current one cannot be read, only what is there again.
    """
    try:
        parent = current(home)
        if parent is None:
            return Recorded()
        return compared(parent, assembly, after)
    except (ReleaseError, OSError, RuntimeError):
        # The last is what the store raises when a file of it is damaged.
        return Recorded()


def compared(parent: Release, assembly: Assembly, after: Store) -> Recorded:
    """Return what a release that was not made from another one changes in that."""
    beside = Assembly(assembly.folder, assembly.base, parent, assembly.replaced)
    beside.parts = {
        iri: replace(part, former=beside.formerly(iri)) for iri, part in assembly.parts.items()
    }
    if parent.manifest.base == assembly.base and beside.size_of_changes() <= FEW:
        public = {graph.iri for graph in parent.graphs if graph.visibility == "public"}
        public |= {graph.iri for graph in assembly.graphs if graph.visibility == "public"}
        made = {iri: change for iri, change in beside.changes().items() if iri in public}
        return followed(assembly, made, Store.read_only(str(parent.store("public"))), after)
    again = (iri for iri, _ in changes.gone(parent) if changes.is_described(after, iri))
    return Recorded(again=frozenset(again))


def told(made: Mapping[str, Change]) -> Iterator[Told]:
    """Yield the statements that graphs lose and gain."""
    for iri in sorted(made):
        yield from (Told(iri, False, line) for line in made[iri].removed)
        yield from (Told(iri, True, line) for line in made[iri].added)


def write(folder: Path, identifier: str, recorded: Recorded, base: str, home: Home) -> None:
    """Write what a release changes, and what is gone by now, into its folder."""
    try:
        parent = current(home)
    except ReleaseError:
        parent = None
    said = changes.summary_of(
        recorded.things, base, parent.id if parent else None,
        complete=recorded.complete and parent is not None,
    )  # fmt: skip
    with (folder / changes.FILE).open("wb") as file, gzip.GzipFile("", "wb", 6, file, 0) as packed:
        packed.write(line(asdict(said)))
        packed.writelines(line(asdict(thing)) for thing in recorded.things)
    gone = dict(changes.gone(parent)) if parent else {}
    for iri in recorded.again:
        gone.pop(iri, None)
    gone |= {thing.iri: identifier for thing in recorded.things if thing.change == "removed"}
    lines = (f"{iri} {gone[iri]}\n" for iri in sorted(gone))
    (folder / changes.GONE).write_text("".join(lines), encoding="utf-8", newline="\n")


def line(content: Mapping[str, object]) -> bytes:
    """Return a line of JSON."""
    return f"{json.dumps(content, ensure_ascii=False)}\n".encode()
