"""Commands on what a home keeps: its releases, and the answers that servers keep in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from loaders import lock
from loaders.building import retention
from maillage.output import messages, say_json, say_table
from queries import release as published
from queries.release import ReleaseError

if TYPE_CHECKING:
    from maillage.cli import Options

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
releases = typer.Typer(invoke_without_command=True)
cache = typer.Typer(no_args_is_help=True)


@releases.callback()
def list_releases(context: typer.Context, as_json: AsJson = False) -> None:
    """List the releases that are kept, newest first; remove some with `releases remove`."""
    if context.invoked_subcommand:
        return
    options: Options = context.obj
    current = published.current(options.home)
    rows = [
        {
            "release": one.id,
            "created": one.manifest.created.isoformat(timespec="seconds"),
            "graphs": len(one.graphs),
            "public statements": one.manifest.tiers["public"].quads,
            "current": "*" if current and one.id == current.id else "",
        }
        for one in published.releases(options.home)
    ]
    if as_json or options.as_json:
        say_json([{**row, "current": row["current"] == "*"} for row in rows])
    elif rows:
        say_table(list(rows[0]), [list(row.values()) for row in rows])
    else:
        messages.print(f"nothing is published in {options.home.path}; run: maillage build")


@releases.command()
def remove(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="RELEASE", help="Releases to remove.")
    ] = None,
    older: Annotated[
        bool, typer.Option("--older", help="Remove all that are older than the current one.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove kept releases for good, never the current one; servers stop answering from them."""
    options: Options = context.obj
    if older == bool(names):
        raise typer.BadParameter("name the releases to remove, or give --older")
    if not options.home.releases.is_dir():
        raise ReleaseError("nothing is published", options.home.path, "run: maillage build")
    with lock.writing(options.home):
        removed = retention.prune(options.home, 1) if older else []
        removed += retention.remove(options.home, names or ())
        if removed:
            retention.purge(options.home)
    if as_json or options.as_json:
        say_json({"removed": removed})
    else:
        messages.print(f"removed: {', '.join(removed) or 'nothing'}", markup=False)


@cache.command()
def purge(context: typer.Context, as_json: AsJson = False) -> None:
    """Have the servers of this home let go of the answers they keep; it takes them a second."""
    options: Options = context.obj
    told = retention.purge(options.home)
    if as_json or options.as_json:
        say_json({"home": options.home.path, "told": told})
    else:
        text = f"a server that runs on {options.home.path} empties its cache within a second"
        messages.print(text, markup=False)
