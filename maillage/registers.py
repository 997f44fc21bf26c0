"""Commands on registers: what they hold as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from loaders import lock
from loaders.errors import LoadError
from loaders.kbo.loader import open_register
from maillage.output import messages, say_json, say_table

if TYPE_CHECKING:
    from maillage.cli import Options

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
app = typer.Typer(no_args_is_help=True, help="See what a register holds as a whole.")
NAME = "kbo"


@app.callback()
def register() -> None:
    """See what a register holds as a whole."""


@app.command()
def totals(context: typer.Context, as_json: AsJson = False) -> None:
    """Count the enterprises of the Crossroads Bank by type, legal form, region and section."""
    options: Options = context.obj
    file = options.home.path / "registers" / f"{NAME}.duckdb"
    if not file.is_file():
        raise LoadError(f"no register in {options.home.path}; run: maillage deliver {NAME} ZIP")
    with lock.writing(options.home), open_register(file) as opened:
        extract, counted = opened.latest(), opened.totals()
    if extract is None:
        raise LoadError(f"{file} is empty; run: maillage deliver {NAME} ZIP")
    if as_json or options.as_json:
        say_json({"extract": extract.number, "snapshot": extract.snapshot, **counted})
        return
    rows = [[by, key, number] for by, counts in counted.items() for key, number in counts.items()]
    say_table(["by", "code", "enterprises"], rows)
    messages.print(f"extract {extract.number}, state of {extract.snapshot}", markup=False)
