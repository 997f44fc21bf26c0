"""All graphs of a release in the making, as they will stand in it, and what they change."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from loaders.building.gathering import DECIDING
from loaders.description import canonical, graphs, packets
from loaders.description.graphs import BuiltGraph
from loaders.description.packets import PacketFile, Writer
from ontology import DEFAULT_BASE
from queries.packets import kept_file, packed
from queries.release import Graph, Release
from shapes.facts import Change

REPLACED = "replaced"


@dataclass(frozen=True)
class Part:
    """One graph of a release in the making.

    ``graph.file`` holds its lines, with decisions applied and under the base of the release;
    ``origin`` is the digest that the graph had before that. ``former`` is the graph of this name
    in the parent release, ``same`` tells that nothing of it changed; the file may then be missing.
    """

    graph: BuiltGraph
    origin: str
    former: Graph | None = None

    @property
    def same(self) -> bool:
        """Whether the parent release has the same graph."""
        return self.former is not None and self.former.sha256 == self.graph.sha256


@dataclass
class Assembly:
    """The graphs of a release in the making, by IRI."""

    folder: Path
    base: str
    parent: Release | None = None
    replaced: Mapping[str, str] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def graphs(self) -> list[BuiltGraph]:
        """The graphs, ordered by IRI."""
        return [self.parts[iri].graph for iri in sorted(self.parts)]

    @property
    def decided(self) -> str:
        """The digest of which IRIs are replaced by which, and of how that is done."""
        pairs = "".join(f"{one} {self.replaced[one]}\n" for one in sorted(self.replaced))
        return hashlib.sha256(f"{graphs.framework_digest()}{pairs}".encode()).hexdigest()

    def formerly(self, iri: str) -> Graph | None:
        """Return the graph of a name in the parent release."""
        known = self.parent.graphs if self.parent else ()
        return next((graph for graph in known if graph.iri == iri), None)

    def add(self, graph: BuiltGraph) -> Part:
        """Add a built graph: decisions are applied, and instances get the base of the release."""
        iri = graph.iri.replace(DEFAULT_BASE, self.base, 1)
        former = self.formerly(iri)
        origin = graph.sha256
        if graph.packed:
            moved = self.moved_packets(graph)
            written = replace(graph, file=moved.file, triples=moved.triples, sha256=moved.digest)
        elif former and former.file and self.still(former, origin):
            written = replace(graph, file=Path(), triples=former.triples, sha256=former.sha256)
        else:
            # What decides goes on speaking of the merged records.
            decided = {} if graph.source in DECIDING else self.replaced
            written = self.write(graph, canonical.applied(graph.lines(), decided))
        self.parts[iri] = Part(replace(written, iri=iri), origin, former)
        return self.parts[iri]

    def put(self, graph: BuiltGraph, lines: Iterable[str]) -> Part:
        """Add a graph that the platform itself makes, with its lines."""
        iri = graph.iri.replace(DEFAULT_BASE, self.base, 1)
        written = self.write(graph, lines)
        self.parts[iri] = Part(replace(written, iri=iri), written.sha256, self.formerly(iri))
        return self.parts[iri]

    def still(self, former: Graph, origin: str) -> bool:
        """Tell whether the parent's graph was made from the same lines by the same decisions."""
        parent = self.parent.manifest.model_extra if self.parent else None
        decided = (parent or {}).get(REPLACED)
        return (former.model_extra or {}).get("origin") == origin and decided == self.decided

    def write(self, graph: BuiltGraph, lines: Iterable[str]) -> BuiltGraph:
        """Write the lines that a graph has in the release."""
        moved = sorted(set(graphs.rebased(lines, self.base)))
        content = "".join(f"{line}\n" for line in moved)
        file = self.folder / f"{len(self.parts):04d}.nt"
        file.write_text(content, encoding="utf-8", newline="\n")
        digest = hashlib.sha256(content.encode()).hexdigest()
        return replace(graph, file=file, triples=len(moved), sha256=digest)

    def moved_packets(self, graph: BuiltGraph) -> PacketFile:
        """Return the packets that a graph has in the release; most times those that were built."""
        built = graph.packets()
        own = f"{DEFAULT_BASE}id/organisation/{graph.source}-"
        concerned = {one: to for one, to in self.replaced.items() if one.startswith(own)}
        if self.base == DEFAULT_BASE and not concerned:
            return built
        writer = Writer(self.folder / f"{len(self.parts):04d}.nt")
        for block, content in built.contents():
            offset = 0
            for key, length in block.packets:
                lines = content[offset : offset + length].decode().split("\n")[:-1]
                offset += length
                moved = graphs.rebased(canonical.applied(lines, concerned), self.base)
                packet = "".join(f"{line}\n" for line in sorted(set(moved)))
                writer.add(key, packet.encode())
        return writer.close()

    def changes(self, apart: Collection[str] = ()) -> dict[str, Change]:
        """Return what each graph that differs from the parent release loses and gains.

        Graphs that the sources ``apart`` had in the parent are not taken as gone.
        """
        found = {iri: self.change(part) for iri, part in self.parts.items() if not part.same}
        for former in self.parent.graphs if self.parent else ():
            if former.iri not in self.parts and former.source not in apart:
                found[former.iri] = Change(sorted(self.former_lines(former)), ())
        return found

    def change(self, part: Part) -> Change:
        """Return what a graph loses and gains from the parent release to this one."""
        if before := self.former_packets(part):
            after = packets.opened(part.graph.file)
            return Change(*packets.changes(before, after, packets.differing(before, after)))
        old = set(self.former_lines(part.former)) if part.former else set()
        new = set(part.graph.lines())
        return Change(sorted(old - new), sorted(new - old))

    def former_packets(self, part: Part) -> PacketFile | None:
        """Return the packets that a graph has in the parent release, when it is packed in both."""
        former = part.former
        if self.parent is None or former is None or not (part.graph.packed and packed(former)):
            return None
        return packets.opened(kept_file(self.parent.path, former.iri))

    def former_lines(self, former: Graph) -> Iterator[str]:
        """Yield the lines that a graph has in the parent release."""
        if self.parent is None:
            return
        if packed(former):
            yield from packets.opened(kept_file(self.parent.path, former.iri)).lines()
            return
        if former.file is None:
            with kept_file(self.parent.path, former.iri).open(encoding="utf-8") as plain:
                yield from (line.rstrip("\n") for line in plain)
            return
        tier = self.parent.dumps if former.visibility == "public" else (
            self.parent.path / former.visibility / "dumps")  # fmt: skip
        ending = f"<{former.iri}> ."
        with gzip.open(
            tier / "graphs" / former.file, "rt", encoding="utf-8", newline="\n"
        ) as lines:
            for line in lines:
                yield f"{line.rstrip(chr(10)).removesuffix(ending)}."

    def size_of_changes(self, apart: Collection[str] = ()) -> int:
        """Return about how many lines differ from the parent release, without reading them.

        Graphs that the sources ``apart`` had in the parent are not taken as gone.
        """
        former = self.parent.graphs if self.parent else ()
        gone = (g for g in former if g.iri not in self.parts and g.source not in apart)
        total = sum(graph.triples for graph in gone)
        for part in self.parts.values():
            if part.same:
                continue
            if before := self.former_packets(part):
                known = {block.digest for block in before.blocks}
                # Of a block that differs, a packet or two do.
                after = packets.opened(part.graph.file).blocks
                total += sum(b.triples // len(b.packets) for b in after if b.digest not in known)
            else:
                total += part.graph.triples
        return total
