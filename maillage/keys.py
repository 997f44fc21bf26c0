"""Commands that give out API keys and take them back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from maillage.output import messages, say_json, say_table
from server.access import keys

if TYPE_CHECKING:
    from maillage.cli import Options

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
app = typer.Typer(no_args_is_help=True, help="Give out API keys, list them, and take them back.")


class KeyClass(StrEnum):
    """How much a key may take."""

    KEY = "key"
    INTERNAL = "internal"


class KeyTier(StrEnum):
    """What a key may see."""

    PUBLIC = "public"
    PARTNER = "partner"


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Whose key it is, and for what.")],
    use: Annotated[
        KeyClass, typer.Option("--class", help="internal: for our own programs, without rates.")
    ] = KeyClass.KEY,
    tier: Annotated[
        KeyTier, typer.Option(help="partner: what only partners may see, too.")
    ] = KeyTier.PUBLIC,
    expires: Annotated[
        str, typer.Option(metavar="DATE", help="Its last day, such as 2027-12-31.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Create a key and show it, this once: it cannot be shown again."""
    options: Options = context.obj
    title = name.strip()
    if not 1 <= len(title) <= keys.LONGEST_NAME or not title.isprintable():
        raise typer.BadParameter(f"--name {name!r}: give 1 to {keys.LONGEST_NAME} characters")
    last = last_day(expires)
    key, text = keys.create(options.home, title, use.value, tier.value, last)
    if as_json or options.as_json:
        say_json(shown(key) | {"key": text})
        return
    until = f"until {key.expires}" if key.expires else "without end"
    messages.print(f"key {key.id} ({key.use}, {key.tier}), {until}:", markup=False)
    typer.echo(text)
    messages.print("keep it now: it is not shown again", markup=False)


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the keys, without what opens anything."""
    options: Options = context.obj
    keys.check_home(options.home)
    rows = [shown(key) for key in keys.read_keys(options.home)]
    if as_json or options.as_json:
        say_json(rows)
    elif rows:
        say_table(list(rows[0]), [list(row.values()) for row in rows])
    else:
        messages.print("there are no keys; create one: maillage keys create --name …")


@app.command()
def revoke(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="ID", help="The number of the key.")],
    as_json: AsJson = False,
) -> None:
    """End a key; a running server refuses it within two seconds."""
    options: Options = context.obj
    key = keys.revoke(options.home, number)
    if as_json or options.as_json:
        say_json(shown(key))
    else:
        messages.print(f"key {key.id} ({key.name}) is revoked", markup=False)


def last_day(text: str) -> date | None:
    """Return the day that was given as the last one; raises BadParameter."""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"--expires {text!r}: give a day such as 2027-12-31") from None
    if found < today():
        raise typer.BadParameter(f"--expires {text}: that day is over")
    return found


def shown(key: keys.Key) -> dict[str, str | None]:
    """Return what may be shown of a key."""
    return {
        "id": key.id,
        "name": key.name,
        "class": key.use,
        "tier": key.tier,
        "created": key.created.date().isoformat(),
        "expires": key.expires.isoformat() if key.expires else None,
        "state": key.state(today()),
    }


def today() -> date:
    """Return the day that it is, by the same clock as the server's."""
    return datetime.now(UTC).date()
