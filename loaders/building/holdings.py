"""What a home and its current release hold of each source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loaders import delivery
from loaders.building import release
from loaders.delivery import Delivery
from loaders.description import registers
from loaders.description.graphs import BuiltDelivery
from loaders.linkage import journal, queue
from loaders.linkage.records import ListGraph, read_records
from loaders.records.source import Source, find
from queries.release import Graph, Home, Release

# How many of its warnings are shown of a source.
FIRST = 10


@dataclass(frozen=True)
class Holding:
    """What there is of one source: its newest delivery, what is published, and what is linked.

    ``rows`` and ``warnings`` are those of the newest delivery where it was recorded, else those
    published. ``current`` tells whether what is published comes of the newest delivery; None
    where nothing is delivered.
    """

    source: Source
    newest: Delivery | None
    rows: Mapping[str, int]
    warnings: tuple[str, ...]
    current: bool | None
    graphs: tuple[Graph, ...]
    links: Mapping[str, int] | None


def way(source: Source) -> str:
    """Return how a source comes."""
    if source.sender:
        return "list"
    kinds = {"register": source.register, "kept": bool(source.kept), "derived": source.derived,
             "generated": source.generator, "bundled": source.bundled}  # fmt: skip
    return next((kind for kind, holds in kinds.items() if holds), "delivered")


def holdings(home: Home, published: Release | None) -> list[Holding]:
    """Return what there is of each source and of each sender's list."""
    return [holding(home, source, published) for source in delivery.feeds(home)]


def holding(home: Home, source: Source, published: Release | None) -> Holding:
    """Return what there is of one source."""
    accepted = delivery.accepted(home, source)
    newest = accepted[0] if accepted else None
    built = release.kept_source(published, source.name) if published else None
    known = published.graphs if published else ()
    graphs = [graph for graph in known if graph.source == source.name]
    rows = built.rows if built else {}
    warnings = built.remarks if built else ()
    if newest and newest.sequence:
        rows, warnings = dict(newest.rows), newest.remarks
    return Holding(
        source, newest, rows, tuple(warnings), is_current(home, source, newest, graphs),
        tuple(graphs), links(home, source, built) if source.sender and built else None,
    )  # fmt: skip


def is_current(
    home: Home, source: Source, newest: Delivery | None, graphs: list[Graph]
) -> bool | None:
    """Tell whether graphs come of the newest delivery of a source."""
    if newest is None or source.derived:
        return None
    digest = newest.digest
    if source.register:
        digest = registers.chain_digest(delivery.chain(home, source))
    return any((graph.model_extra or {}).get("input_digest") == digest for graph in graphs)


def links(home: Home, source: Source, built: BuiltDelivery) -> dict[str, int]:
    """Count the published records of a list: with a number, linked, waiting for review."""
    lists = [
        ListGraph(source.name, graph.visibility, graph.file)
        for graph in built.graphs if graph.visibility != "confidential"
    ]  # fmt: skip
    records = read_records(lists)
    rows = journal.live(journal.read(home)).values()
    same = {decision.right for decision in rows if decision.judgement == "same"}
    waiting = {item.right for item in queue.read(home)}
    without = [record.id for record in records if not record.number]
    return {
        "records": len(records),
        "without_number": len(without),
        "linked": sum(record in same for record in without),
        "in_review": sum(record in waiting for record in without),
    }


def for_everyone(built: Mapping[str, BuiltDelivery]) -> dict[str, dict[str, object]]:
    """Return what a release tells everyone of its sources.

    The rows of tables that are not public are left out, and the warnings of a source that is not
    wholly public: they may tell what its rows hold. Of one without public graphs, nothing is told.
    """
    return {name: told(find(name), one) for name, one in built.items() if is_public(one)}


def is_public(built: BuiltDelivery) -> bool:
    """Tell whether something of a delivery is public."""
    return any(graph.visibility == "public" for graph in built.graphs)


def told(source: Source, built: BuiltDelivery) -> dict[str, object]:
    """Return what everyone is told of a source."""
    wholly = {graph.visibility for graph in built.graphs} == {"public"}
    wholly = wholly and source.visibilities == ("public",)
    shown = {name for name, table in source.tables.items() if table.visibility == "public"}
    if wholly:
        shown |= built.rows.keys() - source.tables.keys()
    warnings = list(built.remarks) if wholly else None
    return {
        "title": source.title, "title_fr": source.title_fr, "publisher": source.publisher,
        "licence": source.licence, "comes": way(source),
        "rows": {table: count for table, count in built.rows.items() if table in shown},
        "warnings": None if warnings is None else len(warnings),
        "first_warnings": (warnings or [])[:FIRST],
    }  # fmt: skip
