"""All that was found and counted, brought together to a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from shapes import engines
from shapes.attribution import Finding
from shapes.plan import BESIDE, Counted, Plan
from shapes.reading import ShapesGraph
from shapes.record import Record, digest
from shapes.report import GraphSummary, Report, Shortfall, Tallies


class Ledger:
    """Findings as they come, added up at once: all of them are kept only while they are few."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.whole, self.public = Tallies(plan.shapes), Tallies(plan.shapes)
        self.number = 0
        # All findings by tier, each in the lowest that has it, as long as they can be held.
        self.kept: dict[str, list[Finding]] = {tier: [] for tier in plan.tiers}

    def add(self, found: Mapping[int, list[Finding]]) -> None:
        """Add all findings about some nodes, by the number of the tier."""
        lower: set[Finding] = set()
        for level, findings in sorted(found.items()):
            tier = self.plan.tiers[level]
            if tier == "public":
                self.public.add(findings)
            new = [one for one in findings if one not in lower]
            lower.update(new)
            self.number += len(new)
            if self.complete:
                self.kept[tier] += new
        if not self.complete:
            self.kept.clear()
        self.whole.add(chain.from_iterable(found.values()))

    @property
    def complete(self) -> bool:
        """Whether all findings can be held."""
        return self.number < engines.LIMIT

    def report(self, counted: Counted, *, minimums: bool) -> Report:
        """Return the report."""
        plan = self.plan
        self.add_own(counted)
        focus_nodes = count_focus_nodes(counted, plan.shapes)
        judged = [g for g in sorted(plan.graphs) if g != BESIDE]
        whole = Report(
            shapes=plan.shapes,
            graphs={
                graph: GraphSummary(plan.visibility[plan.numbers[graph]], counted.triples[graph])
                for graph in judged
            },
            tallies=self.whole.tallies(),
            focus_nodes=focus_nodes,
            shortfalls=tuple(shortfalls(plan.shapes, focus_nodes)) if minimums else (),
            complete=self.complete,
        )
        record = self.record(counted, whole)
        return replace(whole, public=self.public_part(whole, counted), record=record)

    def record(self, counted: Counted, whole: Report) -> Record | None:
        """Return what the next examination can start from; None when there is too much of it."""
        if not self.complete or len(counted.own) >= engines.LIMIT:
            return None
        graphs = {graph: (one.visibility, one.triples) for graph, one in whole.graphs.items()}
        return Record(
            digest(self.plan.shapes), graphs, +counted.public, +counted.everything,
            {tier: tuple(found) for tier, found in self.kept.items()}, tuple(set(counted.own)),
        )  # fmt: skip

    def add_own(self, counted: Counted) -> None:
        """Add what the gate itself found."""
        own = [Finding(result, frozenset({graph})) for graph, result in counted.own]
        self.whole.add(own)
        seen = dict(zip(self.plan.graphs, self.plan.visibility, strict=True))
        self.public.add(f for f in own if all(seen[graph] == "public" for graph in f.graphs))

    def public_part(self, whole: Report, counted: Counted) -> Report:
        """Return what the report says when only public graphs were there."""
        graphs = {g: one for g, one in whole.graphs.items() if one.visibility == "public"}
        focus_nodes = {shape: counted.public[shape] for shape in whole.shapes.targeted}
        return replace(whole, graphs=graphs, tallies=self.public.tallies(), focus_nodes=focus_nodes)


def count_focus_nodes(counted: Counted, shapes: ShapesGraph) -> dict[str, int]:
    """Return how many nodes each shape looks at: in public graphs for shapes of that tier only."""
    core = set(shapes.core.targeted)
    return {
        shape: (counted.everything if shape in core else counted.public)[shape]
        for shape in shapes.targeted
    }


def shortfalls(shapes: ShapesGraph, focus_nodes: Mapping[str, int]) -> Iterator[Shortfall]:
    """Yield the shapes that looked at too little to have proved anything."""
    for shape, found in focus_nodes.items():
        if found < (expected := shapes.minimum(shape)):
            yield Shortfall(shape, expected, found)
