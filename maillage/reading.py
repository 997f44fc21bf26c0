"""Commands that read what is published, and the one that serves it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import metadata
from typing import TYPE_CHECKING, Annotated

import typer

from loaders import lock
from loaders.building import release as publishing
from maillage import engine
from maillage.output import messages, progress, say_csv, say_json, say_table
from queries import catalogue, elsewhere, run
from queries import release as published
from queries.release import Release, ReleaseError

if TYPE_CHECKING:
    from maillage.cli import Options

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def rollback(
    context: typer.Context,
    to: Annotated[
        str, typer.Argument(metavar="[RELEASE]", help="Default: the one before the current.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make an earlier release the current one."""
    options: Options = context.obj
    if not options.home.releases.is_dir():
        raise ReleaseError("nothing is published", options.home.path, "run: maillage build")
    with lock.writing(options.home):
        chosen = chosen_release(options.home, to)
        for tier in chosen.manifest.tiers:
            published.open_store(chosen, tier)
        with progress() as tell:
            engine.before_swap(options.home, tell)(chosen)
        publishing.publish(options.home, chosen)
    if as_json or options.as_json:
        say_json({"release": chosen.id})
    else:
        messages.print(f"release {chosen.id} is current again", markup=False)


def chosen_release(home: published.Home, name: str) -> Release:
    """Return the named release, or the one published before the current one."""
    kept = published.releases(home)
    if name:
        for one in kept:
            if one.id == name:
                return one
        raise ReleaseError(f"no release {name!r}", home.releases, "list them: maillage releases")
    current = published.current(home)
    older = [one for one in kept if current and one.manifest.created < current.manifest.created]
    if not older:
        raise ReleaseError("no release before the current one", home.releases, "build again")
    return older[0]


def query(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the question; see the list at /queries.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer in CSV.")] = False,
    as_json: AsJson = False,
    tier: Annotated[str, typer.Option(help="Visibility tier: public or partner.")] = "public",
    endpoint: Annotated[
        str, typer.Option(help="Ask this SPARQL endpoint instead of the home.", metavar="URL")
    ] = "",
) -> None:
    """Ask a named question; its parameters are options: --year 2019 --label ConcertES."""
    options: Options = context.obj
    values = parameters(context.args)
    if endpoint:
        question = named(name, catalogue.catalogue(options.base))
        rows = elsewhere.run(endpoint, question, values)
    else:
        current = published.current(options.home)
        if current is None:
            raise ReleaseError("nothing is published", options.home.path, "run: maillage build")
        if tier not in current.manifest.tiers:
            raise typer.BadParameter(f"tier is one of {', '.join(current.manifest.tiers)}")
        question = named(name, catalogue.catalogue(current.manifest.base))
        rows = run.run(published.open_store(current, tier), question, values)
    columns = list(question.columns)
    if as_csv:
        say_csv(columns, rows)
    elif as_json or options.as_json:
        say_json(rows)
    else:
        say_table(columns, [[row.get(column) for column in columns] for row in rows])


def named(name: str, questions: Mapping[str, catalogue.NamedQuery]) -> catalogue.NamedQuery:
    """Return the question of a name; raises BadParameter that tells the nearest one."""
    if name not in questions:
        near = get_close_matches(name, questions, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise typer.BadParameter(f"no question {name!r}{hint} (the list is at /queries)")
    return questions[name]


def parameters(arguments: list[str]) -> dict[str, str]:
    """Return the parameters written as ``--name value`` or ``--name=value``."""
    values: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        name, equals, value = option.removeprefix("--").partition("=")
        if not option.startswith("--") or not name or (not equals and not rest):
            raise typer.BadParameter(f"{option!r}: give parameters as --name value")
        if name in values:
            raise typer.BadParameter(f"--{name} is given twice")
        values[name] = value if equals else rest.pop(0)
    return values


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(envvar="MAILLAGE_HOST", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="MAILLAGE_PORT", min=0, max=65535, help="Port to listen on.")
    ] = 8000,
) -> None:
    """Serve the current release over HTTP until interrupted."""
    # Serving alone needs the web stack: the other commands start without it.
    from server.run import serve as run_server
    from server.settings import SettingsError, read_settings

    options: Options = context.obj
    try:
        settings = read_settings(home=options.home.path, host=host, port=port)
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    raise typer.Exit(run_server(settings))


def version(context: typer.Context, as_json: AsJson = False) -> None:
    """Say which version this is."""
    options: Options = context.obj
    installed = metadata.version("maillage")
    if as_json or options.as_json:
        say_json({"maillage": installed})
    else:
        typer.echo(f"maillage {installed}")
