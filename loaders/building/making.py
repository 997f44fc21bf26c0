"""A release in the making: from the newest deliveries to stores that the gate has judged.

Where there is a release to start from, only what differs from it is looked at: its stores are
taken over, changed, judged and counted by the difference. The result is the same as from nothing.
"""

from __future__ import annotations

import errno
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import NamedNode, Store

from loaders.building import changes as record_of_changes
from loaders.building import cube_graphs, cubing, provenance, statistics
from loaders.building.assembly import Assembly, Part
from loaders.building.changes import Recorded
from loaders.building.gathering import Workshop, replacements
from loaders.building.release import CENSUS, RECORD, Making, kept_source
from loaders.building.statistics import Census
from loaders.building.stores import Stores
from loaders.description import derived
from loaders.description.graphs import BuiltDelivery, BuiltGraph
from loaders.errors import LoadError, is_interruption
from loaders.records.source import sources
from ontology import DEFAULT_BASE
from queries.packets import kept_file
from queries.release import Graph, Release
from shapes import gate
from shapes.facts import Change, Facts
from shapes.incremental import FullExaminationNeeded, Served, examine_changes
from shapes.reading import ShapesError
from shapes.record import Record

# A release is made from its parent when at most so many lines differ, or this share of all.
FEW, SHARE = 50_000, 0.1
# What reading a parent that is damaged, or was written by another version, ends with.
DAMAGED = (OSError, RuntimeError, ValueError, EOFError, zlib.error, ShapesError, LoadError)


def make(shop: Workshop, built: dict[str, BuiltDelivery]) -> Making:
    """Make a release from described deliveries: from its parent where that is less work.

    Adds to ``built`` what is derived.
    """
    whole: Assembly | None = None
    if follows(shop):
        try:
            with shop.clock.stage("assemble"):
                assembly = assemble(shop, built, shop.parent)
            if assembly.parent:
                return follow(shop, assembly.parent, assembly, built)
            whole = assembly
        except FullExaminationNeeded as needed:
            shop.clock.tell(f"making everything anew: {needed.reason}")
        except DAMAGED as error:
            if getattr(error, "errno", None) == errno.ENOSPC or is_interruption(error):
                raise
            shop.clock.tell(f"making everything anew: the parent release cannot be used, {error}")
    if whole is None:
        with shop.clock.stage("assemble"):
            whole = assemble(shop, built, None)
    return begin(shop, whole, built)


def follows(shop: Workshop) -> bool:
    """Tell whether the parent release has all that a release can start from."""
    parent = shop.parent
    return parent is not None and (
        parent.manifest.base == shop.base == DEFAULT_BASE
        and (parent.path / CENSUS).is_file() and (parent.path / RECORD).is_file()
    )  # fmt: skip


def assemble(
    shop: Workshop, built: Mapping[str, BuiltDelivery], parent: Release | None
) -> Assembly:
    """Bring all graphs together; without the parent when too much differs from it."""
    folder = shop.folder / f"assembled-{time.monotonic_ns()}"
    folder.mkdir()
    assembly = Assembly(folder, shop.base, parent, replacements(built))
    provenance.add_vocabulary(assembly)
    for one in built.values():
        for graph in one.graphs:
            assembly.add(graph)
    total = sum(part.graph.triples for part in assembly.parts.values())
    if parent and assembly.size_of_changes(made_later()) > max(FEW, total * SHARE):
        return assemble(shop, built, None)
    return assembly


def begin(shop: Workshop, assembly: Assembly, built: dict[str, BuiltDelivery]) -> Making:
    """Make a release from nothing: the stores are loaded while the graphs are judged and counted.

    Loading takes little more than one core, and what the gate stops is rare.
    """
    clock, stores = shop.clock, Stores(assembly.folder)
    shop.stores.append(stores)
    with clock.stage("derive"):
        add_derived(shop, assembly, built, None)
    with clock.stage("compute"):
        cubes = cubing.make(shop, built)
        cube_graphs.add(assembly, cubes)
        provenance.add_provenance(assembly)
    files = {graph.iri: graph.plain(assembly.folder) for graph in assembly.graphs}
    flat = [replace(graph, file=files[graph.iri]) for graph in assembly.graphs]
    with ThreadPoolExecutor(1) as beside:
        loading = beside.submit(stores.load, flat if shop.publishes else ())
        with clock.stage("check"):
            visibility = {graph.iri: graph.visibility for graph in flat}
            report = gate.examine(files, visibility, working=assembly.folder)
        with clock.stage("count"):
            public = [graph.file for graph in flat if graph.visibility == "public"]
            census = statistics.take(public, assembly.folder)
        with clock.stage("load"):
            loading.result()
            part = provenance.add_statistics(assembly, census)
            stores.apply(
                part.graph.iri, part.graph.visibility, Change((), list(part.graph.lines()))
            )
    with clock.stage("compare"):
        recorded = Recorded()
        if shop.publishes:
            recorded = record_of_changes.begun(shop.home, assembly, stores.public)
    return Making(assembly, stores, report, census, recorded, cubes)


def follow(
    shop: Workshop, parent: Release, assembly: Assembly, built: dict[str, BuiltDelivery]
) -> Making:
    """Make a release from its parent by what differs."""
    clock = shop.clock
    with clock.stage("load"):
        stores = Stores.taken_from(parent, assembly.folder)
        shop.stores.append(stores)
        before = {tier: Store.read_only(str(parent.store(tier))) for tier in ("public", "partner")}
        changes = assembly.changes(made_later())
        for iri, change in changes.items():
            stores.apply(iri, visibility_of(assembly, iri), change)
    with clock.stage("derive"):
        withdrawn = Withdrawn(stores)
        since = derived.Since(
            derived.inputs(read_by_rules(parent.graphs)), kept_by(parent),
            before["public"], stores.public,
            subjects(changes.values()), withdrawn.take,
        )  # fmt: skip
        for part in add_derived(shop, assembly, built, since):
            if not part.same:
                changes[part.graph.iri] = assembly.change(part)
            withdrawn.give_back(part.graph.iri, changes.get(part.graph.iri, Change((), ())))
    with clock.stage("compute"):
        cubes = cubing.make(shop, built)
        cubed = cube_graphs.add(assembly, cubes)
        for one in cube_graphs.gone(parent, cubed):
            changes[one.iri] = Change(sorted(assembly.former_lines(one)), ())
            stores.apply(one.iri, one.visibility, changes[one.iri])
        for part in (*cubed, *provenance.add_provenance(assembly)):
            change_part(assembly, stores, changes, part)
    with clock.stage("check"):
        old, new = confidential(parent, assembly)
        visibility = {graph.iri: graph.visibility for graph in assembly.graphs}
        report = examine_changes(
            Record.read(parent.path / RECORD), changes, visibility,
            Served(before["partner"], old), Served(stores.store("partner"), new),
        )  # fmt: skip
    with clock.stage("count"):
        counted = {iri: c for iri, c in changes.items() if visibility_of(assembly, iri) == "public"}
        former = [g.iri for g in parent.graphs if g.visibility == "public" and g.source != "void"]
        now = [graph.iri for graph in assembly.graphs if graph.visibility == "public"]
        census = statistics.update(
            Census.read(parent.path / CENSUS), counted,
            Facts(before["public"], former), Facts(stores.public, now),
        )  # fmt: skip
        part = provenance.add_statistics(assembly, census)
        change_part(assembly, stores, changes, part)
    with clock.stage("compare"):
        public = {iri: c for iri, c in changes.items() if visibility_of(assembly, iri) == "public"}
        recorded = record_of_changes.followed(assembly, public, before["public"], stores.public)
    return Making(assembly, stores, report, census, recorded, cubes)


def add_derived(
    shop: Workshop, assembly: Assembly, built: dict[str, BuiltDelivery],
    since: derived.Since | None,
) -> list[Part]:  # fmt: skip
    """Add the graphs of the derived sources; each reads all graphs that are not derived."""
    read = derived.inputs(read_by_rules(assembly.graphs))
    later = made_later()
    public = [
        graph
        for graph in as_loaders_write(shop, assembly, built)
        if graph.visibility == "public" and graph.source not in later
    ]
    made = []
    for source in sources().values():
        if source.derived:
            built[source.name] = derived.build(shop.home, shop.bench, source, read, public, since)
            made += [assembly.add(graph) for graph in built[source.name].graphs]
    return made


def kept_by(parent: Release) -> dict[str, BuiltDelivery]:
    """Return what a release was built from for the derived sources."""
    names = [source.name for source in sources().values() if source.derived]
    return {name: kept for name in names if (kept := kept_source(parent, name))}


def as_loaders_write(
    shop: Workshop, assembly: Assembly, built: Mapping[str, BuiltDelivery]
) -> Iterator[BuiltGraph]:
    """Yield the graphs with decisions applied, and instances under the base that rules know."""
    if shop.base != DEFAULT_BASE:
        assembly = assemble(replace(shop, base=DEFAULT_BASE), built, None)
    yield from assembly.graphs


def made_later() -> frozenset[str]:
    """Return the names of what is made from all other graphs."""
    rules = {source.name for source in sources().values() if source.derived}
    return frozenset(rules | {"provenance", "void"} | cube_graphs.SOURCES)


def read_by_rules(graphs: Iterable[Graph | BuiltGraph]) -> dict[str, str]:
    """Return the digests of the graphs that derived sources read, by IRI."""
    later = made_later()
    return {
        graph.iri: graph.sha256
        for graph in graphs
        if graph.visibility == "public" and graph.source not in later
    }


@dataclass
class Withdrawn:
    """Derived lines that were taken out of the stores while rules are applied again."""

    stores: Stores
    lines: dict[str, list[str]] = field(default_factory=dict)

    def take(self, graph: str, lines: list[str]) -> None:
        """Take some lines of a graph out of the stores."""
        self.stores.apply(graph, "public", Change(lines, ()))
        self.lines.setdefault(graph, []).extend(lines)

    def give_back(self, graph: str, change: Change) -> None:
        """Bring a graph to the stores as it is after a change."""
        back = set(self.lines.pop(graph, ())) - set(change.removed) | set(change.added)
        self.stores.apply(graph, "public", Change(change.removed, sorted(back)))


def change_part(assembly: Assembly, stores: Stores, changes: dict[str, Change], part: Part) -> None:
    """Bring a graph that was added late to the stores, and note what it changes."""
    if not part.same:
        change = changes[part.graph.iri] = assembly.change(part)
        stores.apply(part.graph.iri, part.graph.visibility, change)


def visibility_of(assembly: Assembly, iri: str) -> str:
    """Return the visibility of a graph that is or was there."""
    if part := assembly.parts.get(iri):
        return part.graph.visibility
    former = assembly.formerly(iri)
    return former.visibility if former else "public"


def subjects(changes: Iterable[Change]) -> frozenset[NamedNode]:
    """Return the things about which statements changed."""
    lines = (line for change in changes for some in (change.removed, change.added) for line in some)
    return frozenset(NamedNode(one) for one in {line[1 : line.index(">")] for line in lines})


def confidential(parent: Release, assembly: Assembly) -> tuple[dict[str, Path], dict[str, Path]]:
    """Return the files of the confidential graphs, as they were and as they are."""
    old = {
        graph.iri: kept_file(parent.path, graph.iri)
        for graph in parent.graphs if graph.visibility == "confidential"
    }  # fmt: skip
    new = {
        iri: old[iri] if part.same else part.graph.file
        for iri, part in assembly.parts.items() if part.graph.visibility == "confidential"
    }  # fmt: skip
    return old, new
