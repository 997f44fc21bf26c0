"""The graphs of the cubes of a release: for their structures, each data set, and its lineage.

Lineage stands apart, so that the graphs of cubes hold what other forms of a cube hold too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from loaders.building.assembly import Assembly, Part
from loaders.building.provenance import OWN_LICENCE
from loaders.cube_graphs import datasets, lineage, structures
from loaders.description.graphs import BuiltGraph, code_digest
from loaders.records import identify
from loaders.records.source import FOLDER
from loaders.statistics.cubes import Made
from queries.cubes.lineage import rules as read_rules
from queries.cubes.lineage import told as has_lineage
from queries.cubes.model import Collection, Dataflow, Names
from queries.cubes.reading import Cube, read
from queries.release import Graph, Release

SOURCE = "cubes"
STRUCTURES = "structures"
LINEAGE, RULES = "lineage", "rules"
# Of what these graphs are said to be.
SOURCES = frozenset({SOURCE, LINEAGE})


def add(assembly: Assembly, made: Made) -> list[Part]:
    """Add the graphs of the cubes; none where there is no cube."""
    collection = read(made.folder)
    if collection is None or not collection.dataflows:
        return []
    base = assembly.base
    lines = structures.lines(structures.describe(collection, base))
    parts = [assembly.put(graph_of_structures(collection), lines)]
    for flow in collection.dataflows:
        lines = datasets.describe(collection, flow, made.folder, base)
        parts.append(assembly.put(graph_of(collection, flow), lines))
    return [*parts, *add_lineage(assembly, collection, made.folder)]


def add_lineage(assembly: Assembly, collection: Collection, folder: Path) -> Iterator[Part]:
    """Add the graphs that say where cells come from, as far as it is known."""
    cubes = [Cube(collection, flow, folder / flow.file) for flow in collection.dataflows]
    told = [cube for cube in cubes if has_lineage(cube)]
    for cube in told:
        lines = lineage.describe(cube, assembly.base)
        yield assembly.put(lineage_of(collection, cube.dataflow), lines)
    if told:
        graph = built(
            RULES, "Rules of the statistics", "Règles des statistiques", OWN_LICENCE, collection,
            LINEAGE,
        )  # fmt: skip
        rules = lineage.describe_rules(read_rules(folder), assembly.base)
        yield assembly.put(graph, structures.lines(rules))


def gone(parent: Release, parts: Iterable[Part]) -> Iterator[Graph]:
    """Yield the graphs of cubes that a release had and that are no longer there."""
    there = {part.graph.iri for part in parts}
    return (one for one in parent.graphs if one.source in SOURCES and one.iri not in there)


def graph_of_structures(collection: Collection) -> BuiltGraph:
    """Return the graph of the structures."""
    return built(
        STRUCTURES, "Structures of the cubes", "Structures des cubes", OWN_LICENCE, collection
    )  # fmt: skip


def graph_of(collection: Collection, flow: Dataflow) -> BuiltGraph:
    """Return the graph of a data set."""
    title = best(flow.names, "en", flow.id)
    return built(flow.id, title, best(flow.names, "fr", title), flow.licence, collection)


def lineage_of(collection: Collection, flow: Dataflow) -> BuiltGraph:
    """Return the graph of where the cells of a data set come from."""
    title, title_fr = (best(flow.names, language, flow.id) for language in ("en", "fr"))
    return built(
        flow.id, f"{title}: where figures come from", f"{title_fr} : d'où viennent les chiffres",
        OWN_LICENCE, collection, LINEAGE,
    )  # fmt: skip


def built(
    name: str, title: str, title_fr: str, licence: str, collection: Collection,
    source: str = SOURCE,
) -> BuiltGraph:  # fmt: skip
    """Return a graph that has no lines yet."""
    return BuiltGraph(
        identify.graph(source, name).value, source, name, "public", title, title_fr,
        best(collection.agency_names, "en", collection.agency), licence, "", "",
        code_digest(FOLDER / "cube_graphs")[:12], Path(), 0, "",
    )  # fmt: skip


def best(names: Names, language: str, otherwise: str) -> str:
    """Return a name in a language; cubes that are taken over have not all of them."""
    return names.get(language) or next(iter(names.values()), otherwise)
