"""A map as a release keeps it: its things and ties, and where each is drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from queries.maps.graph import Edge, Fact, Map, Node
from queries.maps.measures import Measure
from queries.release import ReleaseError

FOLDER = "maps"
VERSION = 3
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Where the things of a group are drawn together: its corner, its size, its columns."""

    x: float
    y: float
    width: float
    height: float
    columns: int


@dataclass(frozen=True)
class Places:
    """Where things are drawn: the middle of each, boxes around them, and the ways between boxes.

    ``ways`` are the corners of lines from one group to another. ``since`` is how many things
    there were when the picture was last laid out anew, by ``plan``.
    """

    points: Mapping[str, Point] = field(default_factory=dict)
    boxes: Mapping[str, Box] = field(default_factory=dict)
    ways: Mapping[tuple[str, str], tuple[Point, ...]] = field(default_factory=dict)
    since: int = 0
    plan: str = ""


@dataclass(frozen=True)
class Stored:
    """One view of a release, ready to be filtered and drawn.

    ``measures`` are those of what is drawn when nothing is filtered.
    """

    view: str
    map: Map
    places: Places
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)


def write(stored: Stored) -> bytes:
    """Return a map as a file: the same map gives the same bytes."""
    content = {
        "version": VERSION,
        "view": stored.view,
        "sources": list(stored.sources),
        "left_out": stored.map.left_out,
        "since": stored.places.since,
        "plan": stored.places.plan,
        "codes": {name: dict(stored.codes[name]) for name in sorted(stored.codes)},
        "nodes": [node_out(node, stored.places) for node in stored.map.nodes.values()],
        "edges": [edge_out(edge) for edge in stored.map.edges],
        "boxes": {
            name: [box.x, box.y, box.width, box.height, box.columns]
            for name, box in sorted(stored.places.boxes.items())
        },
        "bundles": {
            name: list(point)
            for name, point in sorted(stored.places.points.items())
            if name not in stored.map.nodes
        },
        "ways": [[*pair, points] for pair, points in sorted(stored.places.ways.items())],
        "measures": {
            name: [one.degree, one.between, one.community]
            for name, one in sorted(stored.measures.items())
        },
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def node_out(node: Node, places: Places) -> dict[str, Any]:
    """Return a thing as the file has it; what is empty is left out."""
    said: dict[str, Any] = {
        "id": node.id, "labels": dict(node.labels), "group": node.group, "kinds": node.kinds,
        "families": node.families, "territories": node.territories,
        "short": node.short, "bundle": node.bundle,
        "at": places.points.get(node.id), "count": node.count if node.count > 1 else None,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def edge_out(edge: Edge) -> dict[str, Any]:
    """Return a tie as the file has it."""
    facts = [
        [fact.iri, day_out(fact.since), day_out(fact.until), fact.source, fact.locator]
        for fact in edge.facts
    ]
    said = {"from": edge.source, "to": edge.target, "relation": edge.relation, "facts": facts}
    return said | ({"count": edge.count} if edge.count > 1 else {})


def day_out(day: date | None) -> str | None:
    """Return a day as the file has it."""
    return day.isoformat() if day else None


def read(file: Path) -> Stored:
    """Return a map from its file; ReleaseError when there is none that can be read."""
    try:
        content = json.loads(file.read_bytes())
        if content["version"] != VERSION:
            raise ValueError(f"of version {content['version']}, not {VERSION}")
        return stored_in(content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = "build the release again"
        raise ReleaseError(f"the map cannot be read ({error!r})", file, remedy) from error


@lru_cache(maxsize=24)
def kept(file: Path) -> Stored:
    """Return a map of a release, which never changes."""
    return read(file)


def stored_in(content: Mapping[str, Any]) -> Stored:
    """Return a map from what its file holds."""
    nodes = {one["id"]: node_in(one) for one in content["nodes"]}
    edges = tuple(edge_in(one) for one in content["edges"])
    points = {one["id"]: point(one["at"]) for one in content["nodes"] if "at" in one}
    points |= {name: point(at) for name, at in content["bundles"].items()}
    boxes = {name: Box(*numbers) for name, numbers in content["boxes"].items()}
    ways = {(first, last): tuple(map(point, points_)) for first, last, points_ in content["ways"]}
    return Stored(
        content["view"],
        Map(nodes, edges, content["left_out"]),
        Places(points, boxes, ways, content["since"], content["plan"]),
        content["codes"],
        tuple(content["sources"]),
        {name: Measure(*numbers) for name, numbers in content["measures"].items()},
    )


def node_in(said: Mapping[str, Any]) -> Node:
    """Return a thing from what the file says."""
    return Node(
        said["id"], said["labels"], said["group"], tuple(said.get("kinds", ())),
        tuple(said.get("families", ())), tuple(said.get("territories", ())), said.get("short"),
        said.get("bundle"), said.get("count", 1),
    )  # fmt: skip


def edge_in(said: Mapping[str, Any]) -> Edge:
    """Return a tie from what the file says."""
    facts = tuple(
        Fact(iri, day_in(since), day_in(until), source, locator)
        for iri, since, until, source, locator in said["facts"]
    )
    return Edge(said["from"], said["to"], said["relation"], facts, said.get("count", 1))


def day_in(text: str | None) -> date | None:
    """Return a day from the file."""
    return date.fromisoformat(text) if text else None


def point(numbers: Iterable[float]) -> Point:
    """Return a point from the file."""
    x, y = numbers
    return float(x), float(y)
