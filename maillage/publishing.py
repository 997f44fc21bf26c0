"""Commands that load and publish."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders import delivery, lock
from loaders.building import accept, recheck, retention
from loaders.building import build as building
from loaders.building.build import Publishing
from loaders.delivery import Delivery
from maillage import engine
from maillage.output import messages, progress, say_json, say_seconds
from queries.release import read_release

if TYPE_CHECKING:
    from maillage.cli import Options

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Keep = Annotated[
    int,
    typer.Option(
        envvar="MAILLAGE_KEEP", min=1, help="How many releases to keep; 1: only the current one."
    ),
]
Later = Annotated[
    bool,
    typer.Option(
        "--recheck/--no-recheck",
        help="After judging only what differs, judge everything in the background.",
    ),
]
FINDINGS = 1


def deliver(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SOURCE", help="Name of the source.")],
    path: Annotated[Path, typer.Argument(help="Folder, zip or single file that was delivered.")],
    period: Annotated[
        str,
        typer.Option(help="Period of the data: 2016, 2016-Q3, 2016-07… A register says its own."),
    ] = "",
    sender: Annotated[
        str, typer.Option("--from", help="Who sends it, where several senders use one layout.")
    ] = "",
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Accept a delivery that shrank or is older.")
    ] = False,
    set_aside: Annotated[
        bool,
        typer.Option(
            "--set-aside", help="Leave out the refused rows of a list, and take the rest."
        ),
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish/--no-publish", help="Build a release with it at once.")
    ] = True,
    keep: Keep = retention.KEPT_RELEASES,
    later: Later = True,
    as_json: AsJson = False,
) -> None:
    """Check a delivery whole, record it, and publish it; or refuse it whole."""
    options: Options = context.obj
    given = accept.handover(
        name, path, period, sender=sender, confirmed=confirm, set_aside=set_aside
    )
    with lock.writing(options.home), progress() as tell:
        started = time.perf_counter()
        wanted = Publishing(keep, engine.before_swap(options.home, tell)) if publish else None
        accepted, new, outcome = accept.deliver(options.home, given, wanted, options.base, tell)
        spent = time.perf_counter() - started
    judge_later(options, outcome, wanted=later)
    if as_json or options.as_json:
        say_json({
            "source": accepted.source, "period": accepted.period, "digest": accepted.digest,
            "new": new, "rows": accepted.rows, "remarks": accepted.remarks,
            "release": outcome.release.id if outcome else None,
        })  # fmt: skip
    else:
        say_delivery(accepted, new, spent)
        if outcome:
            say_outcome(outcome)
    if outcome and outcome.refused:
        raise typer.Exit(FINDINGS)


def say_delivery(accepted: Delivery, new: bool, spent: float) -> None:
    """Show what was accepted, and what in it deserves the sender's attention."""
    rows = ", ".join(f"{count} {table}" for table, count in accepted.rows.items())
    state = "accepted" if new else "delivered before, unchanged"
    text = f"{accepted.source} {accepted.period}: {state} ({rows}), {spent:.1f} s"
    messages.print(text, markup=False)
    for remark in accepted.remarks[:10]:
        messages.print(f"  {remark}", markup=False)
    if len(accepted.remarks) > 10:
        more = f"  … and {len(accepted.remarks) - 10} more, in {accepted.folder / delivery.RECORD}"
        messages.print(more, markup=False)


def build(
    context: typer.Context,
    keep: Keep = retention.KEPT_RELEASES,
    anew: Annotated[
        bool, typer.Option("--anew", help="Make everything anew, not from the current release.")
    ] = False,
    later: Later = True,
    as_json: AsJson = False,
) -> None:
    """Build a release from the newest deliveries and publish it."""
    options: Options = context.obj
    with lock.writing(options.home), progress() as tell:
        publishing = Publishing(keep, engine.before_swap(options.home, tell))
        outcome = building.build(options.home, options.base, tell, publishing, anew=anew)
    judge_later(options, outcome, wanted=later)
    if as_json or options.as_json:
        say_json({
            "release": outcome.release.id, "refused": outcome.refused,
            "seconds": outcome.seconds, "graphs": len(outcome.release.graphs),
        })  # fmt: skip
    else:
        say_outcome(outcome)
    if outcome.refused:
        raise typer.Exit(FINDINGS)


def judge_later(options: Options, outcome: building.Outcome | None, *, wanted: bool) -> None:
    """Start judging everything, when only what differs was judged."""
    if wanted and outcome and outcome.partly:
        recheck.in_background(options.home, outcome.release)


def say_outcome(outcome: building.Outcome) -> None:
    """Show what was published and what was left out."""
    release = outcome.release
    quads = release.manifest.tiers["public"].quads
    text = f"release {release.id}: {len(release.graphs)} graphs, {quads:,} public statements"
    messages.print(text, markup=False)
    say_seconds(outcome.seconds)
    for name, reason in outcome.refused.items():
        messages.print(f"{name}: {reason}", markup=False, style="yellow")
    if outcome.refused:
        messages.print(outcome.report.as_text(), markup=False)


def check(
    context: typer.Context,
    published: Annotated[
        str,
        typer.Option(
            "--published", metavar="RELEASE", help="Judge a release (or current) as it stands."
        ),
    ] = "",
    while_current: Annotated[
        bool, typer.Option("--while-current", help="Leave a release that another one followed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put the newest deliveries through the gate without publishing; 1 when it stops one."""
    options: Options = context.obj
    if published:
        current = options.home.current.resolve()
        if while_current and published != current.name:
            return
        check_published(options, current.name if published == "current" else published)
    with lock.writing(options.home), progress() as tell:
        report = building.check(options.home, tell)
    if as_json or options.as_json:
        typer.echo(report.as_json())
    else:
        typer.echo(report.as_text())
    if report.blocked:
        raise typer.Exit(FINDINGS)


def check_published(options: Options, name: str) -> None:
    """Judge all of a release again and say whether that agrees with what it says of itself."""
    home = options.home
    found, report = recheck.recheck(home, read_release(home.releases / name))
    if options.as_json:
        say_json(asdict(found))
    elif found.agrees:
        typer.echo(f"release {found.release}: judged whole, the same findings")
    else:
        typer.echo(f"release {found.release}: judged whole, other findings than it says\n")
        typer.echo(report.as_text())
        typer.echo("Make it anew: maillage build --anew")
    raise typer.Exit(0 if found.agrees and found.conforms else FINDINGS)
