"""Validation of a release with a register: the compiled engine against pySHACL.

``python -m tests.bench.volume HOME [STATEMENTS [OF THESE BY PYSHACL]]``. pySHACL takes a while for
a million statements: unless it is given as many, its time is extrapolated, and the line says so.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

import shapes
from loaders.building.release import kept_source
from queries.release import Home, Release, current
from shapes import engines

STATEMENTS, BY_REFERENCE = "1000000", "100000"
# The lists to which everything refers come first, then what lists and registers say.
FIRST = ("maillage_codes", "identity", "kbo_codes")


def statements(release: Release) -> Iterator[bytes]:
    """Yield the lines of the public sources of a release, code lists first."""
    names = {file.name.split(".")[0] for file in release.path.glob("sources/*.public.nt")}
    for name in sorted(names, key=lambda name: (name not in FIRST, name != "kbo", name)):
        built = kept_source(release, name)
        for graph in built.graphs if built else ():
            if graph.visibility == "public":
                yield from (f"{line}\n".encode() for line in graph.lines())


def write(release: Release, wanted: int, file: Path) -> int:
    """Write the first statements of a release to a file; return how many there were."""
    count = 0
    with file.open("wb") as out:
        for line in statements(release):
            if count == wanted:
                break
            out.write(line)
            count += 1
    return count


def measure(release: Release, wanted: int, by_reference: int) -> Table:
    """Validate as much as is wanted, and a part of it by both engines."""
    graph = shapes.load().core
    table = Table("validation", "statements", "seconds", "results", box=None)
    spent: dict[str, float] = {}
    found: dict[str, engines.Verdict] = {}
    with TemporaryDirectory(prefix="maillage-bench-") as folder:
        whole, part = Path(folder) / "whole.nt", Path(folder) / "part.nt"
        counts = {"whole": write(release, wanted, whole), "part": 0}
        counts["part"] = write(release, min(by_reference, counts["whole"]), part)
        runs: tuple[tuple[str, Path, engines.Engine], ...] = (
            ("whole", whole, "compiled"),
            ("part", part, "compiled"),
            ("reference", part, "reference"),
        )
        for name, file, engine in runs:
            started = time.perf_counter()
            found[name] = engines.validate(file, graph, engine)
            spent[name] = time.perf_counter() - started
            count = counts.get(name, counts["part"])
            results = str(len(found[name].results))
            table.add_row(engine, f"{count:,}", f"{spent[name]:.1f}", results)
    same = "same results" if found["part"] == found["reference"] else "RESULTS DIFFER"
    ratio = spent["part"] / spent["reference"]
    table.add_row(f"ratio on the same, {same}", f"{counts['part']:,}", f"{ratio:.3f}", "")
    if counts["part"] < counts["whole"]:
        extrapolated = spent["reference"] * counts["whole"] / counts["part"]
        table.add_row(
            "ratio, pySHACL extrapolated in proportion", f"{counts['whole']:,}",
            f"{spent['whole'] / extrapolated:.3f}", f"pySHACL {extrapolated:.0f} s",
        )  # fmt: skip
    return table


def main(home: str, wanted: str = STATEMENTS, by_reference: str = BY_REFERENCE) -> None:
    """Measure on the current release of a home."""
    release = current(Home(Path(home)))
    if release is None:
        sys.exit(f"{home} has no release")
    table = measure(release, int(wanted), int(by_reference))
    Console(file=sys.stdout, width=120).print(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
