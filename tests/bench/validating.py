"""The compiled engine against pySHACL, on the graphs that both can take."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

import shapes
from queries.release import Release
from shapes import engines

SAMPLE = ("concertes_report_2019", "identity", "maillage_codes")


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
