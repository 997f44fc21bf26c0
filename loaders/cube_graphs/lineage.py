"""Where observations come from, as PROV-O: a node for each set of deliveries, rules and units.

Few sets stand behind many observations, so that each of these is in one statement more. The node is
its subject: a delivery changes all nodes, and the observations need not be judged again for it. Of
what is withheld nothing is said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from loaders.cube_graphs import addresses
from loaders.cube_graphs.structures import lines, named
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS, PROV, RDF, RDFS
from queries.cubes import lineage
from queries.cubes.keys import key
from queries.cubes.model import Names
from queries.cubes.observations import whole
from queries.cubes.reading import Cube
from queries.cubes.selection import key_of

# Long enough that no two sets of a release have the same.
DIGITS = 12


@dataclass
class Sets:
    """The sets of a data set, each with the node that stands for it."""

    base: str
    data_set: NamedNode
    nodes: dict[tuple[str, ...], NamedNode] = field(default_factory=dict)

    def node(self, said: tuple[str, ...]) -> NamedNode:
        """Return the node of a set; the same in every release that has the set."""
        if said not in self.nodes:
            digest = hashlib.sha256("\n".join(said).encode()).hexdigest()[:DIGITS]
            self.nodes[said] = NamedNode(f"{self.data_set.value}/lineage/{digest}")
        return self.nodes[said]

    def describe(self) -> Triples:
        """Describe all sets: what was used, by which rules, and how many units as a class."""
        for (units, graphs, rules), node in self.nodes.items():
            yield node, RDF.type, PROV.Activity
            if units:
                yield node, se.unitClass, Literal(units)
            for name in graphs.split():
                yield node, PROV.used, NamedNode(f"{self.base}graph/{name}")
            for name in rules.split():
                yield node, PROV.used, rule(self.base, name)


def rule(base: str, name: str) -> NamedNode:
    """Return the IRI of a rule, which is where its page tells of it."""
    return NamedNode(f"{base}statistics/rules#{name}")


def describe(cube: Cube, base: str) -> Iterator[str]:
    """Yield the lines that say where the observations of a cube come from; none where unknown."""
    if not lineage.told(cube):
        return
    node = addresses.data_set(base, cube.dataflow)
    found = Sets(base, node)
    names = [f'"{name}"' for name in key_of(cube.structure)]
    width = len(names)
    for row in lineage.beside(cube, whole(cube)).rows(*names, *lineage.COLUMNS):
        said = tuple(one or "" for one in row[width:])
        if any(said):
            own = f"<{node.value}/{key(row[:width])}>"
            yield f"{found.node(said)} {PROV.generated} {own} ."
    yield from lines(found.describe())


def describe_rules(rules: Mapping[str, Names], base: str) -> Triples:
    """Describe the rules that lineage names."""
    for name, texts in rules.items():
        node = rule(base, name)
        yield node, RDF.type, PROV.Plan
        yield node, DCTERMS.identifier, Literal(name)
        yield from named(node, RDFS.label, texts)
