"""What every source says, gathered: the newest delivery of each, described."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from loaders import delivery
from loaders.building.stores import Stores
from loaders.delivery import Delivery
from loaders.description import canonical, graphs, registers
from loaders.description.graphs import BuiltDelivery
from loaders.description.register import Register, Selection
from loaders.description.registers import Changed
from loaders.errors import LoadError
from loaders.records.codes import CodeBook
from loaders.records.source import VISIBILITIES, Source
from queries.release import Home, Release

Progress = Callable[[str], None]
# Sources that say which records are the same thing.
DECIDING = ("identity", "links")
NOTHING: Mapping[str, BuiltDelivery] = MappingProxyType({})


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
        spent = self.seconds.get(name, 0.0) + time.perf_counter() - start
        self.seconds[name] = round(spent, 2)


@dataclass(frozen=True)
class Candidate:
    """A delivery that is not accepted yet; of a register, with the register as it would be."""

    source: Source
    delivery: Delivery
    register: Register | None = None
    changed: Changed | None = None


@dataclass(frozen=True)
class Workshop:
    """Where a release is made: the home, the base of IRIs, a folder to work in, and the parent.

    What comes of a candidate is built in ``bench``, so that nothing of it stays in the home.
    ``stores`` are those that were opened in the folder, which must be closed before it goes.
    Where nothing is to be published (``publishes``), stores are filled only as far as judging
    needs them. What is delivered in it arrives when it was ``opened``.
    """

    home: Home
    base: str
    folder: Path
    clock: Clock
    parent: Release | None = None
    stores: list[Stores] = field(default_factory=list)
    publishes: bool = True
    opened: str = field(default_factory=delivery.now)

    @property
    def bench(self) -> Home:
        """A home for what is built from a candidate."""
        return Home(self.folder / "bench")

    @property
    def reports(self) -> Path:
        """Where the report for the sender of a candidate is written."""
        return self.folder / "reports"


def describe(
    shop: Workshop, candidate: Candidate | None = None,
    instead: Mapping[str, BuiltDelivery | None] = NOTHING,
) -> dict[str, BuiltDelivery]:  # fmt: skip
    """Describe the newest delivery of every source, or the candidate given for it.

    ``instead`` gives what some sources published last, None where that is nothing. Registers
    come after all others, which name what is selected of them; derived sources come later.
    """
    book = CodeBook()
    built: dict[str, BuiltDelivery] = {}
    feeds = [one for one in with_candidate(shop, candidate) if not one.derived]
    for source in sorted(feeds, key=lambda source: source.register):
        own = candidate if candidate and candidate.source.name == source.name else None
        if source.name in instead:
            made = instead[source.name]
        elif source.register:
            made = describe_register(shop, source, built, book, own)
        else:
            made = describe_delivery(shop, source, book, own)
        if made is None:
            continue
        built[source.name] = made
        if source.codes:
            for graph in made.graphs:
                book.learn(graph.lines())
    return built


def with_candidate(shop: Workshop, candidate: Candidate | None) -> list[Source]:
    """Return the sources with that of a candidate, whose sender may be new."""
    found = delivery.feeds(shop.home)
    if candidate and candidate.source.name not in {source.name for source in found}:
        found.append(candidate.source)
    return found


def describe_delivery(
    shop: Workshop, source: Source, book: CodeBook, candidate: Candidate | None
) -> BuiltDelivery | None:
    """Describe the newest delivery of a source, None when there is none."""
    accepted = [candidate.delivery] if candidate else delivery.accepted(shop.home, source)
    if not accepted:
        return None
    if candidate:
        return graphs.build(shop.bench, source, accepted[0], book, shop.reports)
    built = graphs.build(shop.home, source, accepted[0], book)
    if source.bundled and built.shortfalls:
        raise LoadError(f"{source.name}: {'; '.join(built.shortfalls)}")
    return built


def describe_register(
    shop: Workshop, source: Source, built: Mapping[str, BuiltDelivery], book: CodeBook,
    candidate: Candidate | None,
) -> BuiltDelivery | None:  # fmt: skip
    """Describe what is selected of a register: also what public graphs of others name."""
    extracts = delivery.chain(shop.home, source)
    if candidate:
        full = candidate.delivery.extract["kind"] == "full"
        extracts = [*([] if full else extracts), candidate.delivery]
    if not extracts:
        return None
    speaking = [
        graph.plain(shop.folder)
        for name, one in built.items() if name not in DECIDING
        for graph in one.graphs if graph.visibility == "public"
    ]  # fmt: skip
    replaced = replacements(built, ("public",)).values()
    named = registers.named(source, speaking) | registers.numbers(source, replaced)
    place = shop.bench if candidate else shop.home
    with ExitStack() as stack:

        def opened() -> Register:
            if candidate and candidate.register:
                return candidate.register
            register = stack.enter_context(registers.opened(shop.home, source))
            registers.catch_up(register, source, extracts, shop.folder, shop.clock.tell)
            return register

        changed = candidate.changed if candidate else None
        return registers.build(
            shop.home, place, source, extracts, opened, Selection(named), book, changed
        )


def replacements(
    built: Mapping[str, BuiltDelivery], visibilities: Collection[str] = VISIBILITIES
) -> dict[str, str]:
    """Return by which IRI each merged one is replaced, as graphs of some visibilities say."""
    deciding = (graph for name in DECIDING if name in built for graph in built[name].graphs)
    return canonical.replacements(
        line for graph in deciding if graph.visibility in visibilities for line in graph.lines()
    )
