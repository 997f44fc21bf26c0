"""Points for the things of a network without rows or columns: by forces, with rustworkx.

Parts that are not tied to each other are laid out one by one and packed into rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import networkx as nx
import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

from queries.maps.stored import Point

SEED = 7
ROUNDS = 120
# A larger network is laid out by its communities: forces take time by the square of the number.
LARGE = 800
# Room that a thing takes with its name, and for how long things are moved apart.
WIDE, HIGH, PARTING = 140.0, 74.0, 120
# Room for each thing, and between parts.
ROOM, GAP = 138.0, 90.0
# How far the order along an axis counts, and not only the forces.
EVENED = 0.5
WIDEST = 1_900.0


def positions(graph: nx.MultiDiGraph) -> dict[str, Point]:
    """Return points for all things of a network; the same network gives the same points."""
    parts = sorted(nx.weakly_connected_components(graph), key=lambda part: (-len(part), min(part)))
    placed = [arranged(graph, sorted(part)) for part in parts]
    return packed(placed)


def arranged(graph: nx.MultiDiGraph, names: list[str]) -> dict[str, Point]:
    """Return points for the things of one part, about as many per area whatever its size."""
    if len(names) == 1:
        return {names[0]: (0.0, 0.0)}
    if len(names) > LARGE:
        return parted(by_communities(nx.Graph(graph.subgraph(names))))
    points = evened(sprung(names, graph.edges(names)))
    return parted(scaled(points, ROOM * math.sqrt(len(names))))


def evened(points: Mapping[str, Point]) -> dict[str, Point]:
    """Return points spread more evenly: those in the crowd further apart, those outside nearer.

    Along each axis a point stands half where the forces put it, half by its place in the order.
    """
    names = sorted(points)
    place = np.array([points[name] for name in names])
    low, high = place.min(axis=0), place.max(axis=0)
    share = (place - low) / np.where(high > low, high - low, 1.0)
    order = place.argsort(axis=0, kind="stable").argsort(axis=0) / max(len(names) - 1, 1)
    mixed = (1 - EVENED) * share + EVENED * order
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, mixed, strict=True)}


def scaled(points: Mapping[str, Point], side: float) -> dict[str, Point]:
    """Return points that fill a rectangle, wider than high, of the area of a square."""
    width = max(x for x, _y in points.values()) - min(x for x, _y in points.values())
    height = max(y for _x, y in points.values()) - min(y for _x, y in points.values())
    scale = (side * 1.35 / (width or 1), side * 0.85 / (height or 1))
    return {name: (x * scale[0], y * scale[1]) for name, (x, y) in points.items()}


def by_communities(graph: nx.Graph) -> dict[str, Point]:
    """Return points of a large network: its communities by forces, and in each its things."""
    found = nx.community.louvain_communities(graph, seed=SEED)
    groups = [sorted(part) for part in sorted(found, key=lambda part: (-len(part), min(part)))]
    home = {name: str(place) for place, part in enumerate(groups) for name in part}
    between = {(home[one], home[other]) for one, other in graph.edges if home[one] != home[other]}
    names = [str(place) for place in range(len(groups))]
    middles = sprung(names, sorted(between)) if len(names) > 1 else {"0": (0.0, 0.0)}
    radii = np.array([ROOM * math.sqrt(len(part)) * 0.62 for part in groups])
    side = 2.2 * math.sqrt(float((radii**2).sum()))
    middles = scaled(middles, side) if len(names) > 1 else middles
    place = spaced(np.array([middles[name] for name in names]), radii)
    points: dict[str, Point] = {}
    for (x, y), part in zip(place, groups, strict=True):
        inner = sprung(part, graph.subgraph(part).edges) if len(part) > 1 else {part[0]: (0.0, 0.0)}
        room = ROOM * math.sqrt(len(part))
        own = scaled(inner, room) if len(part) > 1 else inner
        points.update({name: (float(x) + dx, float(y) + dy) for name, (dx, dy) in own.items()})
    return points


def spaced(place: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return middles moved apart until the circles around them hardly overlap."""
    wanted = radii[:, None] + radii[None, :]
    for _round in range(PARTING):
        apart = place[:, None, :] - place[None, :, :]
        away = np.sqrt((apart**2).sum(axis=2))
        np.fill_diagonal(away, np.inf)
        missing = np.clip(wanted - away, 0, None)
        if missing.max() < 1:
            break
        push = missing / np.maximum(away, 1e-9)
        place = place + 0.3 * (apart * push[:, :, None]).sum(axis=1)
    return place


def parted(points: Mapping[str, Point]) -> dict[str, Point]:
    """Return points moved apart until no thing lies on another or on the name of another."""
    names = sorted(points)
    place = np.array([points[name] for name in names])
    for _round in range(PARTING if len(names) < 5 * LARGE else PARTING // 4):
        pairs = too_near(place)
        if not len(pairs):
            break
        apart = place[pairs[:, 1]] - place[pairs[:, 0]]
        missing = (WIDE, HIGH) - np.abs(apart)
        # They move along the way that is the shorter one, half each.
        upright = missing[:, 1] <= missing[:, 0]
        move = np.zeros_like(apart)
        sign = np.where(apart >= 0, 1.0, -1.0)
        move[upright, 1] = (sign * missing)[upright, 1]
        move[~upright, 0] = (sign * missing)[~upright, 0]
        np.add.at(place, pairs[:, 0], -move * 0.3)
        np.add.at(place, pairs[:, 1], move * 0.3)
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, place, strict=True)}


def sprung(names: list[str], edges: Iterable[tuple[str, str]]) -> dict[str, Point]:
    """Return points by forces: what is tied attracts, all else repels."""
    graph = rx.PyGraph(multigraph=False)
    numbers = dict(zip(names, graph.add_nodes_from(names), strict=True))
    joined = {(numbers[one], numbers[other]) for one, other in edges if one != other}
    graph.add_edges_from_no_data(sorted({(min(pair), max(pair)) for pair in joined}))
    found = rx.spring_layout(graph, num_iter=ROUNDS, seed=SEED)
    places = ((name, found[number]) for name, number in numbers.items())
    return {name: (float(x), float(y)) for name, (x, y) in places}


def too_near(place: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the pairs of points whose rooms overlap, found along one axis after the other."""
    order = np.argsort(place[:, 0], kind="stable")
    found = []
    for step in range(1, len(order)):
        first, second = order[:-step], order[step:]
        near = place[second, 0] - place[first, 0] < WIDE
        if not near.any():
            break
        both = near & (np.abs(place[second, 1] - place[first, 1]) < HIGH)
        found.append(np.column_stack((first[both], second[both])))
    return np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)


def packed(parts: Iterable[Mapping[str, Point]]) -> dict[str, Point]:
    """Return the points of parts put side by side, in rows."""
    found: dict[str, Point] = {}
    x = y = row = 0.0
    for part in parts:
        left, top = min(p[0] for p in part.values()), min(p[1] for p in part.values())
        width = max(p[0] for p in part.values()) - left
        height = max(p[1] for p in part.values()) - top
        if x and x + width > WIDEST:
            x, y, row = 0.0, y + row + GAP, 0.0
        for name, (one_x, one_y) in part.items():
            found[name] = (round(x + one_x - left, 1), round(y + one_y - top, 1))
        x, row = x + width + GAP * 1.6, max(row, height)
    return found
