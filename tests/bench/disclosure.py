"""``python -m tests.bench.disclosure CELLS``: protecting and auditing, beside pytauargus.

Times are of the processor, so that what else runs on the machine does not count.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from pytauargus import protect as argus
from rich.console import Console
from rich.table import Table as Shown

from loaders.disclosure.audit import audit
from loaders.disclosure.cells import system
from loaders.disclosure.model import Contribution, Hierarchy, Release, Table
from loaders.disclosure.model import Shown as Cell
from loaders.disclosure.primary import LARGEST, unsafe
from loaders.disclosure.protection import protect
from loaders.disclosure.rules import Rules

# Dimensions by the breadth of their levels, and units, for about so many cells.
SIZES: dict[int, tuple[dict[str, tuple[int, ...]], int]] = {
    1_000: ({"AREA": (4, 5), "FAMILY": (6,), "SIZE": (5,)}, 3_000),
    5_000: ({"AREA": (4, 5, 6), "ACTIVITY": (8, 3)}, 30_000),
    35_000: ({"AREA": (4, 5, 6), "ACTIVITY": (8,), "FAMILY": (6,), "SIZE": (5,)}, 30_000),
    200_000: ({"AREA": (4, 5, 12), "ACTIVITY": (20, 4), "FAMILY": (5,)}, 400_000),
}
# pytauargus takes hours on more cells than this.
REFERENCE = 5_000


def levels(prefix: str, widths: tuple[int, ...]) -> tuple[dict[str, str | None], list[str]]:
    """Return a hierarchy whose levels have so many codes below each code, and its leaves."""
    found: dict[str, str | None] = {"_T": None}
    level = ["_T"]
    for width in widths:
        below = []
        for parent in level:
            for number in range(width):
                code = f"{prefix if parent == '_T' else parent}{chr(65 + number)}"
                found[code] = parent
                below.append(code)
        level = below
    return found, level


def invented(cells: int, seed: int = 1) -> Table:
    """Return a table of invented units, of which some are large and some of one holding."""
    draw = random.Random(seed)
    widths, units = SIZES[cells]
    made = {name: levels(name[0], some) for name, some in widths.items()}

    def chosen(leaves: list[str]) -> str:
        if draw.random() < 0.6:
            return leaves[min(int(draw.paretovariate(0.7)) - 1, len(leaves) - 1)]
        return draw.choice(leaves)

    contributions = [
        Contribution(
            f"h{number if draw.random() < 0.9 else number // 3}",
            tuple(chosen(leaves) for _, leaves in made.values()),
            round(draw.lognormvariate(3, 1.5), 1),
        )
        for number in range(units)
    ]
    hierarchies: dict[str, Hierarchy] = {name: found for name, (found, _) in made.items()}
    return Table("invented", tuple(widths), hierarchies, contributions, variable="EMP")


def by_argus(table: Table, rules: Rules, folder: Path) -> tuple[int, int]:
    """Return how many cells pytauargus calls unsafe, and how many it adds."""
    trees = {}
    for name, hierarchy in table.hierarchies.items():
        file = folder / f"{name}.hrc"
        file.write_text("\n".join(tree(hierarchy, "_T", 0)) + "\n", encoding="ascii")
        trees[name] = str(file)
    rows = [
        {**dict(zip(table.dimensions, one.codes, strict=True)), "value": one.value}
        for one in table.contributions
    ]
    wanted = (
        f"P({rules.percent:g},1)|NK({rules.dominant},{rules.share:g})"
        f"|FREQ({rules.minimum},{rules.interval * 100:g})"
    )
    found = argus(
        rows, list(table.dimensions), response="value", safety_rules=wanted, suppress="MOD(1)",
        hrc=trees, workdir=str(folder / "run"),
    )  # fmt: skip
    statuses = list(found.tables[0].status())
    return statuses.count("U"), statuses.count("M")


def tree(hierarchy: Hierarchy, parent: str, depth: int) -> list[str]:
    """Return the lines of a hierarchy below a code."""
    lines = []
    for code in [code for code, above in hierarchy.items() if above == parent]:
        lines += [f"{'@' * depth}{code}", *tree(hierarchy, code, depth + 1)]
    return lines


def measure(cells: int) -> Shown:
    """Measure one size."""
    table, rules = invented(cells), Rules()
    shown = Shown("measure", "value", "reference", box=None, header_style="bold")
    start = time.process_time()
    whole = system([table], LARGEST)
    found = unsafe(whole, rules)
    shown.add_row("cells", f"{whole.size:,}", "")
    shown.add_row("sums, primary rules", f"{time.process_time() - start:.1f} s", "")
    start = time.process_time()
    decided = protect([table], rules)
    spent = time.process_time() - start
    statuses = decided.statuses["invented"]
    added = sum(status == "D" for status in statuses.values())
    reference = extra = bad = ""
    if cells <= REFERENCE:
        with TemporaryDirectory() as folder:
            start = time.process_time()
            unsafe_there, added_there = by_argus(table, rules, Path(folder))
            reference = f"pytauargus {time.process_time() - start:.1f} s"
            extra, bad = f"pytauargus {added_there:,}", f"pytauargus {unsafe_there:,}"
    shown.add_row("unsafe", f"{int(found.flags.sum()):,}", bad)
    shown.add_row("withheld with them", f"{added:,}", extra)
    shown.add_row("protect", f"{spent:.1f} s", reference)
    view = whole.views["invented"]
    values = {view.codes_at(n): float(whole.content.value[c]) for n, c in enumerate(view.cells)}
    made = {
        codes: Cell(None, statuses[codes], "Q") if codes in statuses else Cell(value, "F")
        for codes, value in values.items()
    }
    start = time.process_time()
    findings = audit(Release([table], {"invented": made}), rules)
    ratio = (time.process_time() - start) / max(spent, 1e-9)
    shown.add_row("audit", f"{time.process_time() - start:.1f} s", f"protect, {ratio:.1f}")
    shown.add_row("findings", f"{len(findings)}", "")
    return shown


def main(arguments: list[str] | None = None) -> None:
    """Measure the size that is asked for, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.disclosure", description=__doc__)
    parser.add_argument("cells", type=int, choices=sorted(SIZES), nargs="?", default=1_000)
    Console(file=sys.stdout).print(measure(parser.parse_args(arguments).cells))


if __name__ == "__main__":
    main()
