"""The command that tells what two releases differ in."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from maillage.output import messages, say_json, say_table
from maillage.reading import chosen_release
from queries import differences
from queries.changes import Summary
from queries.differences import Difference, Pair
from queries.release import Home, Release, ReleaseError, current

if TYPE_CHECKING:
    from maillage.cli import Options

WAYS = ("created", "updated", "removed")


def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="A release, or: current, previous.")] = "previous",
    after: Annotated[str, typer.Argument(help="The release to compare it with.")] = "current",
    graph: Annotated[str, typer.Option(help="Only this graph; of any visibility.")] = "",
    patch: Annotated[
        bool, typer.Option("--patch", help="Every statement of public graphs, as RDF Patch.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Tell what changed from one release to another: graphs, statements and things."""
    options: Options = context.obj
    pair = Pair(named(options.home, before), named(options.home, after))
    if graph and graph not in {
        one.iri for side in (pair.before, pair.after) for one in side.graphs
    }:
        raise ReleaseError(f"no graph {graph}", options.home.releases, "list them: maillage diff")
    if patch:
        for line in differences.patch(pair, graph):
            typer.echo(line)
        return
    found = [one for one in pair.differences() if graph in ("", one.iri)]
    things = None if graph else pair.things()
    if as_json or options.as_json:
        say_json({
            "before": pair.before.id, "after": pair.after.id,
            "graphs": [asdict(one) for one in found],
            "things": asdict(things) if things else None,
        })  # fmt: skip
    else:
        say(pair, found, things)


def named(home: Home, name: str) -> Release:
    """Return a release by its name, the current one, or the one before that."""
    if name == "previous":
        return chosen_release(home, "")
    if name != "current":
        return chosen_release(home, name)
    found = current(home)
    if found is None:
        raise ReleaseError("nothing is published", home.path, "run: maillage build")
    return found


def say(pair: Pair, found: list[Difference], things: Summary | None) -> None:
    """Show what differs."""
    messages.print(f"from {pair.before.id} to {pair.after.id}", markup=False)
    if not found:
        messages.print("the same graphs", markup=False)
        return
    columns = ("graph", "visibility", "", "removed", "added")
    say_table(columns, [list(asdict(one).values()) for one in found])
    if things and things.kinds:
        rows = [[kind, *(ways.get(way, 0) for way in WAYS)] for kind, ways in things.kinds.items()]
        say_table(("things", *WAYS), rows)
