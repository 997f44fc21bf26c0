"""The things and ties of a picture as plain rows: what its table and every file of data hold."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from queries.maps.graph import Edge, Node
from server.maps.picture import Picture


@dataclass(frozen=True)
class NodeRow:
    """A thing, in the language of the picture."""

    id: str
    label: str
    group: str
    group_title: str
    kind: str
    families: str
    territories: str
    count: int
    ties: int
    x: float
    y: float


@dataclass(frozen=True)
class EdgeRow:
    """A tie, in the language of the picture; without a date it holds at all times."""

    id: str
    source: str
    source_label: str
    target: str
    target_label: str
    relation: str
    relation_title: str
    count: int
    since: str
    until: str
    facts: str
    sources: str
    locators: str


def node_rows(picture: Picture) -> list[NodeRow]:
    """Return the things of a picture; ValueError where a number is none."""
    ties: dict[str, int] = dict.fromkeys(picture.map.nodes, 0)
    for edge in picture.map.edges:
        ties[edge.source] += 1
        ties[edge.target] += 1
    return [node_row(picture, node, ties[node.id]) for node in picture.map.nodes.values()]


def node_row(picture: Picture, node: Node, ties: int) -> NodeRow:
    """Return one thing."""
    x, y = picture.places.points[node.id]
    finite(x, y, node.count)
    return NodeRow(
        node.id, picture.full_name(node), node.group, picture.group(node),
        node.kinds[0] if node.kinds else "", "; ".join(picture.code(one) for one in node.families),
        "; ".join(picture.code(one) for one in node.territories), node.count, ties, x, y,
    )  # fmt: skip


def edge_rows(picture: Picture) -> list[EdgeRow]:
    """Return the ties of a picture."""
    return [edge_row(picture, edge) for edge in picture.map.edges]


def edge_row(picture: Picture, edge: Edge) -> EdgeRow:
    """Return one tie, with the facts that state it."""
    finite(edge.count)
    nodes = picture.map.nodes
    return EdgeRow(
        edge.id, edge.source, picture.full_name(nodes[edge.source]), edge.target,
        picture.full_name(nodes[edge.target]), edge.relation, picture.relation(edge), edge.count,
        first(fact.since for fact in edge.facts), last(fact.until for fact in edge.facts),
        joined(fact.iri for fact in edge.facts), joined(fact.source for fact in edge.facts),
        joined(fact.locator for fact in edge.facts),
    )  # fmt: skip


def finite(*numbers: float) -> None:
    """Refuse what is not a number, which no file can hold."""
    if not all(math.isfinite(one) for one in numbers):
        raise ValueError("a map holds a number that is not finite")


def first(days: Iterable[date | None]) -> str:
    """Return the earliest day; nothing where one is open."""
    found = list(days)
    known = [one for one in found if one is not None]
    return min(known).isoformat() if known and len(known) == len(found) else ""


def last(days: Iterable[date | None]) -> str:
    """Return the latest day; nothing where one is open."""
    found = list(days)
    known = [one for one in found if one is not None]
    return max(known).isoformat() if known and len(known) == len(found) else ""


def joined(texts: Iterable[str | None]) -> str:
    """Return texts, each once, as one."""
    return "; ".join(dict.fromkeys(one for one in texts if one))
