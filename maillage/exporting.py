"""The command that writes a cube, or a part of it, in a format."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maillage.output import messages
from queries import release as published
from queries.cubes.reading import FOLDER, Cube, collection, cube
from queries.release import Release, ReleaseError

if TYPE_CHECKING:
    from maillage.cli import Options

CSVW = "csvw"
STDOUT = "-"


def export(
    context: typer.Context,
    flow: Annotated[str, typer.Argument(help="The cube, by the identifier of its dataflow.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="csv, csv-fr (Excel in French), csvw (CSV and its metadata), xlsx, parquet, "
            "json-stat, walstat, walstat-csv.",
        ),
    ] = "csv",
    out: Annotated[
        str, typer.Option(help="The file to write; - is the standard output.", metavar="PATH")
    ] = STDOUT,
    where: Annotated[
        list[str] | None,
        typer.Option(
            help="Only these codes of a dimension, such as REF_AREA=BE1,BE3; repeatable.",
            metavar="DIMENSION=CODES",
        ),
    ] = None,
    start: Annotated[str, typer.Option(help="The first period, such as 2020.")] = "",
    end: Annotated[str, typer.Option(help="The last period.")] = "",
    lang: Annotated[str, typer.Option(help="Language of names: fr, nl, de or en.")] = "fr",
    release: Annotated[str, typer.Option(help="A release other than the current one.")] = "",
    lineage: Annotated[
        bool,
        typer.Option(
            "--lineage",
            help="Say of each observation which deliveries and rules it comes from, and from how "
            "many units, as a class.",
        ),
    ] = False,
) -> None:
    """Write the observations of a cube; withheld ones without their value."""
    # The web stack is needed here alone.
    from server.cubes import csvw
    from server.cubes.choice import filters, given_values
    from server.cubes.formats import FORMATS, METADATA
    from server.cubes.seen import Seen
    from server.errors import ProblemError
    from server.language import LANGUAGES, language

    options: Options = context.obj
    known = (*FORMATS, CSVW)
    if form not in known:
        raise typer.BadParameter(f"--format is one of {', '.join(known)}")
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"--lang is one of {', '.join(LANGUAGES)}")
    if form == CSVW and out == STDOUT:
        raise typer.BadParameter("--format csvw writes two files: name one with --out")
    writer = FORMATS["csv" if form == CSVW else form]
    if lineage and not writer.lineage:
        raise typer.BadParameter(f"--format {form} has no place for lineage")
    opened = release_of(options, release)
    chosen = found(opened, flow)
    pairs = [condition(one) for one in where or ()]
    pairs += [(name, value) for name, value in (("start", start), ("end", end)) if value]
    try:
        selection = filters(chosen, given_values(chosen, pairs))
        seen = Seen(chosen, selection, opened, language(lang), lineage)
        write(writer.write(seen, None), out)
        if form == CSVW:
            metadata = csvw.metadata(seen, Path(out).name)
            write(iter([metadata]), out + METADATA)
    except ProblemError as error:
        said = language("en").say(error.detail, error.values)
        raise typer.BadParameter(said) from error
    if out != STDOUT:
        messages.print(f"{out}: {seen.count()} observations of {flow}, release {opened.id}",
                       markup=False)  # fmt: skip


def release_of(options: Options, name: str) -> Release:
    """Return the named release, or the current one."""
    current = published.current(options.home)
    if current is None:
        raise ReleaseError("nothing is published", options.home.path, "run: maillage build")
    if not name or name == current.id:
        return current
    for one in published.releases(options.home):
        if one.id == name:
            return one
    remedy = "list them: maillage releases"
    raise ReleaseError(f"no release {name!r}", options.home.releases, remedy)


def found(opened: Release, flow: str) -> Cube:
    """Return a cube of a release; raises BadParameter that tells the nearest one."""
    try:
        return cube(opened.path / FOLDER, flow)
    except KeyError:
        held = collection(opened)
        known = [one.id for one in held.dataflows] if held else []
        near = get_close_matches(flow, known, n=1)
        hint = (
            f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(known) or 'none'}"
        )
        raise typer.BadParameter(f"no cube {flow!r} in release {opened.id}{hint}") from None


def condition(text: str) -> tuple[str, str]:
    """Return a dimension and its codes."""
    name, equals, codes = text.partition("=")
    if not (name and equals and codes):
        raise typer.BadParameter(f"{text!r}: give conditions as DIMENSION=CODE,CODE")
    return name, codes


def write(parts: Iterator[bytes], out: str) -> None:
    """Write to a file, which is whole or not there, or to the standard output."""
    if out == STDOUT:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    target = Path(out)
    partial = target.with_name(f"{target.name}.partial")
    try:
        with partial.open("wb") as file:
            for part in parts:
                file.write(part)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
