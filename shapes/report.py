"""What the gate found, for a terminal, a browser, a program and a triple store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from shapes import page, rdf
from shapes.attribution import Finding
from shapes.engines import Result
from shapes.naming import constraint_name, path_name, short, value_name
from shapes.reading import ShapesGraph
from shapes.record import Record

# How many results of one shape in one graph are listed; all are counted.
LISTED = 100
# Longer values are left out: a report must stay readable.
LONGEST = 10_000
# How many of these the terminal shows.
SHOWN = 5
SEVERITIES = ("Violation", "Warning")


@dataclass(frozen=True)
class GraphSummary:
    """One graph that was judged."""

    visibility: str
    triples: int


@dataclass(frozen=True)
class Shortfall:
    """A shape that looked at fewer nodes than it must for its verdict to mean anything."""

    shape: str
    expected: int
    found: int


@dataclass(frozen=True)
class Tally:
    """All that one constraint of one shape finds wrong in one graph.

    ``conflict`` says that the graph is wrong only together with another one.
    """

    graph: str
    shape: str
    constraint: str
    severity: str
    conflict: bool
    count: int
    results: tuple[Result, ...]


@dataclass(frozen=True)
class Report:
    """The verdict of the gate.

    Not ``complete`` when there was too much to list: correct what is listed and judge again.
    ``public`` is the part that says nothing of graphs that not everyone may see; ``record`` is
    what the next examination starts from, None when there is too much to hold.
    """

    shapes: ShapesGraph
    graphs: Mapping[str, GraphSummary]
    tallies: tuple[Tally, ...]
    focus_nodes: Mapping[str, int]
    shortfalls: tuple[Shortfall, ...]
    complete: bool = True
    public: Report | None = None
    record: Record | None = None

    @property
    def blocked(self) -> set[str]:
        """The graphs that must not be published."""
        return {tally.graph for tally in self.tallies if tally.severity == "Violation"}

    @property
    def conforms(self) -> bool:
        """Whether everything may be published, and enough was looked at to say so."""
        return not self.blocked and not self.shortfalls

    def violations(self, graph: str) -> tuple[Result, ...]:
        """Return what stops a graph; no more than the first hundred per constraint."""
        return self._results(graph, "Violation")

    def warnings(self, graph: str) -> tuple[Result, ...]:
        """Return what is published about a graph without stopping it."""
        return self._results(graph, "Warning")

    def _results(self, graph: str, severity: str) -> tuple[Result, ...]:
        chosen = (t for t in self.tallies if (t.graph, t.severity) == (graph, severity))
        return tuple(result for tally in chosen for result in tally.results)

    def count(self, severity: str, graph: str | None = None) -> int:
        """Return how many results of a severity there are, in one graph or in all."""
        chosen = (t for t in self.tallies if t.severity == severity)
        return sum(t.count for t in chosen if graph in (None, t.graph))

    @cached_property
    def ordered_graphs(self) -> tuple[str, ...]:
        """The graphs, those with most to correct first."""
        return tuple(
            sorted(self.graphs, key=lambda g: (*(-self.count(s, g) for s in SEVERITIES), g))
        )

    def about(self, graph: str) -> tuple[Tally, ...]:
        """Return all that is wrong in one graph, errors first."""
        return tuple(entry for entry in self.tallies if entry.graph == graph)

    def as_text(self) -> str:
        """Return the report for a terminal."""
        return "\n".join(lines(self)) + "\n"

    def as_json(self) -> str:
        """Return the report for a program."""
        return json.dumps(structure(self), indent=2, ensure_ascii=False) + "\n"

    def as_html(self, lang: str) -> str:
        """Return the report as one HTML page that needs nothing else, in fr or en."""
        return page.render(self, lang)

    def as_turtle(self) -> str:
        """Return the report as a SHACL validation report."""
        return rdf.render(self)


Group = tuple[str, str, str, str, bool]


class Tallies:
    """Findings added up by graph and constraint, however many there are.

    What is added at once must be all findings, of all tiers, about the nodes that it is about:
    a finding of several tiers counts once.
    """

    def __init__(self, shapes: ShapesGraph) -> None:
        self.shapes = shapes
        self.counts: Counter[Group] = Counter()
        self.first: dict[Group, list[Result]] = {}

    def add(self, findings: Iterable[Finding]) -> None:
        """Add findings."""
        kept: dict[tuple[str, Result], bool] = {}
        for finding in findings:
            if finding.result.severity not in SEVERITIES:
                continue
            for graph in finding.graphs:
                key = graph, finding.result
                kept[key] = kept.get(key, True) and finding.conflict
        for (graph, result), conflict in kept.items():
            severity = "Warning" if conflict else result.severity
            group = (severity, graph, result.shape, result.constraint, conflict)
            self.counts[group] += 1
            first = self.first.setdefault(group, [])
            first.append(result)
            if len(first) > 10 * LISTED:
                self.first[group] = sorted(first, key=lambda one: one.place)[:LISTED]

    def tallies(self) -> tuple[Tally, ...]:
        """Return what was added, in order."""
        return tuple(self._tally(group) for group in sorted(self.counts))

    def _tally(self, group: Group) -> Tally:
        severity, graph, shape, constraint, conflict = group
        first = sorted(self.first[group], key=lambda result: result.place)[:LISTED]
        if self.shapes.hides_value(shape):
            first = [replace(result, value=None) for result in first]
        first = [r if len(r.value or "") <= LONGEST else replace(r, value=None) for r in first]
        return Tally(graph, shape, constraint, severity, conflict, self.counts[group], tuple(first))


def lines(report: Report) -> Iterator[str]:
    """Yield the lines of the report for a terminal."""
    stopped = len(report.blocked)
    yield (
        f"{len(report.graphs)} graphs, {sum(g.triples for g in report.graphs.values()):,} triples, "
        f"{len(report.focus_nodes)} shapes: {report.count('Violation'):,} violations, "
        f"{report.count('Warning'):,} warnings, {stopped} graphs stopped"
    )
    if not report.complete:
        yield (
            "INCOMPLETE  there are more results than can be held: all are counted, the first of "
            "each kind listed; correct these and judge again"
        )
    for shortfall in report.shortfalls:
        yield (
            f"NOT PROVED  {short(shortfall.shape)}: {shortfall.found} focus nodes, "
            f"at least {shortfall.expected} expected; give its class some data, or the shape "
            "gate:minimumFocusNodes 0 with a gate:reason"
        )
    for graph in report.ordered_graphs:
        if found := report.about(graph):
            state = "STOPPED" if graph in report.blocked else "published"
            yield f"\n{state}  {graph}"
            for entry in found:
                yield from tally_lines(entry)


def tally_lines(entry: Tally) -> Iterator[str]:
    """Yield the lines about one constraint in one graph."""
    first = entry.results[0]
    path = f" {path_name(first.path)}" if first.path else ""
    note = " (sources contradict each other)" if entry.conflict else ""
    yield (
        f"  {entry.severity.upper()}  {short(entry.shape)}{path}: "
        f"{constraint_name(entry.constraint, 'en')}, {entry.count:,} times{note}"
    )
    yield f"    {first.message_en}"
    for result in entry.results[:SHOWN]:
        yield f"    - {result.focus}" + (f"  {value_name(result.value)}" if result.value else "")
    if entry.count > SHOWN:
        yield f"    - and {entry.count - SHOWN:,} more"


def structure(report: Report) -> dict[str, object]:
    """Return the report as JSON objects."""
    return {
        "conforms": report.conforms,
        "complete": report.complete,
        "counts": Counter({s.lower(): report.count(s) for s in SEVERITIES}),
        "blocked": sorted(report.blocked),
        "graphs": [
            {"iri": iri, "visibility": graph.visibility, "triples": graph.triples}
            for iri, graph in report.graphs.items()
        ],
        "shapes": [
            {"iri": shape, "focus_nodes": found, "minimum": report.shapes.minimum(shape)}
            for shape, found in report.focus_nodes.items()
        ],
        "not_proved": [vars(shortfall) for shortfall in report.shortfalls],
        "findings": [finding(entry) for entry in report.tallies],
    }


def finding(entry: Tally) -> dict[str, object]:
    """Return one tally as a JSON object."""
    first = entry.results[0]
    return {
        "graph": entry.graph,
        "shape": entry.shape,
        "path": first.path,
        "constraint": entry.constraint,
        "severity": entry.severity,
        "conflict": entry.conflict,
        "count": entry.count,
        "message": {"fr": first.message_fr, "en": first.message_en},
        "results": [{"focus": r.focus, "value": r.value} for r in entry.results],
    }
