"""Derived sources: what rules make of the graphs of the others, for each organisation apart."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from pyoxigraph import NamedNode, Store

from loaders import graphs, packets, registers
from loaders.describe import collect
from loaders.graphs import BuiltDelivery
from loaders.source import Source, Triples
from queries.release import Home


class Rules(Protocol):
    """What the loader of a derived source offers, over the union of the public graphs."""

    def organisations(self, facts: Store) -> Iterator[NamedNode]:
        """Yield all organisations that the source speaks about."""

    def derive(self, facts: Store, organisation: NamedNode) -> Triples:
        """Yield what follows for one organisation."""

    def affected(self, facts: Store, changed: Iterable[NamedNode]) -> set[NamedNode]:
        """Return the organisations to judge again when statements about some things changed."""


@dataclass(frozen=True)
class Since:
    """What changed since an earlier state: that state's inputs and facts, and the subjects."""

    inputs: str
    facts: Store
    subjects: frozenset[NamedNode]


def inputs(digests: Mapping[str, str]) -> str:
    """Return the digest of what derived sources read: public graphs, by IRI."""
    lines = "".join(f"{iri} {digests[iri]}\n" for iri in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def build(
    home: Home, place: Home, source: Source, facts: Store, read: str, since: Since | None = None
) -> BuiltDelivery:
    """Return the graph of a derived source: kept, brought up to date, or derived whole."""
    version = graphs.loader_version(source)
    parts = [version, read]
    if kept := graphs.read_built(graphs.record(graphs.place(home, source, source.period, parts))):
        return kept
    rules = cast("Rules", source.loader())
    stem = graphs.place(place, source, source.period, parts)
    stem.parent.mkdir(parents=True, exist_ok=True)
    file = registers.file_of(stem, "public")
    former = graphs.newest(home, source)
    known = {"version": version, "inputs": since.inputs if since else ""}
    if since and former and {key: former.state.get(key) for key in known} == known:
        concerned = rules.affected(since.facts, since.subjects)
        concerned |= rules.affected(facts, since.subjects)
        before = former.graphs[0].packets()
        new = {one.value: derived(source, rules, facts, one) for one in concerned}
        keys = {one.value for one in concerned}
        classes = Counter(former.classes)
        changes = registers.changed_packets(before, new, keys, classes)
        content = packets.splice(before, file, changes)
    else:
        content, classes = whole(file, source, rules, facts)
    graph = graphs.packed_graph(source, source.period, read, "public", content)
    counted = {name: number for name, number in sorted(classes.items()) if number}
    state = {"version": version, "inputs": read}
    return graphs.written(stem, BuiltDelivery((graph,), {}, counted, (), state=state))


def whole(
    file: Path, source: Source, rules: Rules, facts: Store
) -> tuple[packets.PacketFile, Counter[str]]:
    """Derive for all organisations."""
    writer = packets.Writer(file)
    classes: Counter[str] = Counter()
    for iri in sorted({one.value for one in rules.organisations(facts)}):
        content = derived(source, rules, facts, NamedNode(iri))
        registers.count(classes, content, 1)
        writer.add(iri, content)
    return writer.close(), classes


def derived(source: Source, rules: Rules, facts: Store, organisation: NamedNode) -> bytes:
    """Return what follows for one organisation, as sorted lines."""
    lines: set[str] = set()
    collect(rules.derive(facts, organisation), lines, source.name)
    return "".join(f"{line}\n" for line in sorted(lines)).encode()
