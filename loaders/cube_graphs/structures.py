"""The structures of cubes as RDF Data Cube, with their concepts and what orders their lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from loaders.cube_graphs import addresses
from loaders.cube_graphs.literals import datatype
from loaders.records import identify
from loaders.records.concepts import beginning, defined, texts
from loaders.records.source import Triples
from ontology.outside import (
    CUBEMETA,
    DCTERMS,
    FOAF,
    OWL,
    QB,
    RDF,
    RDFS,
    SCHEMA,
    SCHEMAHTTP,
    SDMXATTRIBUTE,
    SDMXDIMENSION,
    SDMXMEASURE,
    SKOS,
    XKOS,
    XSD,
)
from queries.cubes.model import Code, CodeList, Collection, Component, Names, Structure
from queries.cubes.urns import concept_urn, urn_of

KINDS = {
    "dimension": (QB.dimension, QB.DimensionProperty),
    "time": (QB.dimension, QB.DimensionProperty),
    "measure": (QB.measure, QB.MeasureProperty),
    "attribute": (QB.attribute, QB.AttributeProperty),
}
ATTACHMENTS = {"observation": QB.Observation, "series": QB.Slice, "dataset": QB.DataSet}
# What the world calls the same, by role: only where ours is a case of it.
ABOVE: Mapping[tuple[str, str], NamedNode] = {
    ("dimension", "FREQ"): SDMXDIMENSION.freq,
    ("dimension", "REF_AREA"): SDMXDIMENSION.refArea,
    ("dimension", "SEX"): SDMXDIMENSION.sex,
    ("time", "TIME_PERIOD"): SDMXDIMENSION.timePeriod,
    ("measure", "OBS_VALUE"): SDMXMEASURE.obsValue,
    ("attribute", "OBS_STATUS"): SDMXATTRIBUTE.obsStatus,
    ("attribute", "CONF_STATUS"): SDMXATTRIBUTE.confStatus,
    ("attribute", "PRE_BREAK_VALUE"): SDMXATTRIBUTE.obsPreBreak,
    ("attribute", "COMMENT_OBS"): SDMXATTRIBUTE.comment,
    ("attribute", "EMBARGO_TIME"): SDMXATTRIBUTE.embargoTime,
    ("attribute", "UNIT_MULT"): SDMXATTRIBUTE.unitMult,
    ("attribute", "DECIMALS"): SDMXATTRIBUTE.decimals,
    ("attribute", "TITLE"): SDMXATTRIBUTE.title,
    ("attribute", "COMPILING_ORG"): SDMXATTRIBUTE.compilingOrg,
    ("attribute", "LAST_UPDATE"): SDMXATTRIBUTE.metaLastUpdate,
}
LEVELS = {"fr": "niveau", "nl": "niveau", "de": "Ebene", "en": "level"}


def describe(collection: Collection, base: str) -> Triples:
    """Describe all structures of some cubes; the codes of lists are described by their source."""
    agency = addresses.agency(base, collection.agency)
    yield agency, RDF.type, FOAF.Agent
    yield agency, DCTERMS.identifier, Literal(collection.agency)
    yield from named(agency, FOAF.name, collection.agency_names)
    for concept in collection.concepts.values():
        node = addresses.concept(base, concept.id)
        yield node, RDF.type, RDFS.Resource
        yield node, DCTERMS.identifier, Literal(concept_urn(collection.agency, concept.id))
        yield node, SKOS.notation, Literal(concept.id)
        yield node, RDFS.isDefinedBy, NamedNode(concept.iri)
        yield from named(node, RDFS.label, concept.names)
        yield from named(node, RDFS.comment, concept.definitions)
    for one in collection.code_lists.values():
        yield from describe_list(one)
    for structure in collection.structures.values():
        yield from describe_structure(collection, structure, base)


def named(subject: NamedNode, predicate: NamedNode, names: Names) -> Triples:
    """Yield a name in each of its languages."""
    for language, text in names.items():
        yield subject, predicate, Literal(text, language=language)


def property_of(collection: Collection, component: Component) -> NamedNode:
    """Return the property that a component is."""
    return NamedNode(component.iri or collection.concepts[component.id].iri)


def describe_structure(collection: Collection, structure: Structure, base: str) -> Triples:
    """Describe a structure, its components in their order, and its key of series."""
    node = addresses.structure(base, structure)
    yield node, RDF.type, QB.DataStructureDefinition
    yield node, DCTERMS.identifier, Literal(urn_of("datastructure", structure))
    yield from named(node, RDFS.label, structure.names)
    series = addresses.series_key(base, structure)
    yield node, QB.sliceKey, series
    yield series, RDF.type, QB.SliceKey
    for order, component in enumerate(structure.components, 1):
        own = addresses.component(base, structure, component.id)
        property_ = property_of(collection, component)
        link, kind = KINDS[component.role]
        yield node, QB.component, own
        yield own, RDF.type, QB.ComponentSpecification
        yield own, link, property_
        yield own, QB.order, Literal(order)
        if component.role == "attribute":
            required = Literal(component.mandatory)
            yield own, QB.componentRequired, required
            yield own, QB.componentAttachment, ATTACHMENTS[component.attachment]
        if component.role == "dimension":
            yield series, QB.componentProperty, property_
        yield property_, RDF.type, RDF.Property
        yield property_, RDF.type, kind
        yield property_, QB.concept, addresses.concept(base, component.id)
        if above := ABOVE.get((component.role, component.id)):
            yield property_, RDFS.subPropertyOf, above
        yield from describe_values(collection, component, property_)


def describe_values(collection: Collection, component: Component, property_: NamedNode) -> Triples:
    """Describe what a component takes its values from."""
    if component.code_list:
        yield property_, RDF.type, QB.CodedProperty
        yield property_, QB.codeList, NamedNode(collection.code_lists[component.code_list].iri)
        yield property_, RDFS.range, SKOS.Concept
    else:
        yield property_, RDFS.range, datatype(component.text)


def describe_list(one: CodeList) -> Triples:
    """Describe what is particular of a list in cubes: its URN, the order of codes, its levels."""
    scheme = NamedNode(one.iri)
    yield scheme, DCTERMS.identifier, Literal(urn_of("codelist", one))
    yield scheme, SKOS.notation, Literal(one.id)
    yield from named(scheme, SKOS.prefLabel, one.names)
    if one.issued:
        yield scheme, DCTERMS.issued, Literal(one.issued.isoformat(), datatype=XSD.date)
    yield scheme, RDF.type, CUBEMETA.SharedDimension
    yield scheme, RDF.type, SCHEMAHTTP.DefinedTermSet
    yield from named(scheme, SCHEMAHTTP.name, one.names)
    iris = {code.id: NamedNode(code.iri) for code in one.codes}
    for place, code in enumerate(one.codes, 1):
        node = iris[code.id]
        yield node, SCHEMA.position, Literal(place)
        yield from describe_term(node, code, place)
        yield node, SCHEMAHTTP.inDefinedTermSet, scheme
        if code.parent:
            yield iris[code.parent], SKOS.narrower, node
        if one.issued:
            for language in code.definitions:
                note = identify.definition(node, one.version, language)
                yield note, SCHEMAHTTP.startDate, beginning(one.issued)
    levels = levels_of(one)
    if len(levels) > 1:
        yield from describe_levels(scheme, levels)


def describe_term(node: NamedNode, code: Code, place: int) -> Triples:
    """Describe a code by the names that tools for cube.link ask for."""
    yield node, SCHEMAHTTP.identifier, Literal(code.id)
    yield node, SCHEMAHTTP.position, Literal(place)
    yield from texts(node, SCHEMAHTTP.name, code.names)
    yield from texts(node, SCHEMAHTTP.description, code.definitions)


def levels_of(one: CodeList) -> list[list[str]]:
    """Return the IRIs of codes by level, the broadest first."""
    parents = {code.id: code.parent for code in one.codes}
    levels: list[list[str]] = []
    for code in one.codes:
        depth, above = 0, code.parent
        while above is not None:
            depth, above = depth + 1, parents[above]
        while len(levels) <= depth:
            levels.append([])
        levels[depth].append(code.iri)
    return levels


def describe_levels(scheme: NamedNode, levels: list[list[str]]) -> Triples:
    """Describe the levels of a classification."""
    yield scheme, XKOS.numberOfLevels, Literal(len(levels))
    nodes = [NamedNode(f"{scheme.value}/levels/{depth}") for depth in range(1, len(levels) + 1)]
    cells = [NamedNode(f"{scheme.value}/levels/list/{depth}") for depth in range(1, len(nodes) + 1)]
    yield scheme, XKOS.levels, cells[0]
    for place, (cell, node) in enumerate(zip(cells, nodes, strict=True)):
        yield cell, RDF.first, node
        yield cell, RDF.rest, cells[place + 1] if place + 1 < len(cells) else RDF.nil
    for depth, (node, members) in enumerate(zip(nodes, levels, strict=True), 1):
        yield node, RDF.type, XKOS.ClassificationLevel
        yield node, XKOS.depth, Literal(depth)
        yield from named(node, SKOS.prefLabel, {k: f"{v} {depth}" for k, v in LEVELS.items()})
        for member in members:
            yield node, SKOS.member, NamedNode(member)


def describe_codes(one: CodeList) -> Triples:
    """Describe the codes of a list, for whoever has not the graph of its source."""
    scheme = NamedNode(one.iri)
    yield scheme, RDF.type, SKOS.ConceptScheme
    yield scheme, OWL.versionInfo, Literal(one.version)
    yield from named(scheme, DCTERMS.title, one.names)
    iris = {code.id: NamedNode(code.iri) for code in one.codes}
    for code in one.codes:
        node = iris[code.id]
        yield node, RDF.type, SKOS.Concept
        yield node, SKOS.inScheme, scheme
        yield node, SKOS.notation, Literal(code.id)
        yield from named(node, SKOS.prefLabel, code.names)
        yield from defined(node, code.definitions, one.version)
        if code.parent:
            yield node, SKOS.broader, iris[code.parent]
        else:
            yield node, SKOS.topConceptOf, scheme
            yield scheme, SKOS.hasTopConcept, node


def lines(triples: Triples) -> Iterator[str]:
    """Yield triples as lines of N-Triples."""
    for subject, predicate, value in triples:
        yield f"{subject} {predicate} {value} ."
