"""Commands on identity: linking lists with the register, and the review of what is doubtful."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders import lock
from loaders.linkage import exchange, journal, linking, queue, review
from loaders.linkage.journal import Decision
from loaders.linkage.linking import Linked
from loaders.linkage.queue import Item
from loaders.linkage.review import Answer
from maillage.output import messages, progress, say_json, say_table

if TYPE_CHECKING:
    from maillage.cli import Options

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
By = Annotated[str, typer.Option("--by", help="Role of who decides; never a person's name.")]
Reason = Annotated[str, typer.Option(help="Why; it is published with the decision.")]
desk = typer.Typer(no_args_is_help=True)
NEXT = "run `maillage build` to publish it"


def link(context: typer.Context, as_json: AsJson = False) -> None:
    """Link list records without number to the register; what is doubtful waits for review."""
    options: Options = context.obj
    with lock.writing(options.home), progress() as tell:
        linked = linking.link(options.home, today(), tell)
    if as_json or options.as_json:
        say_json(summary(linked))
        return
    text = (
        f"{linked.records} records without number, {linked.compared} pairs compared in "
        f"{linked.seconds:.1f} s: {len(linked.accepted)} linked now, "
        f"{linked.linked_before} before, {len(linked.queue)} to review"
    )
    messages.print(text, markup=False)
    for doubt, count in linked.doubts.items():
        messages.print(f"  {count} {doubt}", markup=False)
    if linked.accepted:
        messages.print(NEXT, markup=False)


def today() -> date:
    """Return the day that decisions made now bear."""
    return date.today()  # noqa: DTZ011 the day of whoever decides


def summary(linked: Linked) -> dict[str, object]:
    """Return what a linking did, for machines."""
    least, most = linked.interval
    return {
        "records": linked.records, "compared": linked.compared,
        "linked": len(linked.accepted), "linked_before": linked.linked_before,
        "review": len(linked.queue), "doubts": linked.doubts,
        "blind_check": {
            **linked.blind, "precision_between": [round(least, 4), round(most, 4)],
        },
        "seconds": linked.seconds,
    }  # fmt: skip


@desk.command("list")
def list_items(
    context: typer.Context,
    decided: Annotated[
        bool, typer.Option("--decided", help="List the decisions instead of what waits.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what waits for a decision, or the decisions."""
    options: Options = context.obj
    shown: list[Decision] | list[Item]
    shown = journal.read(options.home) if decided else queue.read(options.home)
    if as_json or options.as_json:
        say_json([asdict(one) for one in shown])
    elif not shown:
        messages.print("there are no decisions" if decided else "nothing waits for review")
    elif decided:
        columns = ("number", "judgement", "left", "right", "score", "decided_on", "decided_by",
                   "reason")  # fmt: skip
        say_table(columns, [[getattr(one, name) for name in columns] for one in shown])
    else:
        columns = ("item", "doubt", "score", "right_name", "right_address", "left_name",
                   "left_address", "left")  # fmt: skip
        say_table(columns, [[getattr(one, name) for name in columns] for one in shown])


Number = Annotated[int, typer.Argument(metavar="N", help="Number of the item.")]


@desk.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Show both records of an item, side by side."""
    options: Options = context.obj
    item = queue.find(options.home, number)
    if as_json or options.as_json:
        say_json(asdict(item))
        return
    say_table(
        (f"item {item.item}", "the register", "the list"),
        [
            ("record", item.left, item.right),
            ("name", item.left_name, item.right_name),
            ("address", item.left_address, item.right_address),
            ("legal form", item.left_form, item.right_form),
        ],
    )
    score = f", score {item.score}" if item.score else ""
    messages.print(f"{item.doubt}{score}", markup=False)
    if item.features:
        messages.print(item.features, markup=False)


@desk.command()
def decide(
    context: typer.Context,
    number: Number,
    judgement: Annotated[str, typer.Argument(help="same, different or unsure.")],
    role: By,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Decide an item: same, different or unsure."""
    options: Options = context.obj
    with lock.writing(options.home):
        item = queue.find(options.home, number)
        taken = review.decide(options.home, [Answer(item, judgement, reason)], role, today())
    say_decisions(taken, as_json or options.as_json)


@desk.command()
def undo(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="Number of the decision.")],
    role: By,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Take a decision back; its row stays in the journal, and a later one withdraws it."""
    options: Options = context.obj
    with lock.writing(options.home):
        withdrawal = review.undo(options.home, number, role, reason, today())
    say_decisions([withdrawal], as_json or options.as_json)


def say_decisions(taken: list[Decision], as_json: bool) -> None:
    """Show what was added to the journal."""
    if as_json:
        say_json([asdict(one) for one in taken])
        return
    for one in taken:
        text = f"decision {one.number}: {one.right} {one.judgement} {one.left}; {NEXT}"
        messages.print(text, markup=False)


@desk.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File to write: .csv or .xlsx.")],
    as_json: AsJson = False,
) -> None:
    """Write the queue to a file whose columns judgement and reason a desk fills in."""
    options: Options = context.obj
    count = exchange.export(options.home, file)
    if as_json or options.as_json:
        say_json({"file": file, "items": count})
    else:
        messages.print(f"{file}: {count} items", markup=False)


@desk.command("import")
def import_answers(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file that was exported, filled in.")],
    role: By,
    as_json: AsJson = False,
) -> None:
    """Take the decisions of a filled-in file, all or none."""
    options: Options = context.obj
    with lock.writing(options.home):
        answers = exchange.answers(options.home, file)
        taken = review.decide(options.home, answers, role, today())
    if as_json or options.as_json:
        say_json([asdict(one) for one in taken])
    else:
        messages.print(f"{len(taken)} decisions taken; {NEXT}", markup=False)
