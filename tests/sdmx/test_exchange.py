"""From a graph of cubes to messages of SDMX and back: every statement of the graph survives.

The graph of a release is read, written as messages, read by what knows nothing of the writers (the
readers of loaders, sdmx1, pysdmx), made a graph again by what makes the graphs of a release, and
compared line by line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pysdmx.io
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse
from pysdmx.io.pd import PandasDataset

from loaders.building import cube_graphs
from loaders.building.assembly import Assembly
from loaders.cube_graphs import reading, structures
from loaders.cube_graphs.reading import Graph
from loaders.sdmx import data
from loaders.sdmx import structures as received_structures
from loaders.sdmx.cube import rebuild, write
from loaders.sdmx.received import Received, ReceivedSet
from loaders.statistics.cubes import Made
from ontology import DEFAULT_BASE
from ontology.outside import DCTERMS, QB, RDF, SCHEMA, SCHEMAHTTP, SKOS
from queries.cubes.model import Collection, Structure
from queries.cubes.reading import STRUCTURES, Cube
from queries.release import Release
from server.sdmx.artefacts import Library
from server.sdmx.header import header
from server.sdmx.structures import json, ml
from tests import cubed
from tests.sdmx import made as messages
from tests.sdmx.library import LibraryReader

GRAPHS = f"{DEFAULT_BASE}graph/cubes/"
LANGUAGES = ("fr", "nl", "de", "en")
# The format of the structures, that of the data, and who reads them.
WAYS = [
    ("ml-2.1", "ml-2.1", "own"), ("ml-2.1", "generic-2.1", "own"), ("ml-3.0", "ml-3.0", "own"),
    ("ml-3.1", "ml-3.1", "own"), ("json-1.0", "json-1.0", "own"), ("json-2.0", "json-2.0", "own"),
    ("json-2.1", "json-2.1", "own"), ("ml-3.0", "csv-2.0", "own"), ("json-2.1", "csv-2.1", "own"),
    ("ml-2.1", "ml-2.1", "sdmx1"), ("ml-2.1", "generic-2.1", "sdmx1"),
    ("ml-2.1", "ml-2.1", "pysdmx"), ("ml-3.0", "ml-3.0", "pysdmx"),
    ("ml-3.1", "ml-3.1", "pysdmx"), ("ml-3.0", "csv-2.0", "pysdmx"),
]  # fmt: skip


def quads_of(release: Release) -> Iterator[Quad]:
    """Yield the public graphs of cubes, and what other graphs say of the lists that they use."""
    store = Store.read_only(str(release.store("public")))
    graphs = [one for one in store.named_graphs() if str(one).startswith(f"<{GRAPHS}")]
    cubes = [quad for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph)]
    yield from cubes
    lists = {quad.object for quad in cubes if quad.predicate == QB.codeList}
    for one in lists:
        assert isinstance(one, NamedNode)
        members = {q.subject for q in store.quads_for_pattern(None, SKOS.inScheme, one, None)}
        notes = {
            quad.object for node in members
            for quad in store.quads_for_pattern(node, SKOS.definition, None, None)
        }  # fmt: skip
        for node in {one, *members, *notes}:
            assert isinstance(node, NamedNode)
            found = store.quads_for_pattern(node, None, None, None)
            # The default graph of a store repeats all others.
            named = (quad for quad in found if isinstance(quad.graph_name, NamedNode))
            yield from (quad for quad in named if quad.graph_name not in graphs)


def invented(folder: Path) -> Iterator[Quad]:
    """Yield the graphs of a cube with withheld values and odd texts, and of its lists."""
    cube = titled(cubed.write(folder / "cubes", years=2))
    yield from built(folder / "assembled", cube.path.parent)
    for one in cube.collection.code_lists.values():
        lines = structures.lines(structures.describe_codes(one))
        yield from parse("\n".join(lines).encode(), RdfFormat.N_TRIPLES)


def titled(cube: Cube) -> Cube:
    """Return a cube whose title is in four languages, which data in XML have no room for."""
    texts = {"TITLE": cubed.names("Main aggregates")}
    flow = cube.dataflow.model_copy(update={"attributes": {}, "texts": texts})
    own = cube.collection.model_copy(update={"dataflows": (flow,)})
    (cube.path.parent / STRUCTURES).write_text(own.model_dump_json(), encoding="utf-8")
    return Cube(own, flow, cube.path)


def built(folder: Path, cubes: Path) -> Iterator[Quad]:
    """Yield the graphs that a build makes of the cubes of a folder."""
    folder.mkdir()
    for part in cube_graphs.add(Assembly(folder, DEFAULT_BASE), Made(cubes, {})):
        graph = NamedNode(part.graph.iri)
        for quad in parse("\n".join(part.graph.lines()).encode(), RdfFormat.N_TRIPLES):
            yield Quad(quad.subject, quad.predicate, quad.object, graph)


def canonical(quads: Iterable[Quad]) -> list[str]:
    """Return the graphs of cubes among some statements as canonical N-Quads, sorted."""
    # A store writes numbers and moments in one way, and that of a release did.
    own = Store()
    own.extend(quad for quad in quads if str(quad.graph_name).startswith(f"<{GRAPHS}"))
    content = own.dump(format=RdfFormat.N_QUADS)
    assert content is not None
    lines = content.decode().splitlines()
    # Nothing is blank, so that no name needs to be made for it.
    assert not any("_:" in line.partition('"')[0] for line in lines)
    return sorted(set(lines))


@pytest.fixture(scope="session", params=["release", "invented"])
def there(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Quad]:
    """The statements of a release, and those of a cube with all oddities."""
    if request.param == "release":
        return list(quads_of(request.getfixturevalue("release")))
    return list(invented(tmp_path_factory.mktemp("invented")))


@pytest.fixture(scope="session")
def cubes(there: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> list[Cube]:
    """The cubes that the graph tells, and nothing else."""
    folder = tmp_path_factory.mktemp("told")
    graph = Graph(quad.triple for quad in there)
    told = reading.collection(graph)
    (folder / STRUCTURES).write_text(told.model_dump_json(), encoding="utf-8")
    for flow in told.dataflows:
        rows = reading.rows(graph, NamedNode(f"{DEFAULT_BASE}cube/{flow.id}"))
        texts = [{name: None if v is None else str(v) for name, v in row.items()} for row in rows]
        write(folder / flow.file, told.structures[flow.structure], texts)
    return [Cube(told, flow, folder / flow.file) for flow in told.dataflows]


def sent_structures(collection: Collection, form: str) -> bytes:
    """Return all structures as one message."""
    head = header("test", collection.agency, collection.agency_names)
    some = Library(collection).of("*")
    name, _dash, version = form.partition("-")
    if name == "json":
        return json.write(version, head, some, LANGUAGES)  # type: ignore[arg-type]
    return ml.write(version, head, some)  # type: ignore[arg-type]


def by_pysdmx(content: bytes, collection: Collection) -> Received:
    """Return the observations that pysdmx reads."""
    found = pysdmx.io.read_sdmx(content.decode(), validate=False).data
    assert found is not None
    (one,) = found
    assert isinstance(one, PandasDataset)
    assert isinstance(one.structure, str)
    name = one.structure.partition("=")[2]
    flow = next(flow for flow in collection.dataflows if flow.reference == name)
    structure = collection.structures[flow.structure]
    table = one.data.astype(object).where(one.data.notna(), None)
    rows = [
        {part: text_of(row.get(part)) for part in names_of(structure)}
        for row in table.to_dict("records")
    ]
    said = {**one.attributes, **shared(table.to_dict("records"), structure)}
    return Received([ReceivedSet("dataflow", name, rows=rows, attributes=said)])


def shared(rows: list[Mapping[str, object]], structure: Structure) -> dict[str, str]:
    """Return the attributes of the data set that a table repeats in each row."""
    whole = [one.id for one in structure.attributes if one.attachment == "dataset"]
    return {name: str(rows[0][name]) for name in whole if rows[0].get(name) is not None}


def names_of(structure: Structure) -> list[str]:
    return [one.id for one in structure.components if one.attachment != "dataset"]


def text_of(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


@pytest.mark.parametrize(("structure_form", "data_form", "reader"), WAYS)
def test_every_statement_survives(
    there: list[Quad], cubes: list[Cube], tmp_path: Path, structure_form: str, data_form: str,
    reader: str,
) -> None:  # fmt: skip
    content = sent_structures(cubes[0].collection, structure_form)
    sent = [messages.write(data_form, messages.message(one), None) for one in cubes]
    if reader == "sdmx1":
        library = LibraryReader(content)
        collection = library.collection()
        received = [library.data(one) for one in sent]
    else:
        collection = received_structures.read(content)
        structures_of = [collection.structures[one.dataflow.structure] for one in cubes]
        received = [
            by_pysdmx(one, collection) if reader == "pysdmx" else data.read(one, structure)
            for one, structure in zip(sent, structures_of, strict=True)
        ]
    sets = [one for some in received for one in some.sets]
    rebuild(tmp_path / "back", collection, Received(sets))
    before, after = canonical(there), canonical(built(tmp_path / "again", tmp_path / "back"))
    assert len(before) > 1_000
    if reader == "sdmx1":
        # It reads codes that others are below first, so that their order is lost.
        ordering = tuple(map(str, (SCHEMA.position, SCHEMAHTTP.position, RDF.first)))
        before, after = (
            [line for line in lines if line.split(" ")[1] not in ordering]
            for lines in (before, after)
        )
    assert (set(before) - set(after), set(after) - set(before)) == (set(), set())
    assert before == after


def test_what_sources_say_more_of_codes_is_named(release: Release) -> None:
    """What messages do not carry is in the graphs of sources, under IRIs that they carry."""
    every = list(quads_of(release))
    told = reading.collection(Graph(quad.triple for quad in every))
    back = received_structures.read(sent_structures(told, "ml-3.1"))
    made = {triple for one in back.code_lists.values() for triple in structures.describe_codes(one)}
    said = [quad for quad in every if not str(quad.graph_name).startswith(f"<{GRAPHS}")]
    lost = {(one.subject, one.predicate, one.object) for one in said} - made
    assert {predicate for _, predicate, _ in lost} == {
        DCTERMS.source, DCTERMS.license, SKOS.exactMatch,
    }  # fmt: skip
    carried = {one.iri for one in back.code_lists.values()}
    carried |= {code.iri for one in back.code_lists.values() for code in one.codes}
    assert {subject.value for subject, _, _ in lost} <= carried  # type: ignore[union-attr]
