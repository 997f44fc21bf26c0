"""The command that publishes to an engine elsewhere, and what other commands do of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from loaders import lock
from loaders.building import publication
from loaders.building import release as publishing
from loaders.building.publication import Progress, Sent
from maillage.output import messages, progress, say_json
from queries import release as published
from queries.release import Home, Release, ReleaseError

if TYPE_CHECKING:
    from maillage.cli import Options
    from queries.service import Service

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
SETTING = "MAILLAGE_ENGINE"


def publish(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[RELEASE]", help="Default: the current release.")
    ] = "",
    whole: Annotated[
        bool, typer.Option("--whole", help="Send all graphs, also those that are there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Publish a release to the engine of MAILLAGE_ENGINE, and make it the current one."""
    options: Options = context.obj
    service = chosen_service(options.home)
    if service is None:
        raise typer.BadParameter(f"{SETTING} is not set: there is no engine to publish to")
    with lock.writing(options.home), progress() as tell:
        release = chosen_release(options.home, name)
        sent = publication.publish(release, service, tell, whole=whole)
        publishing.publish(options.home, release)
    if as_json or options.as_json:
        say_json({"release": release.id, "engine": service.store, **vars(sent)})
    else:
        say_sent(release, service, sent)


def chosen_release(home: Home, name: str) -> Release:
    """Return the named release, or the current one."""
    if not name:
        current = published.current(home)
        if current is None:
            raise ReleaseError("nothing is published", home.path, "run: maillage build")
        return current
    for one in published.releases(home):
        if one.id == name:
            return one
    raise ReleaseError(f"no release {name!r}", home.releases, "list them: maillage releases")


def before_swap(home: Home, tell: Progress) -> Callable[[Release], None]:
    """Return what is done with a release before it becomes the current one."""
    service = chosen_service(home)
    if service is None:
        return lambda _release: None

    def send(release: Release) -> None:
        say_sent(release, service, publication.publish(release, service, tell))

    return send


def chosen_service(home: Home) -> Service | None:
    """Return the engine that the settings name; None for the own one."""
    if not os.environ.get(SETTING):
        return None
    from server.settings import SettingsError, read_settings

    try:
        return read_settings(home=home.path).service()
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None


def say_sent(release: Release, service: Service, sent: Sent) -> None:
    """Show what was published."""
    text = f"release {release.id} is at {service.store}: {len(sent.sent)} graphs sent"
    messages.print(f"{text}, {len(sent.removed)} removed, {len(sent.kept)} kept", markup=False)
