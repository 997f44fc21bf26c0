"""Registers from delivery to release at several sizes: time, memory, growth, linking, updates.

Run by ``make bench``, or alone on the sizes that are named: ``python -m tests.bench.registers
20000``. Everything is invented and everything is done by the commands that operators use.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from loaders.synthetic import lists
from queries.release import Home, Release, current
from tests.bench import commands, linkage
from tests.bench.commands import Ran
from tests.bench.linkage import Score
from tests.bench.loading import floor

SIZES = (20_000, 200_000)
LARGEST = 2_000_000
ROWS_OF_LISTS = 20_000
CHANGED = 5_000
PERIOD = "2025-09"
FIRST = "register to release"
# What runs beside a command would be measured with it.
AT_ONCE = ("--publish", "--no-recheck")
FULL, UPDATE = "KboOpenData_0140_2025_10_05_Full", "KboOpenData_0141_2025_10_06_Update"


@dataclass
class Measured:
    """What one size took: each command, the stages of the build, the floor, the links."""

    entities: int
    rows: int = 0
    quads: int = 0
    ran: dict[str, Ran] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    update_stages: dict[str, float] = field(default_factory=dict)
    floor: float = 0.0
    automatic: Score = field(default_factory=lambda: Score(0, 0, 0))
    reviewed: Score = field(default_factory=lambda: Score(0, 0, 0))
    answers: dict[str, int] = field(default_factory=dict)
    asked_of_numbers: tuple[int, int] = (0, 0)

    @property
    def whole(self) -> float:
        """Seconds from the zip and the lists to the release."""
        return sum(one.seconds for name, one in self.ran.items() if name != "update")

    @property
    def peak(self) -> float:
        """The most memory that any command took, in megabytes."""
        return max(one.peak for one in self.ran.values())


def measure(entities: int, work: Path) -> Measured:
    """Take a register of one size from its zip to a release, and its update to the next."""
    result = Measured(entities)
    home, made = work / "home", work / "made"
    rows = min(ROWS_OF_LISTS, entities // 20)
    invented = ("--entities", str(entities), "--partners", str(rows))
    commands.run(home, "synth", "kbo", "--out", made, *invented)
    counts = json.loads((made / f"{FULL}.counts.json").read_text())["rows"]
    result.rows = sum(counts.values())
    result.ran[FIRST] = commands.run(home, "deliver", "kbo", made / f"{FULL}.zip", *AT_ONCE)
    result.stages = stages(home)
    for planned in lists.PLANNED:
        result.ran[f"deliver {planned.name}"] = commands.run(
            home, "deliver", planned.layout, made / "partners" / f"{planned.name}.csv",
            "--from", planned.sender, "--period", PERIOD, *AT_ONCE,
        )  # fmt: skip
    link(result, home, made / "partners", work)
    result.ran["build"] = commands.run(home, "build", "--no-recheck")
    release = newest(home)
    result.quads = release.manifest.tiers["public"].quads
    result.floor = floor(release)
    update(result, home, made)
    return result


def link(result: Measured, home: Path, partners: Path, work: Path) -> None:
    """Link the lists, and let one who knows the truth review what is left open."""
    true = linkage.truth(partners)
    result.ran["link"] = commands.run(home, "link")
    result.automatic = linkage.score(home, true)
    result.asked_of_numbers = linkage.asked_of_numbers(home, partners)
    result.answers = linkage.review(home, true, work)
    result.reviewed = linkage.score(home, true)


def update(result: Measured, home: Path, made: Path) -> None:
    """Deliver and publish the next update of the register."""
    changed = str(min(CHANGED, result.entities // 10))
    base = made / f"{FULL}.zip"
    commands.run(home, "synth", "kbo", "--out", made, "--update-of", base, "--changed", changed)
    zipped = made / f"{UPDATE}.zip"
    result.ran["update"] = commands.run(home, "deliver", "kbo", zipped, *AT_ONCE)
    result.update_stages = stages(home)


def stages(home: Path) -> dict[str, float]:
    """Return the seconds of the stages that made the release of a home."""
    timings = newest(home).manifest.timings
    return {name: float(spent) for name, spent in timings.items() if isinstance(spent, int | float)}


def newest(home: Path) -> Release:
    """Return the release of a home."""
    release = current(Home(home))
    if release is None:
        raise commands.CommandError(f"{home} has no release")
    return release


def report(found: Iterable[Measured]) -> Table:
    """Return what was measured, with ratios and the growth from size to size."""
    table = Table("entities", "measure", "value", "reference", "ratio", box=None)
    seen: list[Measured] = []
    for one in found:
        seen.append(one)
        for row in [*lines(one), *growth(seen)]:
            table.add_row(f"{one.entities:,}", *row)
    return table


def growth(seen: list[Measured]) -> Iterable[tuple[str, str, str, str]]:
    """Yield how the cost of an entity grew since the size before.

    What every release costs whatever its size makes the cost per entity fall; the cost of the
    further entities alone, from size to size, is free of it.
    """
    if len(seen) < 2:
        return
    before, now = seen[-2], seen[-1]
    cost, earlier = now.whole / now.entities, before.whole / before.entities
    told = f"{earlier * 1e3:.3f} ms at {before.entities:,}"
    yield "growth of cost per entity", f"{cost * 1e3:.3f} ms", told, f"{cost / earlier:.2f}"
    further = [
        (more.whole - less.whole) / (more.entities - less.entities)
        for less, more in pairwise(seen)
    ]  # fmt: skip
    value, ratio = f"{further[-1] * 1e3:.3f} ms", ""
    if len(further) > 1:
        told, ratio = f"{further[-2] * 1e3:.3f} ms before", f"{further[-1] / further[-2]:.2f}"
    yield "cost of a further entity", value, told if ratio else "", ratio


def lines(one: Measured) -> Iterable[tuple[str, str, str, str]]:
    """Yield the lines of one size: measure, value, reference, ratio."""
    for name, ran in one.ran.items():
        yield name, f"{ran.seconds:.1f} s", f"{ran.peak:,.0f} MB", ""
    full, changed = one.ran[FIRST].seconds, one.ran["update"].seconds
    yield "  rows per second, zip to release", f"{one.rows / full:,.0f}", f"{one.rows:,} rows", ""
    for stage, spent in one.stages.items():
        rate = f"{one.quads / spent:,.0f} statements/s" if spent else ""
        yield f"  {FIRST}: {stage}", f"{spent:.1f} s", rate, ""
    for stage, spent in one.update_stages.items():
        yield f"  update: {stage}", f"{spent:.1f} s", "", ""
    least = f"bulk load {one.floor:.1f} s"
    yield "public statements", f"{one.quads:,}", "", ""
    yield f"{FIRST} against the floor", f"{full:.1f} s", least, f"{full / one.floor:.2f}"
    yield "whole against the floor", f"{one.whole:.1f} s", least, f"{one.whole / one.floor:.2f}"
    yield (
        f"update against {FIRST}", f"{changed:.1f} s", f"{full:.1f} s",
        f"{changed / full:.3f}",
    )  # fmt: skip
    yield "cost per entity", f"{one.whole / one.entities * 1e3:.3f} ms", "", ""
    yield "peak memory", f"{one.peak:,.0f} MB", "8,192 MB", f"{one.peak / 8192:.2f}"
    yield "links, automatic", str(one.automatic), "P ≥ 0.99", ""
    yield "links, with review", str(one.reviewed), "F1 ≥ 0.97", ""
    answered = ", ".join(f"{count} {name}" for name, count in sorted(one.answers.items()))
    yield "  answers in review", answered or "none", "", ""
    asked, wrong = one.asked_of_numbers
    yield "  numbers that a desk is asked about", str(asked), f"{wrong} rows have another's", ""


def sizes(arguments: list[str]) -> list[int]:
    """Return the sizes to measure: those given, else the usual ones, the largest on demand."""
    if arguments:
        return [int(one.replace("_", "").replace(",", "")) for one in arguments]
    return [*SIZES, LARGEST] if os.environ.get("BENCH_FULL") == "1" else list(SIZES)


def main(arguments: list[str]) -> None:
    """Measure every size, each in a home of its own, and print."""
    found = []
    for entities in sizes(arguments):
        with TemporaryDirectory(prefix="maillage-bench-") as folder:
            found.append(measure(entities, Path(folder)))
    Console(file=sys.stdout, width=140).print(report(found))


if __name__ == "__main__":
    main(sys.argv[1:])
