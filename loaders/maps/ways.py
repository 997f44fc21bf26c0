"""The ways between boxes in rows: along the channels between rows, through the gaps in rows.

Each way has a track of its own, so that no two lie on each other; the channels and gaps are made
as wide as their tracks need.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from queries.maps.stored import Box, Point

Pair = tuple[str, str]
# Between ties of one way, between ways, and from the outermost of them to a box.
LANE, APART, AWAY = 2.4, 9.0, 22.0
GAP = 34.0


@dataclass
class Route:
    """The way of one pair: the gap by which it passes each row between its ends."""

    pair: Pair
    wide: float
    upper: int
    lower: int
    gaps: list[int] = field(default_factory=list)


class Plan:
    """Where boxes go, and the ways between them."""

    def __init__(
        self, rows: Sequence[Sequence[str]], sizes: Mapping[str, tuple[float, float]],
        pairs: Mapping[Pair, int],
    ) -> None:  # fmt: skip
        self.rows, self.sizes = rows, sizes
        self.row_of = {name: number for number, row in enumerate(rows) for name in row}
        guess = packed(rows, sizes, {})
        self.middle = {name: guess[name] + sizes[name][0] / 2 for row in rows for name in row}
        self.routes = [self.route(pair, lines) for pair, lines in sorted(pairs.items())]
        used: dict[tuple[int, int], float] = defaultdict(float)
        for route in self.routes:
            for row, gap in zip(range(route.upper + 1, route.lower), route.gaps, strict=True):
                used[row, gap] += route.wide + APART
        self.left = packed(rows, sizes, used)
        self.gap_at = gaps_of(rows, sizes, self.left, used)
        self.tracks, self.heights = self.channel_tracks()
        self.corners = self.placed()

    def route(self, pair: Pair, lines: int) -> Route:
        """Return which gaps a way takes: in each row, the one nearest to the straight line."""
        first, last = pair
        upper, lower = self.row_of[first], self.row_of[last]
        found = Route(pair, (lines - 1) * LANE, upper, lower)
        for row in range(upper + 1, lower):
            share = (row - upper) / (lower - upper)
            wanted = self.middle[first] + share * (self.middle[last] - self.middle[first])
            edges = self.edges(row)
            found.gaps.append(
                min(range(len(edges)), key=lambda gap: (abs(edges[gap] - wanted), gap))
            )
        return found

    def edges(self, row: int) -> list[float]:
        """Return about where the gaps of a row are, those at its sides included."""
        names = self.rows[row]
        lefts = [self.middle[name] - self.sizes[name][0] / 2 for name in names]
        rights = [self.middle[name] + self.sizes[name][0] / 2 for name in names]
        between = [(right + left) / 2 for right, left in zip(rights, lefts[1:], strict=False)]
        return [lefts[0] - GAP, *between, rights[-1] + GAP]

    def channel_tracks(self) -> tuple[dict[tuple[Pair, int], float], dict[int, float]]:
        """Return how deep in each channel each way runs, and how high each channel is.

        Ways that go far lie outermost: their ends then cross fewer of the others.
        """
        users: dict[int, list[Route]] = defaultdict(list)
        for route in self.routes:
            for channel in channels(route):
                users[channel].append(route)
        tracks: dict[tuple[Pair, int], float] = {}
        heights: dict[int, float] = {}
        for channel, routes in users.items():
            levels: list[list[tuple[float, float]]] = []
            depth, wide = [AWAY], list[float]()
            ordered = sorted(routes, key=lambda one: (self.side(one), self.reach(one), one.pair))
            level_of: dict[Pair, int] = {}
            for route in ordered:
                span = self.span(route, channel)
                level = next(
                    (n for n, spans in enumerate(levels) if clear(span, spans)), len(levels)
                )
                if level == len(levels):
                    levels.append([])
                    wide.append(0.0)
                levels[level].append(span)
                wide[level] = max(wide[level], route.wide)
                level_of[route.pair] = level
            for one in wide:
                depth.append(depth[-1] + one + APART)
            for pair, level in level_of.items():
                tracks[pair, channel] = depth[level] + wide[level] / 2
            heights[channel] = depth[-1] + AWAY - APART
        return tracks, heights

    def span(self, route: Route, channel: int) -> tuple[float, float]:
        """Return from where to where a way runs along a channel, about."""
        first, last = route.pair
        stops = [self.middle[first]]
        stops += [
            self.gap_at[row, gap]
            for row, gap in zip(range(route.upper + 1, route.lower), route.gaps, strict=True)
        ]
        stops.append(self.middle[last])
        place = channel - route.upper
        ends = sorted((stops[place], stops[place + 1]))
        # Ports and tracks lie beside the middle of their box or gap.
        return ends[0] - self.half(first), ends[1] + self.half(last)

    def half(self, name: str) -> float:
        """Return how far from the middle of a box a way may leave it."""
        return min(self.sizes[name][0] / 2, 160.0)

    def side(self, route: Route) -> bool:
        """Tell ways to the right, which come below those to the left."""
        return self.middle[route.pair[0]] <= self.middle[route.pair[1]]

    def reach(self, route: Route) -> float:
        """Return by how far a way goes where it is in the order of its channel."""
        far = abs(self.middle[route.pair[0]] - self.middle[route.pair[1]])
        return far if self.side(route) else -far

    def placed(self) -> dict[str, Point]:
        """Return the corner of each box."""
        found: dict[str, Point] = {}
        y = 0.0
        for number, row in enumerate(self.rows):
            for name in row:
                found[name] = (self.left[name], y)
            y += max(self.sizes[name][1] for name in row) + self.heights.get(number, 2 * AWAY)
        return found

    def ways(self, boxes: Mapping[str, Box]) -> dict[Pair, tuple[Point, ...]]:
        """Return the corners of each way, from the upper box to the lower."""
        ports = self.ports(boxes)
        return {route.pair: tuple(self.way(route, ports)) for route in self.routes}

    def ports(self, boxes: Mapping[str, Box]) -> dict[tuple[Pair, str], Point]:
        """Return where each way leaves its boxes: side by side, in the order of where they go."""
        sides: dict[tuple[str, bool], list[tuple[float, Route]]] = defaultdict(list)
        for route in self.routes:
            first, last = route.pair
            below = route.upper < route.lower
            sides[first, True].append((self.middle[last], route))
            sides[last, not below].append((self.middle[first], route))
        found: dict[tuple[Pair, str], Point] = {}
        for (name, bottom), listed in sides.items():
            box = boxes[name]
            ordered = [route for _x, route in sorted(listed, key=lambda one: (one[0], one[1].pair))]
            room = sum(route.wide for route in ordered)
            step = min(26.0, (box.width - 36 - room) / max(len(ordered), 1))
            x = box.x + box.width / 2 - (room + step * (len(ordered) - 1)) / 2
            for route in ordered:
                at = (x + route.wide / 2, box.y + (box.height if bottom else 0.0))
                found[route.pair, name] = at
                x += route.wide + step
        return found

    def way(self, route: Route, ports: Mapping[tuple[Pair, str], Point]) -> list[Point]:
        """Return the corners of one way."""
        first, last = route.pair
        start, end = ports[route.pair, first], ports[route.pair, last]
        corners = [start]
        x = start[0]
        for row, channel in enumerate(channels(route), route.upper + 1):
            y = self.channel_top(channel) + self.tracks[route.pair, channel]
            gap = row - route.upper - 1
            following = (
                self.gap_track(route, row, route.gaps[gap]) if gap < len(route.gaps) else end[0]
            )
            corners += [(x, y), (following, y)]
            x = following
        return [(round(x, 1), round(y, 1)) for x, y in [*corners, end]]

    def channel_top(self, channel: int) -> float:
        """Return where a channel begins: below the highest box of its row."""
        row = self.rows[channel]
        return self.corners[row[0]][1] + max(self.sizes[name][1] for name in row)

    def gap_track(self, route: Route, row: int, gap: int) -> float:
        """Return where in a gap a way runs."""
        x = self.gap_at[row, gap]
        for other in self.routes:
            place = row - other.upper - 1
            if 0 <= place < len(other.gaps) and other.gaps[place] == gap:
                if other is route:
                    return x + route.wide / 2
                x += other.wide + APART
        return x


def clear(span: tuple[float, float], others: Sequence[tuple[float, float]]) -> bool:
    """Tell whether a stretch lies beside some others."""
    return all(span[1] < one[0] or one[1] < span[0] for one in others)


def channels(route: Route) -> range:
    """Return the channels, numbered by the row above, along which a way runs."""
    return range(route.upper, max(route.lower, route.upper + 1))


def packed(
    rows: Sequence[Sequence[str]], sizes: Mapping[str, tuple[float, float]],
    used: Mapping[tuple[int, int], float],
) -> dict[str, float]:  # fmt: skip
    """Return where each box begins, the rows being centred on one line."""
    found: dict[str, float] = {}
    for number, row in enumerate(rows):
        wide = sum(sizes[name][0] for name in row)
        wide += sum(GAP + used.get((number, gap), 0.0) for gap in range(1, len(row)))
        x = -wide / 2
        for place, name in enumerate(row):
            found[name] = x
            x += sizes[name][0] + GAP + used.get((number, place + 1), 0.0)
    return found


def gaps_of(
    rows: Sequence[Sequence[str]], sizes: Mapping[str, tuple[float, float]],
    left: Mapping[str, float], used: Mapping[tuple[int, int], float],
) -> dict[tuple[int, int], float]:  # fmt: skip
    """Return where the first track of each gap is."""
    found: dict[tuple[int, int], float] = {}
    for number, row in enumerate(rows):
        found[number, 0] = left[row[0]] - GAP / 2 - used.get((number, 0), 0.0)
        for place, name in enumerate(row, 1):
            found[number, place] = left[name] + sizes[name][0] + GAP / 2 + APART / 2
    return found
