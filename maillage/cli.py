"""The ``maillage`` command: global options, and what errors become."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from loaders.errors import BusyError, LoadError, is_interruption
from maillage import (
    cubes,
    diff,
    engine,
    exporting,
    identity,
    keeping,
    keys,
    lists,
    perimeters,
    publishing,
    reading,
    registers,
    sources,
    synthetic,
    transmitting,
)
from maillage.output import messages
from ontology import DEFAULT_BASE
from queries.binding import ParameterError
from queries.elsewhere import ElsewhereError
from queries.release import Home, ReleaseError
from server.access.keys import KeysError

app = typer.Typer(
    name="maillage",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Load, check, publish and serve linked data about the social economy.",
)
FINDINGS, USAGE, DATA, BUSY, INTERRUPTED = 1, 2, 3, 75, 130


@dataclass(frozen=True)
class Options:
    """The options that every command shares."""

    home: Home
    base: str
    as_json: bool


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar="MAILLAGE_HOME", help="Where deliveries and releases live.")
    ] = Path("var"),
    base: Annotated[
        str, typer.Option(envvar="MAILLAGE_BASE", help="Base IRI of the published things.")
    ] = DEFAULT_BASE,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Keep the shared options for the command that follows."""
    if not (base.startswith(("http://", "https://")) and base.endswith("/")):
        raise typer.BadParameter(f"{base!r} must be an http(s) address that ends with /")
    context.obj = Options(Home(home.absolute()), base, as_json)


for command in (
    sources.sources, publishing.deliver, publishing.check, engine.publish, reading.rollback,
    reading.serve, reading.version, diff.diff,
    exporting.export,
):  # fmt: skip
    app.command()(command)
app.command()(publishing.build)
app.command()(identity.link)
app.command()(lists.template)
app.command()(transmitting.transmit)
app.add_typer(keeping.releases, name="releases")
app.add_typer(keys.app, name="keys")
app.add_typer(identity.desk, name="review", help="Decide what linking leaves open.")
app.add_typer(perimeters.desk, name="perimeters", help="Decide what the rules leave open.")
app.add_typer(synthetic.app, name="synth")
app.add_typer(registers.app, name="register")
app.add_typer(cubes.app, name="cubes")
app.add_typer(keeping.cache, name="cache", help="Empty what running servers keep in memory.")
app.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)(reading.query)


def main() -> None:
    """Run the command line and end with the exit code that says what happened."""
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        code = INTERRUPTED
    except TyperException as error:
        error.message = error.message.removeprefix("Value error, ")
        error.show()  # type: ignore[attr-defined]
        sys.exit(USAGE)
    except BusyError as error:
        end(str(error), BUSY)
    except ParameterError as error:
        end(str(error), USAGE)
    except (LoadError, ReleaseError, KeysError, ElsewhereError) as error:
        end("\n".join([str(error), *getattr(error, "__notes__", ())]), DATA)
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does: that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (OSError, RuntimeError) as error:
        code = failed(error)
    if code == INTERRUPTED:
        end("interrupted; the release that was current still is", INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def failed(error: OSError | RuntimeError) -> int:
    """Return the code of an interruption; end with what the system says; raise any other error."""
    if is_interruption(error):
        return INTERRUPTED
    if isinstance(error, RuntimeError):
        raise error
    return end(str(error), DATA)


def end(reason: str, code: int) -> NoReturn:
    """Say why the command ends and end it."""
    messages.print(f"maillage: {reason}", markup=False, style="red")
    sys.exit(code)
