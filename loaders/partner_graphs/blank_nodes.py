"""Blank nodes given IRIs: the same file gives the same IRIs, whatever its labels and order."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    NamedNode,
    Quad,
    Triple,
)

from loaders.records import identify
from ontology import NAMESPACE
from ontology.outside import RDF

HASH_LENGTH = 24
CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass
class Groups:
    """Blank nodes that statements tie together, in disjoint sets."""

    above: dict[BlankNode, BlankNode] = field(default_factory=dict)

    def head(self, node: BlankNode) -> BlankNode:
        """Return the node that stands for the set of a node."""
        self.above.setdefault(node, node)
        while (above := self.above[node]) != node:
            self.above[node] = node = self.above[above]
        return node

    def tie(self, first: BlankNode, second: BlankNode) -> None:
        """Bring the sets of two nodes together."""
        self.above[self.head(second)] = self.head(first)


def blank(triple: Triple) -> list[BlankNode]:
    """Return the blank nodes of a triple."""
    return [term for term in (triple.subject, triple.object) if isinstance(term, BlankNode)]


def named(triples: list[Triple], authority: str) -> tuple[list[Triple], int]:
    """Return triples with IRIs for blank nodes, and how many nodes look like another one.

    The IRI of a node is made from the canonical form (RDFC-1.0) of the statements that blank
    nodes tie together with it, so that it stays when other parts of the file change. Nodes that
    cannot be told apart are numbered: what was said twice stays two things.
    """
    groups = Groups()
    for triple in triples:
        for node in (nodes := blank(triple)):
            groups.tie(nodes[0], node)
    tied: defaultdict[BlankNode, list[Triple]] = defaultdict(list)
    ground = []
    for triple in triples:
        if nodes := blank(triple):
            tied[groups.head(nodes[0])].append(triple)
        else:
            ground.append(triple)
    seen: Counter[str] = Counter()
    for group in tied.values():
        ground += named_group(group, authority, seen)
    return ground, sum(count - 1 for count in seen.values())


def named_group(group: list[Triple], authority: str, seen: Counter[str]) -> Iterator[Triple]:
    """Yield triples that blank nodes tie together, with IRIs for these; count what was seen."""
    dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in group)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    canonical = sorted((quad.triple for quad in dataset), key=str)
    whole = hashlib.sha256("\n".join(map(str, canonical)).encode()).hexdigest()
    kinds = kinds_of(canonical)
    names: dict[BlankNode, NamedNode] = {}
    for node in sorted({node for t in canonical for node in blank(t)}, key=str):
        digest = hashlib.sha256(f"{whole} {node}".encode()).hexdigest()[:HASH_LENGTH]
        seen[digest] += 1
        key = digest if seen[digest] == 1 else f"{digest}_{seen[digest]}"
        names[node] = identify.thing(kinds.get(node, "node"), authority, key)
    for triple in canonical:
        yield replace(triple, names)


def replace(triple: Triple, names: Mapping[BlankNode, NamedNode]) -> Triple:
    """Return a triple with names for its blank nodes."""
    subject, value = triple.subject, triple.object
    return Triple(
        names[subject] if isinstance(subject, BlankNode) else subject,
        triple.predicate,
        names[value] if isinstance(value, BlankNode) else value,
    )


def kinds_of(triples: list[Triple]) -> dict[BlankNode, str]:
    """Return the kind of things that blank nodes are, as their IRIs name it."""
    found: dict[BlankNode, str] = {}
    for triple in triples:
        subject, cls = triple.subject, triple.object
        if triple.predicate != RDF.type or not isinstance(subject, BlankNode):
            continue
        if isinstance(cls, NamedNode) and cls.value.startswith(NAMESPACE):
            name = CAPITAL.sub("-", cls.value.removeprefix(NAMESPACE)).lower()
            found[subject] = min(name, found.get(subject, name))
    return found
