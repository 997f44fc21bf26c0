"""The build: every source to its graphs, through the gate, into a published release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.building import gathering, holdings, release, retention
from loaders.building.gathering import Candidate, Clock, Progress, Workshop
from loaders.building.making import make
from loaders.building.release import Making
from loaders.delivery import Delivery
from loaders.description import graphs
from loaders.description.graphs import BuiltDelivery
from loaders.errors import LoadError, SourceError
from loaders.records.source import find, sources
from ontology import DEFAULT_BASE
from queries.release import Home, Release, ReleaseError, current
from shapes import gate


@dataclass(frozen=True)
class Outcome:
    """What a build published, and what it had to leave out.

    ``refused`` says for each source why its newest delivery is not published; ``report`` is
    the gate's report; ``partly`` that only what differs from the parent release was judged.
    """

    release: Release
    refused: Mapping[str, str]
    report: gate.Report
    seconds: Mapping[str, float]
    partly: bool = False


@dataclass(frozen=True)
class Publishing:
    """How a release is published.

    Of older releases, so many are kept that there are ``keep`` with the new one. ``before_swap``
    is done with the release when it is complete and not yet the current one.
    """

    keep: int = retention.KEPT_RELEASES
    before_swap: Callable[[Release], None] = lambda _: None


@dataclass(frozen=True)
class Judged:
    """A release in the making that may be published, and what had to be left out of it."""

    making: Making
    built: Mapping[str, BuiltDelivery]
    refused: Mapping[str, str]


@contextmanager
def workshop(
    home: Home, base: str, tell: Progress, *, anew: bool = False, publishes: bool = True
) -> Iterator[Workshop]:
    """Provide a place to make a release in; ``anew`` makes it without looking at the parent."""
    release.sweep(home)
    home.path.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=release.WORKING, dir=home.path) as folder:
        parent = None if anew else usable(home)
        shop = Workshop(home, base, Path(folder), Clock(tell), parent, publishes=publishes)
        try:
            yield shop
        finally:
            for stores in shop.stores:
                stores.let_go()


def usable(home: Home) -> Release | None:
    """Return the release to start from; None when there is none, or it is damaged."""
    try:
        return current(home)
    except ReleaseError:
        return None


def build(
    home: Home, base: str = DEFAULT_BASE, tell: Progress = lambda _: None,
    publishing: Publishing = Publishing(), *, anew: bool = False,
) -> Outcome:  # fmt: skip
    """Build and publish a release from the newest deliveries of all sources.

    A delivery that violates the shapes is left out: what its source last published stays.
    Raises LoadError when nothing can be published; the current release is then untouched.
    """
    with workshop(home, base, tell, anew=anew) as shop:
        judged = judge(shop)
        check_proof(judged)
        return publish(shop, judged, publishing)


def judge(shop: Workshop, candidate: Candidate | None = None) -> Judged:
    """Make a release and put it through the gate, leaving out what the gate stops.

    SourceError when that is the candidate.
    """
    refused: dict[str, str] = {}
    instead: dict[str, BuiltDelivery | None] = {}
    while True:
        with shop.clock.stage("describe"):
            built = gathering.describe(shop, candidate, instead)
        making = make(shop, built)
        blocked = blocked_sources(making, refused)
        if candidate and candidate.source.name in blocked:
            report = making.report.as_text()
            raise SourceError(f"refused by the gate\n{report}", candidate.source.name)
        if not blocked:
            return Judged(making, built, refused)
        for name in blocked:
            refused[name], instead[name] = fall_back(shop.home, name)
        shop = replace(shop, parent=None)


def blocked_sources(making: Making, refused: Mapping[str, str]) -> set[str]:
    """Return the sources that the gate stops; LoadError when it stops what all others need."""
    parts, report = making.assembly.parts, making.report
    names = {parts[iri].graph.source for iri in report.blocked}
    known = {name for name in names if name.partition("-")[0] in sources()}
    needed = {name for name in known if find(name).codes or find(name).derived}
    again = names & refused.keys()
    if own := (names - known) | needed | again:
        raise LoadError(
            f"the gate stops {', '.join(sorted(own))}, without which nothing can be "
            f"published; the current release stays\n{report.as_text()}"
        )
    return names


def check_proof(judged: Judged) -> None:
    """Refuse to publish when a shape found nothing to judge, unless its data were refused."""
    report = judged.making.report
    if report.shortfalls and not judged.refused:
        lacking = ", ".join(short.shape.rpartition("#")[2] for short in report.shortfalls)
        raise LoadError(
            f"the gate judged nothing by {lacking}; give the class data, or the shape "
            "gate:minimumFocusNodes 0 with a gate:reason"
        )


def fall_back(home: Home, name: str) -> tuple[str, BuiltDelivery | None]:
    """Return why a source is refused, and what it last published instead."""
    published = usable(home)
    kept = release.kept_source(published, name) if published else None
    if kept is None:
        return "refused by the gate; nothing of this source is published yet", None
    periods = ", ".join(sorted({graph.period for graph in kept.graphs}))
    return f"refused by the gate; the delivery published before ({periods}) stays", kept


def publish(
    shop: Workshop, judged: Judged, publishing: Publishing,
    accept: Callable[[], None] = lambda: None,
) -> Outcome:  # fmt: skip
    """Write the release and make it the current one.

    ``accept`` is done in between, when nothing can be refused any more.
    """
    making, clock = judged.making, shop.clock
    with clock.stage("publish"):
        making.stores.close()
        content = release.Published(
            shop.base, reports(making.report), counts(judged.built), clock.seconds, judged.built
        )
        complete = release.write(shop.home, making, content)
        accept()
        keep_built(shop)
        written = release.finish(shop.home, complete)
        publishing.before_swap(written)
        release.publish(shop.home, written)
    retention.prune(shop.home, publishing.keep)
    partly = making.assembly.parent is not None
    return Outcome(written, judged.refused, making.report, clock.seconds, partly)


def keep_built(shop: Workshop) -> None:
    """Keep what was built on the bench for the next time."""
    for folder in sorted(shop.bench.graphs.glob("*/")):
        graphs.adopt(shop.home, shop.bench, find(folder.name))


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
        "sources": holdings.for_everyone(built),
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
    with workshop(home, DEFAULT_BASE, tell, anew=True, publishes=False) as shop:
        with shop.clock.stage("describe"):
            built = gathering.describe(shop)
        return make(shop, built).report
