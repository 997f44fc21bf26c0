"""Cubes of others, from their messages of SDMX: the files and the graphs that a release has."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.building import cube_graphs
from loaders.building.assembly import Assembly
from loaders.cube_graphs.structures import describe_codes, lines
from loaders.errors import LoadError, SourceError
from loaders.records import identify
from loaders.sdmx import data, structures
from loaders.sdmx.cube import rebuild
from loaders.sdmx.received import MessageError, Received, ReceivedSet
from loaders.statistics.cubes import Made
from ontology import DEFAULT_BASE
from queries.cubes.model import Collection
from queries.cubes.reading import STRUCTURES, Cube

GRAPHS = "graphs.nq.gz"
CODES = "codes"


def take_over(
    described: Path, sent: Sequence[Path], folder: Path, licence: str | None = None
) -> list[Cube]:
    """Write what messages hold into a new folder, as files and as N-Quads; return the cubes.

    ``described`` is a message with all structures, ``sent`` are messages of data. LoadError where
    one cannot be read, or where the structures name no licence and none is given.
    """
    if folder.exists():
        raise LoadError(f"{folder} is there already; name a new folder")
    known = licensed(read_structures(described), licence)
    with TemporaryDirectory(prefix=".taking-", dir=folder.resolve().parent) as place:
        target = Path(place) / folder.name
        try:
            rebuild(target, known, received(sent, known))
        except MessageError as error:
            raise LoadError(str(error)) from error
        with gzip.open(target / GRAPHS, "wt", encoding="utf-8", newline="\n") as stream:
            stream.writelines(f"{line}\n" for line in statements(target, Path(place)))
        target.rename(folder)
    made = written(folder)
    return [Cube(made, flow, folder / flow.file) for flow in made.dataflows]


def read_structures(path: Path) -> Collection:
    """Return the structures of a message."""
    try:
        return structures.read(path.read_bytes())
    except MessageError as error:
        raise SourceError(str(error), path) from error


def licensed(known: Collection, licence: str | None) -> Collection:
    """Return structures whose dataflows all have a licence."""
    flows = []
    for flow in known.dataflows:
        if not (flow.licence or licence):
            raise LoadError(f"{flow.reference}: no licence is named; give it with --licence")
        flows.append(flow.model_copy(update={"licence": flow.licence or licence}))
    return known.model_copy(update={"dataflows": tuple(flows)})


def received(sent: Iterable[Path], known: Collection) -> Received:
    """Return what some messages of data say together."""
    sets: list[ReceivedSet] = []
    prepared = None
    for path in sent:
        try:
            found = data.read_known(path.read_bytes(), known)
        except MessageError as error:
            raise SourceError(str(error), path) from error
        sets += found.sets
        prepared = found.prepared or prepared
    return Received(sets, prepared=prepared)


def statements(cubes: Path, working: Path) -> Iterator[str]:
    """Yield the graphs of cubes as N-Quads: those of a release, and one of the codes."""
    assembled = working / "assembled"
    assembled.mkdir()
    for part in cube_graphs.add(Assembly(assembled, DEFAULT_BASE), Made(cubes, {})):
        yield from (
            f"{line.removesuffix(' .')} <{part.graph.iri}> ." for line in part.graph.lines()
        )
    graph = identify.graph(cube_graphs.SOURCE, CODES)
    for one in written(cubes).code_lists.values():
        yield from (f"{line.removesuffix(' .')} {graph} ." for line in lines(describe_codes(one)))


def written(folder: Path) -> Collection:
    """Return the structures that were written into a folder."""
    return Collection.model_validate_json((folder / STRUCTURES).read_bytes())
