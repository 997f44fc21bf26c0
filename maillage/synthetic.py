"""``maillage synth``: registers and lists that are invented, in the layouts of real ones."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from loaders.synthetic import figures, full, partners, update
from maillage import output

app = typer.Typer(no_args_is_help=True, help="Invent registers and lists, to try and to measure.")


@app.callback()
def synth() -> None:
    """Keep ``kbo`` a word of its own, as other registers may follow."""


class Layout(StrEnum):
    """The headers that extracts circulate with: the old one has no JuridicalFormCAC."""

    OLD = "old"
    NEW = "new"


@app.command()
def kbo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")],
    entities: Annotated[
        int, typer.Option(min=50, max=2_800_000, help="How many enterprises.")
    ] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    extract_number: Annotated[
        int | None, typer.Option(min=1, help="Number of the extract (140, or the next one).")
    ] = None,
    snapshot: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Day whose state it holds."),
    ] = None,
    layout: Annotated[Layout, typer.Option(help="Header of enterprise.csv.")] = Layout.NEW,
    rows: Annotated[
        int,
        typer.Option(
            "--partners",
            min=0,
            help="Write lists with so many rows in all on the extract, with the truth about them.",
        ),
    ] = 0,
    years: Annotated[
        int,
        typer.Option(
            "--figures",
            min=0,
            max=20,
            help="Write employment (ONSS) and annual accounts (NBB) of the employers of the social "
            "economy, for so many years before the extract.",
        ),
    ] = 0,
    update_of: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Write the next update instead: of this full extract, and of the updates after "
            "it when the option is repeated.",
        ),
    ] = None,
    changed: Annotated[
        int, typer.Option(min=1, help="How many enterprises an update changes.")
    ] = 5_000,
    social: Annotated[
        bool, typer.Option(help="Let an update change legal forms of the social economy only.")
    ] = False,
) -> None:
    """Write an extract of the Belgian register as it is published, of invented enterprises."""
    if update_of and (rows or years):
        raise typer.BadParameter(
            "lists and figures are written with a full extract, not with an update"
        )
    files = []
    day = snapshot.date() if snapshot else None
    with output.progress() as tell:
        if update_of:
            base, *after = update_of
            wanted = update.Update(base, changed, seed, after, social, extract_number, day)
            files.append(update.generate(wanted, out, tell))
        else:
            number = extract_number or full.FIRST_NUMBER
            all_of = full.Full(entities, seed, number, day or full.FIRST_DAY, layout is Layout.OLD)
            files.append(full.generate(all_of, out, tell))
            if rows:
                files += partners.generate(files[0], rows, seed, out / "partners", tell)
            if years:
                known = range(all_of.snapshot.year - years, all_of.snapshot.year)
                files += figures.generate(files[0], known, seed, out / "figures", tell)
    tell_of(context, files)


def tell_of(context: typer.Context, files: list[Path]) -> None:
    """Say which files were written."""
    if context.obj.as_json:
        output.say_json({"files": [str(file) for file in files]})
    else:
        for file in files:
            output.results.print(str(file), markup=False)
