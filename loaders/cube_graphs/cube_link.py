"""The view of a cube that cube.link has, as the Swiss tools read it: above all visualize.admin.ch.

https://cube.link: the data set is a cube with a set of observations, and a constraint, which is a
SHACL shape, that tells what each of them has and how it can be shown.
"""

from __future__ import annotations

from collections.abc import Collection as Values
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from loaders.cube_graphs import addresses
from loaders.cube_graphs.literals import literal
from loaders.cube_graphs.structures import LEVELS, levels_of, named, property_of
from loaders.records.source import Triples
from ontology.outside import (
    CUBE,
    CUBEMETA,
    DCTERMS,
    QB,
    QUDT,
    RDF,
    SCHEMAHTTP,
    SH,
    SKOS,
    TIME,
    XSD,
)
from queries.cubes.model import CodeList, Component
from queries.cubes.reading import Cube

# How visualize.admin.ch finds what it may show.
VISUALIZE = NamedNode("https://ld.admin.ch/application/visualize")
PUBLISHED = NamedNode("https://ld.admin.ch/vocabulary/CreativeWorkStatus/Published")
# Concepts whose codes have an order from less to more; those of all other lists are only names.
ORDERED = frozenset({"AGE", "EDUCATION_LEV", "SIZE_CLASS"})
# Of a component without a list, by its SDMX text type. That zero is nothing is not known of all
# numbers, so that they are no ratios.
SCALES: Mapping[str, NamedNode] = dict.fromkeys(
    ("Decimal", "Integer", "Double", "DateTime"), QUDT.IntervalScale
)
UNITS = {XSD.gYear: TIME.unitYear, XSD.gYearMonth: TIME.unitMonth, XSD.date: TIME.unitDay}
# A description of a shape includes its lists, and has an end: of all lists together so many codes.
MOST_LISTED = 1_500


@dataclass(frozen=True)
class View:
    """A cube of cube.link; ``held`` are the values that its observations have, by component."""

    cube: Cube
    base: str
    held: Mapping[str, Values[str]]

    @property
    def node(self) -> NamedNode:
        """The cube, which is the data set of RDF Data Cube too."""
        return addresses.data_set(self.base, self.cube.dataflow)

    @property
    def shape(self) -> NamedNode:
        """The constraint."""
        return NamedNode(f"{self.node.value}/shape")

    def triples(self) -> Triples:
        """Describe the cube and its constraint; observations say themselves that they are of it."""
        yield from self.description()
        yield from self.constraint()

    def description(self) -> Triples:
        """Describe the cube: who made it, when, and that it can be shown if there is anything."""
        node, flow = self.node, self.cube.dataflow
        yield from named(node, SCHEMAHTTP.name, flow.names)
        yield from named(node, SCHEMAHTTP.description, flow.descriptions)
        agency = addresses.agency(self.base, flow.agency)
        yield node, DCTERMS.creator, agency
        for role in ("publisher", "creator", "contributor", "contactPoint"):
            yield node, getattr(SCHEMAHTTP, role), agency
        day = Literal(flow.updated.date().isoformat(), datatype=XSD.date)
        for time in (SCHEMAHTTP.dateCreated, SCHEMAHTTP.datePublished, SCHEMAHTTP.dateModified):
            yield node, time, day
        yield node, SCHEMAHTTP.version, Literal(flow.version)
        yield node, SCHEMAHTTP.creativeWorkStatus, PUBLISHED
        if any(self.held.values()):
            yield node, SCHEMAHTTP.workExample, VISUALIZE
        found = NamedNode(f"{node.value}/observations")
        yield node, CUBE.observationSet, found
        yield found, RDF.type, CUBE.ObservationSet
        for one in self.cube.structure.dimensions:
            if one.code_list:
                scheme = self.cube.collection.code_lists[one.code_list].iri
                yield NamedNode(scheme), CUBEMETA.isUsedIn, node

    def constraint(self) -> Triples:
        """Describe what each observation has."""
        shape = self.shape
        yield self.node, CUBE.observationConstraint, shape
        yield shape, RDF.type, CUBE.Constraint
        yield shape, RDF.type, SH.NodeShape
        yield shape, SH.closed, Literal(True)
        yield from self.observer()
        # What is not in every observation, or in it twice, is none of the cube's own.
        beside = [RDF.type, QB.dataSet]
        listed = self.listed()
        for order, one in enumerate(self.cube.structure.components, 1):
            if one.role != "attribute" or (one.mandatory and one.attachment == "observation"):
                yield from self.property(one, order, listed.get(one.id, ()))
            elif one.attachment == "observation":
                beside.append(property_of(self.cube.collection, one))
        ignored = NamedNode(f"{shape.value}/beside")
        yield from members(shape, SH.ignoredProperties, ignored, beside)

    def observer(self) -> Triples:
        """Describe who observed: the agency."""
        own = NamedNode(f"{self.shape.value}/observedBy")
        yield self.shape, SH.property, own
        yield own, SH.path, CUBE.observedBy
        agency = addresses.agency(self.base, self.cube.dataflow.agency)
        yield from members(own, SH.in_, NamedNode(f"{own.value}/in"), [agency])
        yield from once(own, SH.IRI)

    def property(self, one: Component, order: int, codes: Sequence[NamedNode]) -> Triples:
        """Describe what an observation has of a component."""
        own, concept = self.own(one), self.cube.collection.concepts[one.id]
        yield self.shape, SH.property, own
        yield own, SH.path, property_of(self.cube.collection, one)
        yield own, SH.order, Literal(order)
        # What has another list than its concept is called by its list.
        codes_of = self.cube.collection.code_lists[one.code_list] if one.code_list else None
        names = codes_of.names if codes_of and one.iri else concept.names
        yield from named(own, SCHEMAHTTP.name, names)
        yield from named(own, SCHEMAHTTP.description, concept.definitions)
        if one.role in ("dimension", "time"):
            yield own, RDF.type, CUBE.KeyDimension
        elif one.role == "measure":
            yield own, RDF.type, CUBE.MeasureDimension
        yield from once(own, SH.IRI if one.code_list else SH.Literal)
        if codes:
            yield from members(own, SH.in_, NamedNode(f"{own.value}/in"), codes)
        if one.role == "time":
            yield from self.time(own, one)
            return
        yield own, QUDT.scaleType, scale(one)
        if one.role == "measure":
            yield own, SH.datatype, XSD.decimal
        elif codes_of and one.role == "dimension":
            yield from self.hierarchy(own, codes_of)

    def own(self, one: Component) -> NamedNode:
        """Return the part of the constraint that tells of a component."""
        return NamedNode(f"{self.shape.value}/{one.id}")

    def time(self, own: NamedNode, one: Component) -> Triples:
        """Describe the time: years, months or days are intervals; else periods only have an order.

        Where periods are of several kinds there is no one type for them.
        """
        types = {literal(text, one.text).datatype for text in self.held.get(one.id, ())}
        if len(types) == 1:
            yield own, SH.datatype, next(iter(types))
        unit = UNITS.get(next(iter(types))) if len(types) == 1 else None
        yield own, QUDT.scaleType, QUDT.IntervalScale if unit else QUDT.OrdinalScale
        kind = NamedNode(f"{own.value}/kind")
        yield own, CUBEMETA.dataKind, kind
        yield kind, RDF.type, TIME.GeneralDateTimeDescription
        if unit:
            yield kind, TIME.unitType, unit

    def listed(self) -> Mapping[str, Sequence[NamedNode]]:
        """Return which codes occur, in the order of their list; the shortest lists first.

        Lists for which there is no room are left out: they are still found in the observations.
        """
        found: dict[str, list[NamedNode]] = {}
        for one in self.cube.structure.components:
            if one.code_list:
                held = self.held.get(one.id, ())
                codes = self.cube.collection.code_lists[one.code_list].codes
                found[one.id] = [NamedNode(code.iri) for code in codes if code.id in held]
        room = MOST_LISTED
        kept: dict[str, list[NamedNode]] = {}
        for name, nodes in sorted(found.items(), key=lambda item: len(item[1])):
            room -= len(nodes)
            if room >= 0:
                kept[name] = nodes
        return kept

    def hierarchy(self, own: NamedNode, one: CodeList) -> Triples:
        """Describe how the codes of a dimension are below each other, if any is."""
        levels = levels_of(one)
        if len(levels) < 2:
            return
        top = NamedNode(f"{own.value}/hierarchy")
        yield own, CUBEMETA.inHierarchy, top
        yield top, RDF.type, CUBEMETA.Hierarchy
        yield from named(top, SCHEMAHTTP.name, one.names)
        for root in levels[0]:
            yield top, CUBEMETA.hierarchyRoot, NamedNode(root)
        for depth in range(2, len(levels) + 1):
            below = NamedNode(f"{own.value}/hierarchy/{depth}")
            yield top, CUBEMETA.nextInHierarchy, below
            yield below, SH.path, SKOS.narrower
            names = {language: f"{word} {depth}" for language, word in LEVELS.items()}
            yield from named(below, SCHEMAHTTP.name, names)
            top = below


def scale(one: Component) -> NamedNode:
    """Return the scale of measurement of a component other than time."""
    if one.role == "measure":
        # What statistics count and sum: zero is nothing of it.
        return QUDT.RatioScale
    if one.code_list:
        return QUDT.OrdinalScale if one.id in ORDERED else QUDT.NominalScale
    return SCALES.get(one.text, QUDT.NominalScale)


def once(own: NamedNode, kind: NamedNode) -> Triples:
    """Say that each observation has exactly one value for a property, of some kind."""
    yield own, SH.minCount, Literal(1)
    yield own, SH.maxCount, Literal(1)
    yield own, SH.nodeKind, kind


def members(
    subject: NamedNode, predicate: NamedNode, start: NamedNode, values: Sequence[NamedNode]
) -> Triples:
    """Yield a list of RDF whose cells have IRIs below that of its start."""
    cells = [NamedNode(f"{start.value}/{place}") for place in range(len(values))]
    for cell, following, value in zip(cells, [*cells[1:], RDF.nil], values, strict=True):
        yield cell, RDF.first, value
        yield cell, RDF.rest, following
    yield subject, predicate, cells[0] if cells else RDF.nil
