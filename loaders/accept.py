"""Accepting a delivery: described and put through the gate among all others, then recorded."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from loaders import delivery, release
from loaders.assembly import assemble
from loaders.build import describe_all
from loaders.delivery import Delivery
from loaders.errors import LoadError, SourceError, UnconfirmedError
from loaders.graphs import BuiltDelivery
from loaders.source import Source, find
from ontology import DEFAULT_BASE
from queries.release import Home


def deliver(
    home: Home, name: str, path: Path, period: str, *, confirmed: bool = False
) -> tuple[Delivery, bool]:
    """Check a delivery whole and record it; refuse it whole otherwise.

    Returns the delivery and whether it is new: the same files delivered again are recognised.
    Raises SourceError (file, line, reason), LoadError, or UnconfirmedError for a delivery that
    shrank or is older than the last; nothing is recorded then.
    """
    source = find(name)
    if source.comes_along:
        raise LoadError(f"{name} is not delivered: it comes with the platform")
    delivery.check_period(period)
    earlier = delivery.accepted(home, source)
    if earlier and not confirmed:
        delivery.check_order(earlier[0], period)
    release.sweep(home)
    home.path.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix=release.WORKING, dir=home.path) as working,
        delivery.opened(source, path, Path(working)) as folder,
    ):
        digest = delivery.digest(source, folder)
        if earlier and (earlier[0].digest, earlier[0].period) == (digest, period):
            return earlier[0], False
        candidate = Delivery(name, period, digest, 0, "", folder=folder)
        built = examine_candidate(home, source, candidate, Path(working))
        if not confirmed:
            check_counts(built)
            if earlier:
                delivery.check_growth(earlier[0], built.rows)
        return delivery.record(home, source, folder, period, built.rows, built.remarks), True


def check_counts(built: BuiltDelivery) -> None:
    """Ask for confirmation of a delivery that holds less than a healthy one."""
    if built.shortfalls:
        reason = f"{'; '.join(built.shortfalls)}; is the delivery complete?"
        raise UnconfirmedError(f"{reason} Repeat with --confirm to accept it as it is")


def examine_candidate(
    home: Home, source: Source, candidate: Delivery, working: Path
) -> BuiltDelivery:
    """Describe a delivery among all others and put it through the gate; raise when refused."""
    built = describe_all(home, {source.name: candidate}, Home(working / "described"))
    (working / "assembled").mkdir()
    assembly = assemble(working / "assembled", built, DEFAULT_BASE)
    report = assembly.examine()
    if source.name in {assembly.graphs[iri].source for iri in report.blocked}:
        raise SourceError(f"refused by the gate\n{report.as_text()}", source.name)
    return built[source.name]
