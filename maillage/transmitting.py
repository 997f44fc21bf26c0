"""The command that packs a cube for a statistical office."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from maillage.diff import named
from maillage.output import messages, say_json
from queries.release import Release, ReleaseError

if TYPE_CHECKING:
    from maillage.cli import Options
    from server.sdmx.elements import Version
    from server.sdmx.transmission import Order, Sent

VERSIONS = ("2.1", "3.0", "3.1")
IDENTIFIER = re.compile(r"[A-Za-z0-9_@$\-]+", re.ASCII)
ACTIONS = ("replace", "append", "delete")


def transmit(
    context: typer.Context,
    flow: Annotated[str, typer.Argument(help="A dataflow of the release, such as DF_SESA_MAIN.")],
    receiver: Annotated[str, typer.Option(help="Who gets it, as they are named: 4D0, UNSD.")],
    out: Annotated[Path, typer.Option(help="Folder for the archive.", file_okay=False)],
    restricted: Annotated[
        Path | None,
        typer.Option(help="Restricted cube of the same release, with the withheld values."),
    ] = None,
    data_set: Annotated[str, typer.Option(help="Identifier agreed on with the receiver.")] = "",
    period: Annotated[
        str, typer.Option(help="First and last period to send, such as 2020:2023.")
    ] = "",
    action: Annotated[str, typer.Option(help="replace, append or delete.")] = "replace",
    embargo: Annotated[
        str, typer.Option(help="Moment to come, with its zone, before which nothing may be told.")
    ] = "",
    form: Annotated[str, typer.Option(help="Version of SDMX-ML: 2.1, 3.0 or 3.1.")] = "2.1",
    test: Annotated[bool, typer.Option("--test", help="Mark it as a test.")] = False,
    release: Annotated[str, typer.Option(help="Another release than the current one.")] = "current",
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Pack a cube for a statistical office: data, structures and checksums in one archive.

    Data that were invented are always marked as a test.
    """
    from server.sdmx import transmission

    options: Options = context.obj
    found = named(options.home, release)
    order = transmission.Order(
        receiver=identifier(receiver, "--receiver"),
        data_set=identifier(data_set, "--data-set") if data_set else None,
        version=cast("Version", one_of(form, VERSIONS, "--form")),
        action=transmission.ACTIONS[one_of(action, ACTIONS, "--action")],
        test=test, restricted=restricted,
        embargo=moment(embargo) if embargo else None, periods=span(period),
    )  # fmt: skip
    if order.embargo and order.action == "Delete":
        raise typer.BadParameter("--embargo: what is deleted has no value to keep until then")
    outside(out, found, order)
    sent = send(found, flow, order, out)
    if as_json or options.as_json:
        say_json({
            "archive": sent.path, "kind": sent.kind, "observations": sent.observations,
            "withheld": sent.withheld, "embargoed": sent.embargoed, "release": found.id,
        })  # fmt: skip
        return
    held = f", {sent.embargoed} under embargo" if sent.embargoed else ""
    told = f"{sent.observations} observations, {sent.withheld} of them not free{held}, {sent.kind}"
    messages.print(told, markup=False)
    typer.echo(sent.path)


def send(found: Release, flow: str, order: Order, out: Path) -> Sent:
    """Write the archive of a dataflow."""
    from queries.cubes.reading import FOLDER, STRUCTURES
    from server.errors import ProblemError
    from server.sdmx import service, transmission

    where = found.path / FOLDER / STRUCTURES
    try:
        known = service.library(found)
    except ProblemError as error:
        raise ReleaseError("there are no cubes", where, "build a release with some") from error
    try:
        wanted = known.collection.dataflow(flow)
    except KeyError as error:
        names = ", ".join(one.id for one in known.collection.dataflows)
        raise typer.BadParameter(f"there is no dataflow {flow}; these are: {names}") from error
    return transmission.send(found, known, wanted, order, out)


def outside(out: Path, found: Release, order: Order) -> None:
    """Refuse to put what is withheld among what is published."""
    home = found.path.resolve().parent.parent
    if order.restricted is not None and out.resolve().is_relative_to(home):
        message = f"--out: {out} is in the home of releases; withheld values do not go there"
        raise typer.BadParameter(message)


def identifier(value: str, option: str) -> str:
    """Return an identifier as SDMX may have it."""
    if not value or not all(
        sign.isascii() and (sign.isalnum() or sign in "_@$-") for sign in value
    ):
        raise typer.BadParameter(f"{option}: {value!r} is no identifier of SDMX")
    return value


def one_of(value: str, known: tuple[str, ...], option: str) -> str:
    """Return a value that is one of some words."""
    if value not in known:
        raise typer.BadParameter(f"{option}: {value!r} is none of: {', '.join(known)}")
    return value


def moment(value: str) -> datetime:
    """Return a moment with its zone."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        example = "2027-01-31T11:00:00+01:00"
        raise typer.BadParameter(f"--embargo: {value!r} is no moment with a zone, as {example}")
    if found <= datetime.now(UTC):
        raise typer.BadParameter(f"--embargo: {value} is over already")
    return found.astimezone(UTC)


def span(value: str) -> tuple[str | None, str | None]:
    """Return the first and the last period; either may be left open.

    >>> span("2020:2023"), span("2020:"), span("")
    (('2020', '2023'), ('2020', None), (None, None))
    """
    from queries.cubes import periods

    first, colon, last = value.partition(":")
    last = last if colon else first
    for part in (first, last):
        try:
            if part:
                periods.read(part)
        except periods.PeriodError as error:
            raise typer.BadParameter(
                f"--period: {part!r} is no period, as 2020 or 2020-Q1"
            ) from error
    if first and last and periods.read(first).start >= periods.read(last).end:
        raise typer.BadParameter(f"--period: {first} is after {last}")
    return first or None, last or None
