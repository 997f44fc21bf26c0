"""The build: every source to its graphs, through the gate, into a published release."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders import delivery, graphs, release, retention
from loaders.assembly import Assembly, add_statistics, assemble
from loaders.codes import CodeBook
from loaders.delivery import Delivery
from loaders.errors import LoadError
from loaders.graphs import BuiltDelivery
from loaders.source import sources
from ontology import DEFAULT_BASE
from queries.release import Home, Release, current
from shapes import gate

Progress = Callable[[str], None]


@dataclass
class Clock:
    """Seconds spent per stage, in the order of the stages."""

    tell: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage."""
        self.tell(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 2)


@dataclass(frozen=True)
class Outcome:
    """What a build published, and what it had to leave out.

    ``refused`` says for each source why its newest delivery is not published; ``report`` is
    the gate's report.
    """

    release: Release
    refused: Mapping[str, str]
    report: gate.Report
    seconds: Mapping[str, float]


def build(
    home: Home, base: str = DEFAULT_BASE, tell: Progress = lambda _: None,
    keep: int = retention.KEPT_RELEASES, before_swap: Callable[[Release], None] = lambda _: None,
) -> Outcome:  # fmt: skip
    """Build and publish a release from the newest deliveries of all sources.

    A delivery that violates the shapes is left out: what its source last published stays.
    Of older releases, so many are kept that there are ``keep`` with the new one.
    ``before_swap`` is done with the release when it is complete and not yet the current one.
    Raises LoadError when nothing can be published; the current release is then untouched.
    """
    release.sweep(home)
    clock = Clock(tell)
    with clock.stage("describe"):
        built = describe_all(home)
    refused: dict[str, str] = {}
    home.path.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=release.WORKING, dir=home.path) as working:
        with clock.stage("assemble"):
            assembly = assemble(Path(working), built, base)
        with clock.stage("check"):
            report = assembly.examine()
        while blocked := blocked_sources(assembly, report, refused):
            for name in blocked:
                refused[name] = fall_back(home, built, name)
            with clock.stage("assemble again"):
                assembly = assemble(Path(working), built, base)
            with clock.stage("check again"):
                report = assembly.examine()
        check_proof(report, refused)
        with clock.stage("count"):
            add_statistics(assembly)
        with clock.stage("publish"):
            published = release.Published(
                base, reports(report), counts(built), clock.seconds, built
            )
            ordered = sorted(assembly.graphs.values(), key=lambda graph: graph.iri)
            written = release.write(home, ordered, published)
            before_swap(written)
            release.publish(home, written)
    retention.prune(home, keep)
    return Outcome(written, refused, report, clock.seconds)


def describe_all(
    home: Home, candidates: Mapping[str, Delivery] | None = None, workshop: Home | None = None
) -> dict[str, BuiltDelivery]:
    """Describe the newest delivery of every source, or the candidate given for it.

    Candidates, and what is derived from them, are described in the workshop, so that nothing
    of them stays in the home.
    """
    candidates = candidates or {}
    book = CodeBook()
    built: dict[str, BuiltDelivery] = {}
    for source in sources().values():
        chosen = candidates.get(source.name) or next(iter(delivery.accepted(home, source)), None)
        if chosen is None:
            continue
        apart = source.derived or source.name in candidates
        place = workshop if workshop and apart else home
        inputs = graphs.readable(built.values()) if source.derived else ()
        built[source.name] = graphs.build(place, source, chosen, book, inputs)
        if source.bundled and (short := built[source.name].shortfalls):
            raise LoadError(f"{source.name}: {'; '.join(short)}")
        if source.codes:
            for graph in built[source.name].graphs:
                book.learn(graph.lines())
    return built


def blocked_sources(
    assembly: Assembly, report: gate.Report, refused: Mapping[str, str]
) -> set[str]:
    """Return the sources that the gate stops; LoadError when it stops what all others need."""
    names = {assembly.graphs[iri].source for iri in report.blocked}
    own = {name for name in names if name not in sources() or sources()[name].codes}
    again = names & refused.keys()
    if own or again:
        raise LoadError(
            f"the gate stops {', '.join(sorted(own | again))}, without which nothing can be "
            f"published; the current release stays\n{report.as_text()}"
        )
    return names


def check_proof(report: gate.Report, refused: Mapping[str, str]) -> None:
    """Refuse to publish when a shape found nothing to judge, unless its data were refused."""
    if report.shortfalls and not refused:
        lacking = ", ".join(short.shape.rpartition("#")[2] for short in report.shortfalls)
        raise LoadError(
            f"the gate judged nothing by {lacking}; give the class data, or the shape "
            "gate:minimumFocusNodes 0 with a gate:reason"
        )


def fall_back(home: Home, built: dict[str, BuiltDelivery], name: str) -> str:
    """Replace a refused delivery by what its source last published; say what was done."""
    published = current(home)
    kept = release.kept_source(published, name) if published else None
    if kept is None:
        del built[name]
        return "refused by the gate; nothing of this source is published yet"
    built[name] = kept
    periods = ", ".join(sorted({graph.period for graph in kept.graphs}))
    return f"refused by the gate; the delivery published before ({periods}) stays"


def reports(report: gate.Report) -> dict[str, dict[str, str]]:
    """Return the gate's report as the public may see it, and whole for partners."""
    return {"public": report_files(report.public or report), "partner": report_files(report)}


def report_files(report: gate.Report) -> dict[str, str]:
    """Return the gate's report in all its forms, by file name."""
    return {
        "report.txt": report.as_text(),
        "report.html": report.as_html("en"),
        "report.fr.html": report.as_html("fr"),
        "report.ttl": report.as_turtle(),
        "report.json": report.as_json(),
    }


def counts(built: Mapping[str, BuiltDelivery]) -> dict[str, object]:
    """Return what the release holds, by class and by source."""
    return {
        "classes": dict(sorted(graphs.counted(built.values()).items())),
        "rows": {name: delivered.rows for name, delivered in built.items()},
        "remarks": {name: list(d.remarks) for name, d in built.items() if d.remarks},
    }


def is_published(home: Home, accepted: Delivery) -> bool:
    """Tell whether the current release holds a delivery as it was accepted."""
    published = current(home)
    return published is not None and any(
        graph.source == accepted.source
        and (graph.model_extra or {}).get("input_digest") == accepted.digest
        for graph in published.graphs
    )


def check(home: Home, tell: Progress = lambda _: None) -> gate.Report:
    """Put the newest deliveries of all sources through the gate and return its report."""
    tell("describe")
    built = describe_all(home)
    with TemporaryDirectory(prefix=release.WORKING, dir=home.path) as folder:
        tell("assemble")
        assembly = assemble(Path(folder), built, DEFAULT_BASE)
        tell("check")
        return assembly.examine()
