"""Commands on perimeters: what waits for a person's decision, and the decisions."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders import lock
from loaders.classification_decisions import exchange, journal
from loaders.classification_decisions.journal import Decision
from maillage.output import messages, say_json, say_table

if TYPE_CHECKING:
    from maillage.cli import Options

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
By = Annotated[str, typer.Option("--by", help="Role of who decides; never a person's name.")]
Regime = Annotated[str, typer.Option(help="Only this regime, such as wallonia-2008.")]
Why = Annotated[str, typer.Option(help="Only this reason, such as public-control.")]
desk = typer.Typer(no_args_is_help=True)
NEXT = "run `maillage build` to publish it"


@desk.command()
def candidates(
    context: typer.Context,
    regime: Regime = "",
    reason: Why = "",
    decided: Annotated[
        bool, typer.Option("--decided", help="List the decisions instead of what waits.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what waits for a decision, or the decisions."""
    options: Options = context.obj
    if decided:
        taken = [asdict(one) for one in journal.decisions(options.home)]
        rows = [row for row in taken if regime in ("", row["regime"])]
    else:
        rows = [asdict(one) for one in exchange.candidates(options.home, regime, reason)]
    if as_json or options.as_json:
        say_json(rows)
    elif rows:
        say_table(list(rows[0]), [list(row.values()) for row in rows])
    else:
        messages.print("there are no decisions" if decided else "nothing waits for a decision")


@desk.command()
def decide(
    context: typer.Context,
    organisation: Annotated[
        str, typer.Argument(help="IRI, or its path: organisation/kbo-0400123456.")
    ],
    regime: Annotated[str, typer.Argument(help="Code of the regime, such as wallonia-2008.")],
    outcome: Annotated[
        str, typer.Argument(help="in, out, candidate; rule gives the word back to the rules.")
    ],
    role: By,
    reason: Annotated[str, typer.Option(help="Why; it is published with the decision.")],
    valid_from: Annotated[str, typer.Option("--from", help="First day, such as 2024-01-01.")] = "",
    valid_to: Annotated[str, typer.Option("--to", help="First day on which it ends.")] = "",
    as_json: AsJson = False,
) -> None:
    """Decide whether an organisation belongs to a perimeter; a later decision goes first."""
    options: Options = context.obj
    path = organisation.removeprefix(f"{options.base}id/")
    exchange.known(options.home, path)
    new = Decision(
        0, path, regime, outcome, valid_from, valid_to, role, today().isoformat(), reason
    )
    with lock.writing(options.home):
        taken = journal.add(options.home, [new])
    say_decisions(taken, as_json or options.as_json)


def today() -> date:
    """Return the day that decisions made now bear."""
    return date.today()  # noqa: DTZ011 the day of whoever decides


def say_decisions(taken: list[Decision], as_json: bool) -> None:
    """Show what was added to the journal."""
    if as_json:
        say_json([asdict(one) for one in taken])
        return
    for one in taken:
        text = f"decision {one.number}: {one.organisation} {one.outcome} under {one.regime}"
        messages.print(f"{text}; {NEXT}", markup=False)


@desk.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV file to write.")],
    regime: Regime = "",
    reason: Why = "",
    as_json: AsJson = False,
) -> None:
    """Write the candidates to a file whose columns outcome and reason a desk fills in."""
    options: Options = context.obj
    count = exchange.export(options.home, file, regime, reason)
    if as_json or options.as_json:
        say_json({"file": file, "candidates": count})
    else:
        messages.print(f"{file}: {count} candidates", markup=False)


@desk.command("import")
def import_decisions(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file that was exported, filled in.")],
    role: By,
    as_json: AsJson = False,
) -> None:
    """Take the decisions of a filled-in file, all or none."""
    options: Options = context.obj
    with lock.writing(options.home):
        filled = exchange.filled_in(file, role, today())
        exchange.known(options.home, *(one.organisation for one in filled))
        taken = journal.add(options.home, filled)
    if as_json or options.as_json:
        say_json([asdict(one) for one in taken])
    else:
        messages.print(f"{len(taken)} decisions taken; {NEXT}", markup=False)
