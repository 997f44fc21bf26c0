"""The graphs of the cubes of a release: one for their structures, one for each data set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from loaders.building.assembly import Assembly, Part
from loaders.building.provenance import OWN_LICENCE
from loaders.cube_graphs import datasets, lineage, structures
from loaders.description.graphs import BuiltGraph, code_digest
from loaders.records import identify
from loaders.records.source import FOLDER
from loaders.statistics.cubes import Made
from queries.cubes.lineage import rules as read_rules
from queries.cubes.model import Collection, Dataflow, Names
from queries.cubes.reading import Cube, read
from queries.release import Graph, Release

SOURCE = "cubes"
STRUCTURES = "structures"


def add(assembly: Assembly, made: Made) -> list[Part]:
    """Add the graphs of the cubes; none where there is no cube."""
    collection = read(made.folder)
    if collection is None or not collection.dataflows:
        return []
    base = assembly.base
    rules = lineage.describe_rules(read_rules(made.folder), base)
    lines = structures.lines(chain(structures.describe(collection, base), rules))
    parts = [assembly.put(graph_of_structures(collection), lines)]
    for flow in collection.dataflows:
        cube = Cube(collection, flow, made.folder / flow.file)
        lines = datasets.describe(collection, flow, made.folder, base)
        origins = lineage.describe(cube, base)
        parts.append(assembly.put(graph_of(collection, flow), chain(lines, origins)))
    return parts


def gone(parent: Release, parts: Iterable[Part]) -> Iterator[Graph]:
    """Yield the graphs of cubes that a release had and that are no longer there."""
    there = {part.graph.iri for part in parts}
    return (one for one in parent.graphs if one.source == SOURCE and one.iri not in there)


def graph_of_structures(collection: Collection) -> BuiltGraph:
    """Return the graph of the structures."""
    return built(
        STRUCTURES, "Structures of the cubes", "Structures des cubes", OWN_LICENCE, collection
    )  # fmt: skip


def graph_of(collection: Collection, flow: Dataflow) -> BuiltGraph:
    """Return the graph of a data set."""
    title = best(flow.names, "en", flow.id)
    return built(flow.id, title, best(flow.names, "fr", title), flow.licence, collection)


def built(name: str, title: str, title_fr: str, licence: str, collection: Collection) -> BuiltGraph:
    """Return a graph that has no lines yet."""
    return BuiltGraph(
        identify.graph(SOURCE, name).value, SOURCE, name, "public", title, title_fr,
        best(collection.agency_names, "en", collection.agency), licence, "", "",
        code_digest(FOLDER / "cube_graphs")[:12], Path(), 0, "",
    )  # fmt: skip


def best(names: Names, language: str, otherwise: str) -> str:
    """Return a name in a language; cubes that are taken over have not all of them."""
    return names.get(language) or next(iter(names.values()), otherwise)
