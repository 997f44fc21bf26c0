"""A data set with its observations and slices by series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
from pyoxigraph import Literal, NamedNode

from loaders.cube_graphs import addresses
from loaders.cube_graphs.cube_link import View
from loaders.cube_graphs.literals import literal, number
from loaders.cube_graphs.structures import lines, named, property_of
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import CUBE, DCAT, DCTERMS, QB, RDF, RDFS, STAT, XSD
from queries.cubes.keys import key as key_of
from queries.cubes.model import Collection, Component, Dataflow, Structure
from queries.cubes.reading import Cube
from queries.cubes.urns import urn_of

Row = Mapping[str, str | None]
# The dimension whose codes are units of measure, of which StatDCAT-AP tells.
UNIT = "UNIT_MEASURE"
BATCH = 20_000


@dataclass(frozen=True)
class Writer:
    """What the lines of one data set are written with."""

    cube: Cube
    base: str

    @property
    def structure(self) -> Structure:
        """The structure of the observations."""
        return self.cube.structure

    @property
    def node(self) -> NamedNode:
        """The data set, which is the cube of cube.link too."""
        return addresses.data_set(self.base, self.cube.dataflow)

    @property
    def series(self) -> tuple[Component, ...]:
        """The attributes of series."""
        return tuple(a for a in self.structure.attributes if a.attachment == "series")

    @property
    def own(self) -> tuple[Component, ...]:
        """The attributes of observations."""
        return tuple(a for a in self.structure.attributes if a.attachment == "observation")

    def lines(self) -> Iterator[str]:
        """Yield all lines; the description comes last, for it tells how many series there are."""
        keys: set[str] = set()
        units: set[str] = set()
        held: dict[str, set[str]] = {one.id: set() for one in self.structure.components}
        for row in rows(self.cube):
            codes = [row[one.id] or "" for one in self.structure.dimensions]
            key = key_of(codes)
            if key not in keys:
                keys.add(key)
                yield from self.slice_lines(key, row)
            if row.get(UNIT):
                units.add(row[UNIT] or "")
            if row[self.structure.measure.id] is not None:
                for name, values in held.items():
                    if (text := row.get(name)) is not None:
                        values.add(text)
            yield from self.cell_lines(key, row)
        yield from lines(self.description(len(keys), sorted(units)))
        yield from lines(View(self.cube, self.base, held).triples())

    def slice_lines(self, key: str, row: Row) -> Iterator[str]:
        """Yield the lines of the slice that a series is."""
        node = f"<{self.node.value}/series/{key}>"
        yield f"{self.node} {QB.slice} {node} ."
        yield f"{node} {RDF.type} {QB.Slice} ."
        yield f"{node} {QB.sliceStructure} {addresses.series_key(self.base, self.structure)} ."
        for one in (*self.structure.dimensions, *self.series):
            yield from self.value(node, one, row)

    def cell_lines(self, key: str, row: Row) -> Iterator[str]:
        """Yield the lines of an observation, or of one that is withheld."""
        time = row[self.structure.time.id] or ""
        node = f"<{self.node.value}/{key}.{key_of([time])}>"
        figure = row[self.structure.measure.id]
        attributes: Sequence[Component] = self.own
        if figure is None:
            yield f"{node} {RDF.type} {se.WithheldObservation} ."
            yield f"{node} {se.withheldFrom} {self.node} ."
        else:
            yield f"{node} {RDF.type} {QB.Observation} ."
            yield f"{node} {RDF.type} {CUBE.Observation} ."
            yield f"{node} {QB.dataSet} {self.node} ."
            yield f"<{self.node.value}/series/{key}> {QB.observation} {node} ."
            yield f"<{self.node.value}/observations> {CUBE.observation} {node} ."
            yield f"{node} {CUBE.observedBy} {self.agency} ."
            yield f'{node} {self.named(self.structure.measure)} "{figure}"^^{XSD.decimal} .'
        for one in (*self.structure.dimensions, self.structure.time, *attributes):
            yield from self.value(node, one, row)

    def value(self, node: str, one: Component, row: Row) -> Iterator[str]:
        """Yield the line that says what a component is of a row, if anything."""
        text = row[one.id]
        if text is not None:
            yield f"{node} {self.named(one)} {self.term(one, text)} ."

    def named(self, one: Component) -> NamedNode:
        """Return the property of a component."""
        return property_of(self.cube.collection, one)

    def term(self, one: Component, text: str) -> NamedNode | Literal:
        """Return what a value of a component is in a graph."""
        if one.code_list is None:
            return literal(text, one.text)
        node = self.codes[one.code_list].get(text)
        if node is None:
            raise ValueError(f"{self.cube.dataflow.id}: {text!r} is no code of {one.code_list}")
        return node

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, NamedNode]]:
        """The codes of each list, by their identifier."""
        return {
            name: {code.id: NamedNode(code.iri) for code in one.codes}
            for name, one in self.cube.collection.code_lists.items()
        }

    @property
    def agency(self) -> NamedNode:
        """Who publishes the data set."""
        return addresses.agency(self.base, self.cube.dataflow.agency)

    def description(self, series: int, units: Sequence[str]) -> Triples:
        """Describe the data set: RDF Data Cube, and StatDCAT-AP on DCAT."""
        flow, node = self.cube.dataflow, self.node
        for kind in (QB.DataSet, DCAT.Dataset, CUBE.Cube):
            yield node, RDF.type, kind
        yield node, QB.structure, addresses.structure(self.base, self.structure)
        yield node, DCTERMS.identifier, Literal(urn_of("dataflow", flow))
        yield from named(node, RDFS.label, flow.names)
        yield from named(node, DCTERMS.title, flow.names)
        yield from named(node, DCTERMS.description, flow.descriptions)
        yield node, DCTERMS.license, NamedNode(flow.licence)
        yield node, DCTERMS.publisher, self.agency
        # As stores write moments in UTC.
        moment = flow.updated.isoformat().replace("+00:00", "Z")
        yield node, DCTERMS.modified, Literal(moment, datatype=XSD.dateTime)
        yield node, se.invented, Literal(flow.synthetic)
        for source in flow.sources:
            yield node, se.source, Literal(source)
        file = NamedNode(f"{node.value}/file")
        yield node, DCAT.distribution, file
        yield file, RDF.type, DCAT.Distribution
        yield file, DCTERMS.title, Literal(flow.file)
        yield file, DCTERMS.license, NamedNode(flow.licence)
        for one in self.structure.attributes:
            if one.attachment == "dataset" and (text := flow.attributes.get(one.id)):
                yield node, self.named(one), self.term(one, text)
            for language, said in flow.texts.get(one.id, {}).items():
                yield node, self.named(one), Literal(said, language=language)
            yield node, STAT.attribute, self.named(one)
        for one in (*self.structure.dimensions, self.structure.time):
            yield node, STAT.dimension, self.named(one)
        yield node, STAT.numSeries, Literal(series)
        for unit in units:
            one = next(c for c in self.structure.components if c.id == UNIT)
            yield node, STAT.statUnitMeasure, self.term(one, unit)


def rows(cube: Cube) -> Iterator[Row]:
    """Yield the observations of a file of Parquet, in its order, numbers in their shortest form."""
    measure = cube.structure.measure.id
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(cube.path)])
        names = [column[0] for column in found.description or ()]
        while batch := found.fetchmany(BATCH):
            for values in batch:
                row = dict(zip(names, values, strict=True))
                figure = row[measure]
                row[measure] = None if figure is None else number(figure)
                yield row


def describe(collection: Collection, flow: Dataflow, folder: Path, base: str) -> Iterator[str]:
    """Yield the lines of a data set."""
    return Writer(Cube(collection, flow, folder / flow.file), base).lines()
