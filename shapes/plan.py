"""What is judged together: the graphs of a release in their tiers, and what is counted of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from shapes import census
from shapes.census import CONTEXT, PUBLIC, RESTRICTED, Segment, Sweep
from shapes.engines import Engine, Result
from shapes.reading import ShapesGraph
from shapes.targets import targets

# The tiers of visibility, each of which serves its own graphs and those of the tiers before it.
TIERS = ("public", "partner", "confidential")
# The graph of what is read beside the graphs that are judged.
BESIDE = ""


@dataclass(frozen=True)
class Plan:
    """What is judged: the graphs in order, and the tiers that serve any, lowest first.

    A graph without a visibility is context: served by all tiers, and judged as nobody's.
    """

    graphs: tuple[str, ...]
    visibility: tuple[str, ...]
    shapes: ShapesGraph
    engine: Engine = "compiled"

    @cached_property
    def tiers(self) -> tuple[str, ...]:
        """The tiers that serve graphs of their own."""
        return tuple(tier for tier in TIERS if tier in self.visibility)

    def level(self, graph: int) -> int:
        """Return the number of the lowest tier that serves a graph."""
        visibility = self.visibility[graph]
        return self.tiers.index(visibility) if visibility else 0

    def circle(self, graph: int) -> int:
        """Return whose statements those of a graph are."""
        visibility = self.visibility[graph]
        return (PUBLIC if visibility == "public" else RESTRICTED) if visibility else CONTEXT

    def rules(self, level: int) -> ShapesGraph:
        """Return the shapes that hold in a tier."""
        return self.shapes if self.tiers[level] == "public" else self.shapes.core

    def members(self, level: int) -> list[str]:
        """Return the graphs that a tier serves."""
        pairs = zip(self.graphs, self.visibility, strict=True)
        served = self.tiers[: level + 1]
        return [graph for graph, visibility in pairs if visibility in served]

    def segment(self, graph: int, data: bytes) -> Segment:
        """Return lines of a graph as a segment."""
        return Segment(graph, self.level(graph), self.circle(graph), data)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The numbers of the graphs."""
        return {graph: number for number, graph in enumerate(self.graphs)}


@dataclass
class Counted:
    """What adds up over parts: triples by graph, focus nodes by shape, and own results.

    ``public`` counts focus nodes as the public graphs make them, ``everything`` as all do.
    """

    triples: Counter[str]
    public: Counter[str]
    everything: Counter[str]
    own: list[tuple[str, Result]]

    @classmethod
    def nothing(cls) -> Counted:
        """Return what is counted where there is nothing."""
        return cls(Counter(), Counter(), Counter(), [])

    def add(self, other: Counted) -> None:
        """Add what was counted in another part."""
        self.triples += other.triples
        self.public += other.public
        self.everything += other.everything
        self.own += other.own


def count(found: Sweep, plan: Plan) -> Counted:
    """Return what a pass over the lines of a part adds to the counts."""
    aims = targets(plan.shapes)
    public: Counter[int] = Counter()
    everything: Counter[int] = Counter()
    for seen in found.subjects.values():
        public[seen.circles[PUBLIC]] += 1
        everything[seen.circles[PUBLIC] | seen.circles[RESTRICTED]] += 1
    names = list(plan.graphs)
    own = [one for one in census.own_results(found, aims, names) if one[0] != BESIDE]
    triples = Counter({names[n]: lines for n, lines in found.triples.items()})
    return Counted(triples, aims.counted(public), aims.counted(everything), own)
