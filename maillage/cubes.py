"""Commands on statistical cubes: which there are, and one with the values that are withheld."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders import lock
from loaders.building import cubing, taking_over
from maillage.output import messages, say_json, say_table
from queries import release as published
from queries.cubes import reading
from queries.release import Release, ReleaseError

if TYPE_CHECKING:
    from maillage.cli import Options

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
app = typer.Typer(help="See which statistical cubes there are.")
COLUMNS = ("dataflow", "structure", "observations", "updated", "synthetic", "name")


@app.callback(invoke_without_command=True)
def cubes(context: typer.Context, as_json: AsJson = False) -> None:
    """List the cubes of the current release."""
    if context.invoked_subcommand:
        return
    options: Options = context.obj
    found = reading.collection(current(options))
    rows = [
        {
            "dataflow": flow.id, "structure": flow.structure, "observations": flow.observations,
            "updated": flow.updated.isoformat(), "synthetic": flow.synthetic,
            "name": flow.names.get("en", flow.id),
        }
        for flow in (found.dataflows if found else ())
    ]  # fmt: skip
    if as_json or options.as_json:
        say_json(rows)
    elif rows:
        say_table(COLUMNS, [[row[column] for column in COLUMNS] for row in rows])
    else:
        messages.print("this release has no cube: nothing was delivered that one is computed from")


@app.command()
def restricted(
    context: typer.Context,
    dataflow: Annotated[str, typer.Argument(help="Identifier, such as DF_SESA_MAIN.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The file of Parquet to write.")],
) -> None:
    """Write a cube with the values that are withheld, to a file that only you can read.

    It holds confidential figures: it is for a transmission that an agreement covers, and for
    nothing that is published.
    """
    options: Options = context.obj
    with lock.writing(options.home):
        count = cubing.write_restricted(options.home, current(options), dataflow, out)
    if options.as_json:
        say_json({"file": str(out), "observations": count})
    else:
        messages.print(f"{out}: {count} observations, confidential ones included", markup=False)


@app.command("take-over")
def take_over(
    context: typer.Context,
    structures: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A message with all structures.")
    ],
    data: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="Messages of data.")
    ],
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder to write.")],
    licence: Annotated[
        str | None, typer.Option(help="Address of the licence, where the structures name none.")
    ] = None,
) -> None:
    """Take cubes over from messages of SDMX: as files of a release, and as RDF Data Cube.

    Structures are read from SDMX-ML 2.1, 3.0 and 3.1 and SDMX-JSON 1.0 to 2.1, data from these and
    from SDMX-CSV 1.0 to 2.1.
    """
    options: Options = context.obj
    found = taking_over.take_over(structures, data, out, licence)
    rows = [
        {"dataflow": one.dataflow.id, "observations": one.dataflow.observations} for one in found
    ]
    if options.as_json:
        say_json({"folder": str(out), "cubes": rows})
        return
    for row in rows:
        messages.print(f"{row['dataflow']}: {row['observations']} observations", markup=False)


def current(options: Options) -> Release:
    """Return the current release; ReleaseError when there is none."""
    found = published.current(options.home)
    if found is None:
        raise ReleaseError("nothing is published", options.home.path, "run: maillage build")
    return found
