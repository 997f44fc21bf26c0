"""``make soak SECONDS=180``: prints what was seen; ends with 1 when anything was wrong."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.soak.soak import RELEASES, Plan, Report, soak


def arguments() -> Plan:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    plan = Plan()
    parser.add_argument("--seconds", type=float, default=plan.seconds)
    parser.add_argument("--clients", type=int, default=plan.clients)
    for name, about in (("swap", "swaps"), ("kill", "kills"), ("attack", "hostile requests")):
        parser.add_argument(
            f"--{name}", type=float, default=getattr(plan, name), help=f"seconds between {about}"
        )
    return Plan(**vars(parser.parse_args()))


def shown(console: Console, plan: Plan, report: Report) -> None:
    """Print what was seen."""
    tally = report.tally
    console.print(
        f"{plan.seconds:g} s, {plan.clients} clients, {report.swaps} swaps, {report.kills} kills, "
        f"{report.attacks} hostile requests"
    )
    console.print(f"clients: {listed(tally.statuses)}; slowest {tally.slowest:.2f} s")
    console.print(f"right answers by release: {listed(tally.releases)}")
    console.print(f"hostile: {listed(report.hostile)}")
    for fault, times in Counter(tally.violations).most_common():
        console.print(f"VIOLATION ({times} times) {fault}", markup=False)
    console.print(f"{tally.wrong} violations")


def listed(counts: dict[str, int]) -> str:
    """Return counts in words, the largest first."""
    return ", ".join(f"{name}: {count:,}" for name, count in Counter(counts).most_common())


def main() -> int:
    """Soak, and say what was seen."""
    plan = arguments()
    with TemporaryDirectory(prefix="maillage-soak-") as folder:
        report = soak(Path(folder), plan)
    shown(Console(file=sys.stdout, soft_wrap=True), plan, report)
    unseen = set(RELEASES) - set(report.tally.releases)
    return int(bool(report.tally.wrong or unseen))


if __name__ == "__main__":
    sys.exit(main())
