"""``make bench``: what a build costs against the floor, and a worker against no worker."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from loaders.building import accept
from loaders.building import build as building
from loaders.records.source import find
from queries.release import Home, current
from tests.bench import cubes, registers, sdmx, serving, validating
from tests.bench.loading import floor

UK = os.environ.get("MAILLAGE_COOPS_UK", "")


def seconds(work: Callable[[], object], runs: int = 1) -> float:
    """The median wall time of some runs."""
    spent = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def main() -> None:
    """Measure and print."""
    table = Table("measure", "value", "reference", "ratio", box=None, header_style="bold")
    with TemporaryDirectory(prefix="maillage-bench-") as folder:
        home = Home(Path(folder) / "home")
        delivered = Path(UK) if UK else find("coops_uk").folder / "sample"
        accept.deliver(home, accept.handover("coops_uk", delivered, "2016", confirmed=True))
        first = seconds(lambda: building.build(home))
        again = seconds(lambda: building.build(home))
        release = current(home)
        assert release is not None
        least = floor(release)
        quads = release.manifest.tiers["public"].quads
        table.add_row(
            "first build", f"{first:.1f} s", f"bulk load {least:.1f} s", f"{first / least:.1f}"
        )
        table.add_row(
            "build again", f"{again:.1f} s", f"bulk load {least:.1f} s", f"{again / least:.1f}"
        )
        table.add_row("statements per second", f"{quads / first:,.0f}", "", "")
        for stage, spent in release.manifest.timings.items():
            table.add_row(f"  {stage}", f"{spent} s", "", "")
        validating.measure(release, table)
        serving.measure(home, release, table)
    Console(file=sys.stdout).print(table)
    sdmx.main()
    cubes.main()
    registers.main([])


main()
