"""The command that tells what there is of each source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from loaders.building import holdings
from loaders.building.holdings import FIRST, Holding
from maillage.output import say_json, say_table
from queries.release import Release, current

if TYPE_CHECKING:
    from maillage.cli import Options


def sources(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """List the sources: what was last delivered of each, and what of it is published."""
    options: Options = context.obj
    published = current(options.home)
    found = holdings.holdings(options.home, published)
    if as_json or options.as_json:
        say_json([in_full(one, published) for one in found])
        return
    columns = ("source", "title", "comes", "visibility", "delivered", "statements", "warnings")
    say_table(columns, [row(one) for one in found])


def row(one: Holding) -> list[object]:
    """Return the line of a source in the table."""
    source, newest = one.source, one.newest
    if source.comes_along and newest:
        delivered = "with the platform"
    else:
        delivered = f"period {newest.period}, {newest.recorded}" if newest else "nothing yet"
    if one.current is False and newest:
        delivered += ", not published"
    statements = f"{sum(graph.triples for graph in one.graphs):,}" if one.graphs else ""
    return [
        source.name, source.title, holdings.way(source), ", ".join(source.visibilities),
        delivered, statements, len(one.warnings) or "",
    ]  # fmt: skip


def in_full(one: Holding, published: Release | None) -> dict[str, object]:
    """Return all that is known of a source."""
    source = one.source
    return {
        "source": source.name, "title": source.title, "publisher": source.publisher,
        "licence": source.licence, "visibility": list(source.visibilities),
        "comes": holdings.way(source), "layout": source.folder.name,
        "sender": source.sender or None,
        "delivered": delivered(one),
        "rows": dict(one.rows),
        "warnings": {"count": len(one.warnings), "first": list(one.warnings[:FIRST])},
        "published": {
            "release": published.id if published and one.graphs else None,
            "newest": one.current,
            "graphs": [
                {"iri": graph.iri, "visibility": graph.visibility, "triples": graph.triples}
                for graph in one.graphs
            ],
        },
        "links": one.links,
        "expected": {
            "rows": {name: list(bounds) for name, bounds in source.expect_rows.items()},
            "classes": {name: list(bounds) for name, bounds in source.expect_classes.items()},
        },
    }  # fmt: skip


def delivered(one: Holding) -> dict[str, object] | None:
    """Return the newest delivery; None when nothing was delivered."""
    newest = one.newest
    if newest is None or one.source.derived:
        return None
    return {
        "period": newest.period or None, "recorded": newest.recorded or None,
        "digest": newest.digest, "sequence": newest.sequence or None,
        "set_aside": newest.set_aside, "extract": dict(newest.extract) or None,
    }  # fmt: skip
