"""One part of a release examined: its subjects, and all that their shapes read elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shapes import census, engines, judging, neighbourhood
from shapes.attribution import Finding, as_said, attribute
from shapes.census import Segment, Sweep
from shapes.engines import Result
from shapes.facts import Lines, Statement, View, statement
from shapes.plan import BESIDE, Plan
from shapes.reach import SUBCLASS, Place, Reach, reach
from shapes.reading import ShapesGraph
from shapes.spreading import Slice, owner, using
from shapes.targets import Targets, targets

# A node at the place, by number, at which shapes look at it.
Spot = tuple[int, bytes]


@dataclass(frozen=True)
class Answer:
    """What the shapes read at a spot, and where they read on."""

    statements: tuple[Statement, ...]
    onward: tuple[Spot, ...]


@dataclass(frozen=True)
class Cut:
    """Where the lines of one of several parts are.

    ``own`` are those of its subjects, ``towards`` those by which shapes walk from them to other
    subjects; ``subclasses`` are the statements with rdfs:subClassOf of all parts.
    """

    number: int
    parts: int
    own: tuple[Slice, ...]
    towards: tuple[Slice, ...]
    subclasses: tuple[Statement, ...]


@dataclass(frozen=True)
class Part:
    """One part, read as it is needed."""

    plan: Plan
    cut: Cut

    @cached_property
    def reach(self) -> Reach:
        """How far the shapes of all tiers look."""
        return reach(self.plan.shapes)

    @cached_property
    def aims(self) -> Targets:
        """The targets of the shapes of all tiers."""
        return targets(self.plan.shapes)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The lines of the subjects of this part."""
        return tuple(self.plan.segment(one.graph, one.read()) for one in self.cut.own)

    @cached_property
    def arriving(self) -> dict[tuple[bytes, bytes], list[Statement]]:
        """The statements that are walked backwards, by predicate and object."""
        found: dict[tuple[bytes, bytes], list[Statement]] = {}
        read = ((one.graph, one.read()) for one in self.cut.towards)
        for graph, data in (*((s.graph, s.data) for s in self.segments), *read):
            for one in using(data, self.plan.graphs[graph], self.reach.backwards):
                found.setdefault((one.predicate, one.object), []).append(one)
        return found

    def sweep(self) -> Sweep:
        """Pass once over the lines."""
        # What shapes see in the lowest tier depends on the classes above that it knows.
        lowest = [one for one in self.cut.subclasses if self.level(one) == 0]
        return census.sweep(self.segments, self.aims, self.aims.inherited(lowest), self.reach)

    def wanted(self, found: Sweep) -> list[Spot]:
        """Return the spots that the shapes come to and that the own lines do not answer."""
        spots: list[Spot] = []
        for number, nodes in found.wanted.items():
            missing = nodes if deep(self.reach.places[number]) else nodes - found.subjects.keys()
            spots += [(number, node) for node in missing if not node.startswith(b'"')]
        for name, place in self.reach.focus.backward.items():
            if place.leads_on:
                for (predicate, _), some in self.arriving.items():
                    spots += [(place.number, s.subject) for s in some if predicate == name]
        return spots

    def answer(self, spots: Iterable[Spot]) -> dict[Spot, Answer]:
        """Return what the shapes read at spots whose nodes are in this part."""
        asked = list(spots)
        known: dict[bytes, list[Statement]] = {}
        for one in self.statements_of({node for _, node in asked}):
            known.setdefault(one.subject, []).append(one)
        return {spot: self._answer(spot, known.get(spot[1], ())) for spot in asked}

    def _answer(self, spot: Spot, said: Iterable[Statement]) -> Answer:
        place, node = self.reach.places[spot[0]], spot[1]
        read = [one for one in said if one.predicate in place.forward]
        onward = [(place.forward[one.predicate], one.object) for one in read]
        for name, further in place.backward.items():
            come = self.arriving.get((name, node), [])
            read += come
            onward += [(further, one.subject) for one in come]
        return Answer(
            tuple(read),
            tuple((p.number, n) for p, n in onward if p.leads_on and not n.startswith(b'"')),
        )

    def statements_of(self, nodes: set[bytes]) -> Iterator[Statement]:
        """Yield the statements of some subjects."""
        for segment in self.segments:
            graph = self.plan.graphs[segment.graph]
            for line in segment.data.split(b"\n"):
                if line[: line.find(b" ")] in nodes:
                    yield statement(graph, line)

    def level(self, one: Statement) -> int:
        """Return the number of the lowest tier that serves a statement."""
        return self.plan.level(self.plan.numbers[one.graph])

    def judge(
        self, focus: Mapping[bytes, int], answers: Mapping[Spot, Answer], folder: Path
    ) -> dict[int, list[Finding]]:
        """Return what is wrong, by the number of the tier, with the nodes of this part.

        Every focus node of the lowest tier is judged; in a higher tier, those of which its own
        graphs say something, or let the shapes read something more.
        """
        if self.plan.engine == "reference":
            return {n: self._by_reference(n, folder) for n in range(len(self.plan.tiers))}
        extra = [one for answer in answers.values() for one in answer.statements]
        extra += self.cut.subclasses
        come = [one for some in self.arriving.values() for one in some]
        file = folder / f"part-{self.cut.number}.nt"
        with file.open("wb") as stream:
            for segment in self.segments:
                if segment.level == 0:
                    stream.write(segment.data)
            stream.writelines({o.line for o in (*extra, *come) if self.level(o) == 0})
        rules = self.plan.rules(0)
        results = list(judging.judge(file, focus, rules, self.aims))
        findings = {0: self._attributed(results, 0, rules)}
        for level in range(1, len(self.plan.tiers)):
            nodes = Higher(self, answers, level).nodes()
            served = [one for one in (*extra, *come) if self.level(one) <= level]
            findings[level] = self._judge_again(nodes, served, level, file) if nodes else []
        file.unlink()
        return findings

    def _by_reference(self, level: int, folder: Path) -> list[Finding]:
        file, rules = folder / "whole.nt", self.plan.rules(level)
        with file.open("wb") as stream:
            stream.writelines(one.data for one in self.segments if one.level <= level)
        return self._attributed(engines.validate(file, rules, "reference").results, level, rules)

    def _judge_again(
        self, nodes: set[bytes], extra: list[Statement], level: int, file: Path
    ) -> list[Finding]:
        rules = self.plan.rules(level)
        far = reach(rules)
        own = [one for one in self.statements_of(nodes) if self.level(one) <= level]
        near = {one.object for one in own} - nodes
        own += (one for one in self.statements_of(near) if self.level(one) <= level)
        view = Lines({*own, *extra})
        return judge_nodes(nodes, view, Tier(rules, far, self.aims, self.plan.members(level)), file)

    def _attributed(
        self, results: Sequence[Result], level: int, rules: ShapesGraph
    ) -> list[Finding]:
        members = set(self.plan.members(level))
        said: dict[str, list[Statement]] = {}
        if results:
            for one in self.statements_of({f"<{r.focus}>".encode() for r in results}):
                if one.graph in members:
                    said.setdefault(one.subject.decode()[1:-1], []).append(one)
        told = {focus: as_said(some) for focus, some in said.items()}
        return list(attribute(results, told, members, rules))


def subjects(segment: Segment) -> Iterator[bytes]:
    """Yield the subject of each line."""
    return (line.partition(b" ")[0] for line in segment.data.split(b"\n")[:-1])


def deep(place: Place) -> bool:
    """Tell whether more is read from a place on than what is said of its node."""
    return bool(place.backward) or any(below.leads_on for below in place.forward.values())


@dataclass(frozen=True)
class Tier:
    """What nodes are judged by in a tier: its shapes, how far they look, and its graphs."""

    rules: ShapesGraph
    reach: Reach
    aims: Targets
    graphs: Sequence[str]


def judge_nodes(nodes: set[bytes], view: View, tier: Tier, file: Path) -> list[Finding]:
    """Return what is wrong with some nodes, from all that a view says; the file is overwritten."""
    read = neighbourhood.collect(nodes, view, tier.reach)
    judging.write(file, (one.line for one in read))
    inherited = tier.aims.inherited(view.using(SUBCLASS))
    focus = {node: tier.aims.bits(view.of(node), inherited) for node in sorted(nodes)}
    results = list(judging.judge(file, focus, tier.rules, tier.aims))
    told = {
        result.focus: as_said(one for one in view.of(node) if one.graph != BESIDE)
        for result in results
        for node in (f"<{result.focus}>".encode(),)
    }
    return list(attribute(results, told, tier.graphs, tier.rules))


@dataclass(frozen=True)
class Higher:
    """Which nodes of a part a higher tier says something new of, or to their shapes."""

    part: Part
    answers: Mapping[Spot, Answer]
    level: int

    def nodes(self) -> set[bytes]:
        """Return the nodes that must be judged again."""
        part, found = self.part, set[bytes]()
        if any(part.level(one) == self.level for one in part.cut.subclasses):
            return {node for segment in part.segments for node in subjects(segment)}
        touched = self.touched()
        for one in self.added():
            found.add(one.subject)
            for place in part.reach.places:
                if not deep(place) and one.predicate in place.forward:
                    touched.add((place.number, one.subject))
        for name, place in part.reach.focus.backward.items():
            for (predicate, node), some in part.arriving.items():
                if predicate == name and any(
                    self.new(one) or (place.number, one.subject) in touched for one in some
                ):
                    found.add(node)
        return {n for n in found | self.speakers(touched)
                if owner(n, part.cut.parts) == part.cut.number}  # fmt: skip

    def new(self, one: Statement) -> bool:
        """Tell whether a statement is new in this tier, or nobody's and so blamed on all."""
        return self.part.level(one) == self.level or one.graph == BESIDE

    def added(self) -> Iterator[Statement]:
        """Yield the own statements that are new in this tier."""
        for segment in self.part.segments:
            graph = self.part.plan.graphs[segment.graph]
            if segment.level == self.level or graph == BESIDE:
                for line in segment.data.split(b"\n")[:-1]:
                    yield statement(graph, line)

    def touched(self) -> set[Spot]:
        """Return the spots from which something new is read."""
        above: dict[Spot, list[Spot]] = {}
        for spot, answer in self.answers.items():
            for further in answer.onward:
                above.setdefault(further, []).append(spot)
        ahead = [s for s, answer in self.answers.items() if any(map(self.new, answer.statements))]
        found: set[Spot] = set()
        while ahead:
            spot = ahead.pop()
            if spot not in found:
                found.add(spot)
                ahead.extend(above.get(spot, ()))
        return found

    def speakers(self, touched: set[Spot]) -> set[bytes]:
        """Return the subjects whose shapes come to spots by their own statements."""
        forward = self.part.reach.focus.forward
        aimed: dict[bytes, set[bytes]] = {}
        for name, place in forward.items():
            if nodes := {node for number, node in touched if number == place.number}:
                aimed[name] = nodes
        if not aimed:
            return set()
        found = set()
        for segment in self.part.segments:
            for line in segment.data.split(b"\n")[:-1]:
                subject, predicate, value = line.split(b" ", 2)
                if value[:-2] in aimed.get(predicate, ()):
                    found.add(subject)
        return found
