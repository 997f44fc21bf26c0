"""The command on the lists that partners send: their templates."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders.description import list_templates
from maillage.output import messages, say_json

if TYPE_CHECKING:
    from maillage.cli import Options


class Form(StrEnum):
    """The formats of a template."""

    CSV = "csv"
    XLSX = "xlsx"


def template(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The layout, such as members.")],
    form: Annotated[Form, typer.Option("--format", help="The format of the template.")] = Form.XLSX,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where to write it; SOURCE.xlsx or .csv when left out."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Write the empty list of a layout for its senders to fill; `--out -` writes to the output."""
    content = list_templates.template(source, form.value)
    if out == Path("-"):
        sys.stdout.buffer.write(content)
        return
    target = out or Path(f"{source}.{form.value}")
    target.write_bytes(content)
    options: Options = context.obj
    if as_json or options.as_json:
        say_json({"source": source, "format": form.value, "file": target})
    else:
        messages.print(f"wrote {target}", markup=False)
