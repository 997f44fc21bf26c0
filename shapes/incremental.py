"""A release examined by what changed since its parent: the same report as by looking at it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Store

from shapes import census, load
from shapes.attribution import Finding
from shapes.facts import Change, Facts, Lines, Remembered, Some, Statement, Together, View
from shapes.gate import NO_DATA, check_visibility
from shapes.ledger import Ledger
from shapes.neighbourhood import TooManyError, collect, readers
from shapes.part import Tier, judge_nodes
from shapes.plan import Counted, Plan
from shapes.reach import SUBCLASS, reach
from shapes.reading import ShapesError, ShapesGraph
from shapes.record import Record, digest
from shapes.report import Report
from shapes.targets import targets

# So many nodes are judged again at most: beyond, looking at everything is not slower.
MOST = 200_000


class FullExaminationNeeded(Exception):  # noqa: N818 - it is no error: the caller examines it all
    """What changed cannot be judged alone; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Served:
    """The graphs of a release: the store of its partner tier, and the files that no store has.

    ``confidential`` gives the N-Triples file of each confidential graph.
    """

    store: Store
    confidential: Mapping[str, Path] = field(default_factory=dict)

    def hidden(self) -> Lines:
        """Return the confidential graphs in memory."""
        return Lines(
            Statement(graph, *parts)
            for graph in sorted(self.confidential)
            for parts in census.statements(self.confidential[graph])
        )

    def view(self, graphs: Iterable[str], hidden: Lines) -> View:
        """Return graphs taken together with the hidden ones, remembering what was looked up."""
        stored = Facts(self.store, set(graphs) - self.confidential.keys())
        return Remembered(Together((stored, hidden)))


def examine_changes(
    former: Record, changes: Mapping[str, Change], visibility: Mapping[str, str],
    before: Served, after: Served, *, shapes: ShapesGraph | None = None, minimums: bool = True,
) -> Report:  # fmt: skip
    """Judge the graphs of a release from what was found in its parent and from what changed.

    ``changes`` are those of every graph that changed, came or went; ``visibility`` is that of
    all graphs that there are now. The report is the one that ``gate.examine`` would give.
    FullExaminationNeeded says that it must be asked; ShapesError what cannot be judged at all.
    """
    shapes = shapes or load()
    check_visibility(dict.fromkeys(visibility, Path()), visibility)
    check_comparable(former, changes, visibility, shapes)
    seen = tuple(visibility[graph] for graph in sorted(visibility))
    plan = Plan(tuple(sorted(visibility)), seen, shapes)
    hidden = before.hidden()
    # Most times nothing of them changed: what is large is then read once.
    shown = hidden if after.confidential == before.confidential else after.hidden()
    views = before.view(former.graphs, hidden), after.view(visibility, shown)
    review = Review(former, plan, changes, *views)
    try:
        with TemporaryDirectory(prefix="maillage-") as folder:
            return review.report(Path(folder) / "neighbourhood.nt", minimums=minimums)
    except TooManyError:
        raise FullExaminationNeeded(f"more than {MOST:,} nodes are concerned") from None


def check_comparable(
    former: Record, changes: Mapping[str, Change], visibility: Mapping[str, str],
    shapes: ShapesGraph,
) -> None:  # fmt: skip
    """Refuse to start from what was found when it was found by other rules."""
    if former.digest != digest(shapes):
        raise FullExaminationNeeded("the shapes, the vocabulary or the engine changed")
    for graph in former.graphs.keys() | visibility.keys():
        seen, _triples = former.graphs.get(graph, ("", 0))
        now = visibility.get(graph, "")
        if seen != now and graph not in changes:
            raise FullExaminationNeeded(f"what came or went with {graph} is not given")
        if seen and now and seen != now:
            raise FullExaminationNeeded(f"{graph} has another visibility")
    if {seen for seen, _triples in former.graphs.values()} != set(visibility.values()):
        raise FullExaminationNeeded("other tiers of visibility are served")
    for graph, change in changes.items():
        check_followable(graph, change)


def check_followable(graph: str, change: Change) -> None:
    """Refuse changes whose effects cannot be found from the nodes that they are about."""
    for one in change.statements(graph):
        if one.predicate == SUBCLASS:
            raise FullExaminationNeeded(f"{graph} places classes below others")
        if one.subject.startswith(b"_:") or one.object.startswith(b"_:"):
            raise FullExaminationNeeded(f"{graph} has blank nodes, which no store finds again")


class Review:
    """What was found before, brought up to date."""

    def __init__(
        self, former: Record, plan: Plan, changes: Mapping[str, Change], before: View, after: View
    ) -> None:
        self.former, self.plan, self.changes = former, plan, changes
        self.before, self.after = before, after
        seen = {graph: visibility for graph, (visibility, _) in former.graphs.items()}
        self.seen = seen | dict(zip(plan.graphs, plan.visibility, strict=True))
        self.changed = [
            one for graph, change in changes.items() for one in change.statements(graph)
        ]
        self.subjects = {one.subject for one in self.changed}

    def report(self, file: Path, *, minimums: bool) -> Report:
        """Return the report on all graphs as they are now."""
        ledger = Ledger(self.plan)
        ledger.add({level: self.findings(level, file) for level in range(len(self.plan.tiers))})
        counted = self.counted()
        if not counted.triples.total():
            raise ShapesError([NO_DATA])
        return ledger.report(counted, minimums=minimums)

    def findings(self, level: int, file: Path) -> list[Finding]:
        """Return what is wrong in a tier: anew for the nodes whose shapes read what changed."""
        rules, members = self.plan.rules(level), self.plan.members(level)
        far = reach(rules)
        tiers = self.plan.tiers[: level + 1]
        served = {graph for graph, visibility in self.seen.items() if visibility in tiers}
        old, new = Some(self.before, served), Some(self.after, served)
        changed = [one for one in self.changed if one.graph in served]
        nodes = readers(changed, old, far, MOST) | readers(changed, new, far, MOST)
        kept = self.former.findings.get(self.plan.tiers[level], ())
        gone = {node.decode()[1:-1] for node in nodes}
        found = [finding for finding in kept if finding.result.focus not in gone]
        again = nodes if level == 0 else self.served_more(nodes, new, level)
        if again:
            tier = Tier(rules, far, targets(self.plan.shapes), members)
            found += judge_nodes(again, new, tier, file)
        return found

    def served_more(self, nodes: set[bytes], view: View, level: int) -> set[bytes]:
        """Return the nodes that a tier lets the shapes read more of than the tier below."""
        far = reach(self.plan.rules(level))
        own = {
            one
            for one in collect(nodes, view, far)
            if self.seen[one.graph] == self.plan.tiers[level]
        }
        return nodes & readers(own, view, far, MOST)

    def counted(self) -> Counted:
        """Return the counts of the parent with what the changed subjects make different."""
        former, aims = self.former, targets(self.plan.shapes)
        counted = Counted.nothing()
        for graph in self.plan.graphs:
            change = self.changes.get(graph, Change())
            _seen, triples = former.graphs.get(graph, ("", 0))
            counted.triples[graph] = triples + len(change.added) - len(change.removed)
        counted.public.update(former.public)
        counted.everything.update(former.everything)
        gone = {node.decode()[1:-1] for node in self.subjects}
        counted.own = [one for one in former.own if one[1].focus not in gone]
        for node in sorted(self.subjects):
            self.recount(counted, list(self.before.of(node)), -1)
            said = list(self.after.of(node))
            self.recount(counted, said, 1)
            counted.own += census.results_of(node, said, aims)
        return counted

    def recount(self, counted: Counted, said: list[Statement], sign: int) -> None:
        """Add or take away one node, of which all is given, where shapes look at it."""
        aims = targets(self.plan.shapes)
        public = [one for one in said if self.seen[one.graph] == "public"]
        for tally, some in ((counted.public, public), (counted.everything, said)):
            for shape in aims.names(aims.bits(some, aims.classes)):
                tally[shape] += sign
