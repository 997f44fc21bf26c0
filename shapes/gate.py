"""The gate between the loaders and a release: every graph judged, alone and among the others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

from shapes import census, engines, load
from shapes.attribution import Finding, attribute
from shapes.census import Census
from shapes.engines import Engine
from shapes.reading import ShapesError, ShapesGraph
from shapes.report import GraphSummary, Report, Shortfall, tally

__all__ = ["Report", "check", "examine"]

# Each tier serves its own graphs and those of the tiers before it.
TIERS = ("public", "partner", "confidential")


def examine(
    graphs: Mapping[str, Path], visibility: Mapping[str, str], context: Path | None = None,
    *, shapes: ShapesGraph | None = None, engine: Engine = "compiled", minimums: bool = True,
    working: Path | None = None,
) -> Report:  # fmt: skip
    """Judge the graphs of a release, each an N-Triples file by graph IRI.

    Each tier of visibility is judged as it will be served: its graphs taken together, and
    ``context`` (code lists, vocabulary) when these are not among the graphs. Each result is put
    down to the graphs that caused it; ``Report.blocked`` names those that must not be published.
    ``minimums=False`` is for samples: it does not ask that every shape finds something to judge.
    Files as large as the data are written below ``working``, by default where the system keeps
    temporary files. ShapesError says what cannot be judged at all: broken shapes, no data,
    unreadable files.
    """
    shapes = shapes or load()
    check_visibility(graphs, visibility)
    counted = census.take(graphs, shapes)
    if not counted.triples:
        raise ShapesError(["no data: the gate was given no triple to judge"])
    findings = {tier: list[Finding]() for tier in TIERS}
    for finding in own_checks(counted, graphs):
        (graph,) = finding.graphs
        findings[visibility[graph]].append(finding)
    complete = True
    for tier, members in tiers(graphs, visibility).items():
        ruling = shapes if tier == "public" else shapes.core
        files = [*members.values(), *([context] if context else [])]
        with union(files, working) as file:
            verdict = engines.validate(file, ruling, engine)
        findings[tier] += attribute(verdict.results, members, ruling)
        complete = complete and verdict.complete
    focus_nodes = count_focus_nodes(counted, visibility)
    whole = Report(
        shapes=shapes,
        graphs={
            graph: GraphSummary(visibility[graph], counted.graphs[graph].triples)
            for graph in sorted(graphs)
        },
        tallies=tally(chain.from_iterable(findings.values()), shapes),
        focus_nodes=focus_nodes,
        shortfalls=tuple(shortfalls(shapes, focus_nodes)) if minimums else (),
        complete=complete,
    )
    return replace(whole, public=public_part(whole, counted, findings["public"]))


def public_part(whole: Report, counted: Census, findings: list[Finding]) -> Report:
    """Return what the report says when only public graphs were there."""
    graphs = {g: one for g, one in whole.graphs.items() if one.visibility == "public"}
    focus_nodes = {shape: counted.focus_nodes(shape, graphs) for shape in counted.shapes.targeted}
    return replace(
        whole, graphs=graphs, tallies=tally(findings, whole.shapes), focus_nodes=focus_nodes
    )


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


def tiers(graphs: Mapping[str, Path], visibility: Mapping[str, str]) -> dict[str, dict[str, Path]]:
    """Return the graphs that each tier serves, for the tiers that add any."""
    found: dict[str, dict[str, Path]] = {}
    members: dict[str, Path] = {}
    for tier in TIERS:
        added = {graph: file for graph, file in graphs.items() if visibility[graph] == tier}
        if added:
            members = {**members, **added}
            found[tier] = members
    return found


@contextmanager
def union(files: list[Path], working: Path | None = None) -> Iterator[Path]:
    """Provide one N-Triples file with the triples of many."""
    with TemporaryDirectory(prefix="maillage-", dir=working) as folder:
        whole = Path(folder) / "union.nt"
        with whole.open("wb") as target:
            for file in files:
                with file.open("rb") as part:
                    shutil.copyfileobj(part, target, 1 << 20)
        yield whole


def own_checks(counted: Census, graphs: Mapping[str, Path]) -> Iterator[Finding]:
    """Yield what the gate itself finds: what no shape could see."""
    for graph, file in graphs.items():
        for result in (*counted.unknown_terms(graph, file), *counted.unexamined(graph)):
            yield Finding(result, frozenset({graph}))


def count_focus_nodes(counted: Census, visibility: Mapping[str, str]) -> dict[str, int]:
    """Return how many nodes each shape looks at: in public graphs for shapes of that tier only."""
    public = [graph for graph in counted.graphs if visibility[graph] == "public"]
    core = set(counted.shapes.core.targeted)
    return {
        shape: counted.focus_nodes(shape, counted.graphs if shape in core else public)
        for shape in counted.shapes.targeted
    }


def shortfalls(shapes: ShapesGraph, focus_nodes: Mapping[str, int]) -> Iterator[Shortfall]:
    """Yield the shapes that looked at too little to have proved anything."""
    for shape, found in focus_nodes.items():
        if found < (expected := shapes.minimum(shape)):
            yield Shortfall(shape, expected, found)
