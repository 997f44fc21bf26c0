"""The gate between the loaders and a release: every graph judged, alone and among the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

from shapes import load, volume
from shapes.engines import Engine
from shapes.ledger import Ledger
from shapes.plan import BESIDE, TIERS, Plan
from shapes.reading import ShapesError, ShapesGraph
from shapes.report import Report

__all__ = ["Report", "check", "examine"]

NO_DATA = "no data: the gate was given no triple to judge"


def examine(
    graphs: Mapping[str, Path], visibility: Mapping[str, str], context: Path | None = None,
    *, shapes: ShapesGraph | None = None, engine: Engine = "compiled", minimums: bool = True,
    working: Path | None = None, part: int = volume.PART,
) -> Report:  # fmt: skip
    """Judge the graphs of a release, each an N-Triples file by graph IRI.

    Each tier of visibility is judged as it will be served: its graphs taken together, and
    ``context`` (code lists, vocabulary) when these are not among the graphs. Each result is put
    down to the graphs that caused it; ``Report.blocked`` names those that must not be published.
    ``minimums=False`` is for samples: it does not ask that every shape finds something to judge.
    What is larger than ``part`` bytes is judged in parts, to the same report. Files as large as
    the data are written below ``working``, by default where the system keeps temporary files.
    ShapesError says what cannot be judged at all: broken shapes, no data, unreadable files.
    """
    shapes = shapes or load()
    check_visibility(graphs, visibility)
    files = {**graphs, **({BESIDE: context} if context else {})}
    seen = tuple("" if graph == BESIDE else visibility[graph] for graph in files)
    plan = Plan(tuple(files), seen, shapes, engine)
    ledger = Ledger(plan)
    if not graphs:
        raise ShapesError([NO_DATA])
    with volume.examining(plan, files, working, part) as (counted, found):
        for findings in found:
            ledger.add(findings)
    if not counted.triples.total():
        raise ShapesError([NO_DATA])
    return ledger.report(counted, minimums=minimums)


def check(
    file: Path, visibility: str = "public", context: Path | None = None, *,
    shapes: ShapesGraph | None = None, engine: Engine = "compiled", minimums: bool = False,
) -> Report:  # fmt: skip
    """Judge any RDF file: each of its named graphs, and all of them together.

    Triples outside a named graph are judged as a graph named after the file.
    """
    with TemporaryDirectory(prefix="maillage-") as folder:
        graphs = split(file, Path(folder))
        return examine(
            graphs, dict.fromkeys(graphs, visibility), context,
            shapes=shapes, engine=engine, minimums=minimums,
        )  # fmt: skip


def split(file: Path, folder: Path) -> dict[str, Path]:
    """Write each graph of an RDF file as N-Triples; ShapesError says where it does not parse."""
    lines: dict[str, list[str]] = {}
    try:
        for quad in ox.parse(path=str(file)):
            named = isinstance(quad.graph_name, ox.NamedNode)
            graph = quad.graph_name.value if named else file.name
            lines.setdefault(graph, []).append(f"{quad.triple} .\n")
    except (SyntaxError, ValueError, OSError) as error:
        raise ShapesError([f"{file}: {error}"]) from None
    parts = {graph: folder / f"{number}.nt" for number, graph in enumerate(sorted(lines))}
    for graph, part in parts.items():
        part.write_text("".join(lines[graph]), encoding="utf-8", newline="\n")
    return parts


def check_visibility(graphs: Mapping[str, Path], visibility: Mapping[str, str]) -> None:
    """Refuse graphs whose visibility is not said: silence must not make them public."""
    odd = [graph for graph in graphs if visibility.get(graph) not in TIERS]
    if odd:
        raise ShapesError(
            f"{graph}: visibility {visibility.get(graph)!r}; one of {', '.join(TIERS)} is expected"
            for graph in odd
        )
