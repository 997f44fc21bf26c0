"""Validation: the compiled engine against pySHACL, in one part and in many, and by difference."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

import shapes
from queries.release import Release
from shapes import engines, gate
from shapes.report import Report

SAMPLE = ("concertes_report_2019", "identity", "maillage_codes")
# A part that no release fits into, and one so small that any is cut.
WHOLE, SMALL = 1 << 50, 1 << 20


def measure(release: Release, table: Table) -> None:
    """Validate the report with its code lists by both engines."""
    graph = shapes.load().core
    with TemporaryDirectory(prefix="maillage-bench-") as folder:
        file = Path(folder) / "sample.nt"
        kept = [release.path / "sources" / f"{name}.public.nt" for name in SAMPLE]
        file.write_text("".join(one.read_text(encoding="utf-8") for one in kept), encoding="utf-8")
        spent, found = {}, {}
        for engine in ("compiled", "reference"):
            start = time.perf_counter()
            found[engine] = engines.validate(file, graph, engine)
            spent[engine] = time.perf_counter() - start
    same = "same results" if found["compiled"] == found["reference"] else "RESULTS DIFFER"
    table.add_row(
        f"validation, {same}",
        f"{spent['compiled']:.2f} s",
        f"pySHACL {spent['reference']:.2f} s",
        f"{spent['compiled'] / spent['reference']:.3f}",
    )
    in_parts(release, table)


def in_parts(release: Release, table: Table) -> None:
    """Judge the public graphs of a release as one part and as many, to the same report."""
    graphs = {one.stem: one for one in sorted((release.path / "sources").glob("*.public.nt"))}
    if not graphs:
        return
    spent: dict[int, float] = {}
    found: dict[int, Report] = {}
    for part in (WHOLE, SMALL):
        start = time.perf_counter()
        found[part] = gate.examine(graphs, dict.fromkeys(graphs, "public"), part=part)
        spent[part] = time.perf_counter() - start
    same = "same report" if found[WHOLE].as_json() == found[SMALL].as_json() else "REPORTS DIFFER"
    triples = sum(one.triples for one in found[WHOLE].graphs.values())
    table.add_row(
        f"validation of {triples:,} triples in parts, {same}",
        f"{spent[SMALL]:.2f} s",
        f"as one part {spent[WHOLE]:.2f} s",
        f"{spent[SMALL] / spent[WHOLE]:.3f}",
    )
