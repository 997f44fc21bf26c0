"""Derived sources: what rules make of the graphs of the others, for each organisation apart."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from pyoxigraph import NamedNode, Store

from loaders.description import facts, graphs, packets, registers
from loaders.description.describe import collect
from loaders.description.facts import Facts
from loaders.description.graphs import BuiltDelivery, BuiltGraph
from loaders.description.packets import PacketFile
from loaders.records.source import Source, Triples
from queries.release import Home
from shapes.incremental import FullExaminationNeeded


class Rules(Protocol):
    """What the loader of a derived source offers, over the union of the public graphs.

    ``READS`` holds every predicate that it looks at.
    """

    READS: frozenset[NamedNode]

    def organisations(self, facts: Store) -> Iterator[NamedNode]:
        """Yield all organisations that the source speaks about."""

    def derive(self, facts: Store, organisation: NamedNode) -> Triples:
        """Yield what follows for one organisation."""

    def affected(self, facts: Store, changed: Iterable[NamedNode]) -> set[NamedNode]:
        """Return the organisations to judge again when statements about some things changed."""


@dataclass(frozen=True)
class Since:
    """What changed since an earlier state: its inputs and facts, the facts now, the subjects.

    ``kept`` holds what was derived then, by source.

    ``withdraw`` takes lines that were derived out of the facts, so that no rule reads them.
    """

    inputs: str
    kept: Mapping[str, BuiltDelivery]
    before: Store
    now: Store
    subjects: frozenset[NamedNode]
    withdraw: Callable[[str, list[str]], None]


def inputs(digests: Mapping[str, str]) -> str:
    """Return the digest of what derived sources read: public graphs, by IRI."""
    lines = "".join(f"{iri} {digests[iri]}\n" for iri in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def build(
    home: Home, place: Home, source: Source, read: str,
    public: Iterable[BuiltGraph], since: Since | None = None,
) -> BuiltDelivery:  # fmt: skip
    """Return the graph of a derived source: kept, brought up to date, or derived whole."""
    version = graphs.loader_version(source)
    parts = [version, read]
    if kept := graphs.read_built(graphs.record(graphs.place(home, source, source.period, parts))):
        return kept
    rules = cast("Rules", source.loader())
    stem = graphs.place(place, source, source.period, parts)
    stem.parent.mkdir(parents=True, exist_ok=True)
    file = registers.file_of(stem, "public")
    if since:
        known = {"version": version, "inputs": since.inputs}
        former = fitting(known, graphs.newest(home, source), since.kept.get(source.name))
        content, classes = follow(file, source, rules, former, since)
    else:
        content, classes = begin(file, source, rules, public)
    graph = graphs.packed_graph(source, source.period, read, "public", content)
    counted = {name: number for name, number in sorted(classes.items()) if number}
    state = {"version": version, "inputs": read}
    return graphs.written(stem, BuiltDelivery((graph,), {}, counted, (), state=state))


def fitting(known: Mapping[str, str], *built: BuiltDelivery | None) -> BuiltDelivery:
    """Return what was derived by the same rules from the same inputs."""
    for one in built:
        if one and {key: one.state.get(key) for key in known} == known:
            return one
    raise FullExaminationNeeded("rules changed")


def follow(
    file: Path, source: Source, rules: Rules, former: BuiltDelivery, since: Since
) -> tuple[PacketFile, Counter[str]]:
    """Derive again for the organisations that a change concerns."""
    concerned = rules.affected(since.before, since.subjects)
    concerned |= rules.affected(since.now, since.subjects)
    before = former.graphs[0].packets()
    keys = sorted(one.value for one in concerned)
    for packet in before.packets(keys).values():
        since.withdraw(former.graphs[0].iri, packet.decode().split("\n")[:-1])
    new = {key: derived(source, rules, since.now, NamedNode(key)) for key in keys}
    classes = Counter(former.classes)
    changes = registers.changed_packets(before, new, keys, classes)
    return packets.splice(before, file, changes), classes


def begin(
    file: Path, source: Source, rules: Rules, public: Iterable[BuiltGraph]
) -> tuple[PacketFile, Counter[str]]:
    """Derive for all organisations, with as much of large graphs in memory as is looked at."""
    writer = packets.Writer(file)
    classes: Counter[str] = Counter()
    for key, content in all_derived(source, rules, list(public)):
        registers.count(classes, content, 1)
        writer.add(key, content)
    return writer.close(), classes


def all_derived(
    source: Source, rules: Rules, public: list[BuiltGraph]
) -> Iterator[tuple[str, bytes]]:
    """Yield what follows for each organisation, in the order of their IRIs."""
    whole = facts.whole(graph for graph in public if not graph.packed)
    spoken = {one.value for one in rules.organisations(whole)}
    large = [graph for graph in public if graph.packed]
    elsewhere = {iri for graph in large for iri in facts.organisations(graph)}
    streams = [in_packets(source, rules, graph, whole, spoken) for graph in large]
    alone = (
        (iri, derived(source, rules, whole, NamedNode(iri))) for iri in sorted(spoken - elsewhere)
    )
    return heapq.merge(*streams, alone, key=lambda one: one[0])


def in_packets(
    source: Source, rules: Rules, graph: BuiltGraph, whole: Store, spoken: set[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield what follows for each organisation of a large graph."""
    for iris, part in facts.parts(graph, rules.READS):
        together = cast("Store", Facts(part, whole))
        found = {one.value for one in rules.organisations(part)} | (spoken & iris)
        for iri in sorted(found):
            yield iri, derived(source, rules, together, NamedNode(iri))


def derived(source: Source, rules: Rules, facts: Store, organisation: NamedNode) -> bytes:
    """Return what follows for one organisation, as sorted lines."""
    lines: set[str] = set()
    collect(rules.derive(facts, organisation), lines, source.name)
    return "".join(f"{line}\n" for line in sorted(lines)).encode()
