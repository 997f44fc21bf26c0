"""From a graph of cubes back to cubes: the structures, and the observations as rows.

What a graph does not say is not made up: ValueError tells what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from pyoxigraph import Dataset, DefaultGraph, Literal, NamedNode, Quad, Triple

from loaders.cube_graphs.literals import TEXTS
from loaders.cube_graphs.structures import ATTACHMENTS, KINDS
from ontology import terms as se
from ontology.outside import (
    DCAT,
    DCTERMS,
    FOAF,
    QB,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    XKOS,
)
from queries.cubes.model import (
    Code,
    CodeList,
    Collection,
    Component,
    Concept,
    Dataflow,
    Names,
    Structure,
)

Term = NamedNode | Literal
Row = dict[str, str | Decimal | None]


class Graph:
    """The statements of cubes and of the lists that they use."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.data = Dataset(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples)

    def values(self, subject: NamedNode, predicate: NamedNode) -> list[Term]:
        """Return what a thing has for a property."""
        return [
            quad.object
            for quad in self.data.quads_for_subject(subject)
            if quad.predicate == predicate and isinstance(quad.object, NamedNode | Literal)
        ]

    def nodes(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        """Return the things that a thing has for a property."""
        return [v for v in self.values(subject, predicate) if isinstance(v, NamedNode)]

    def node(self, subject: NamedNode, predicate: NamedNode) -> NamedNode:
        """Return the one thing that a thing has for a property."""
        found = self.nodes(subject, predicate)
        if len(found) != 1:
            raise ValueError(f"{subject.value}: {len(found)} values of {predicate.value}, not one")
        return found[0]

    def text(self, subject: NamedNode, predicate: NamedNode) -> str:
        """Return the one text that a thing has for a property."""
        found = self.values(subject, predicate)
        if len(found) != 1:
            raise ValueError(f"{subject.value}: {len(found)} values of {predicate.value}, not one")
        return found[0].value

    def names(self, subject: NamedNode, predicate: NamedNode) -> Names:
        """Return a name by language."""
        found = self.values(subject, predicate)
        return {
            v.language: v.value for v in found if isinstance(v, Literal) and v.language is not None
        }

    def typed(self, kind: NamedNode) -> list[NamedNode]:
        """Return the things of a class, ordered by IRI."""
        found = self.data.quads_for_object(kind)
        things = {q.subject for q in found if q.predicate == RDF.type}
        return sorted((t for t in things if isinstance(t, NamedNode)), key=lambda t: t.value)


def collection(graph: Graph) -> Collection:
    """Return all cubes that a graph describes."""
    agency = next(iter(graph.typed(FOAF.Agent)), None)
    if agency is None:
        raise ValueError("the graph names no agency")
    components = {
        structure: components_of(graph, structure)
        for structure in graph.typed(QB.DataStructureDefinition)
    }
    properties = [one for some in components.values() for _, one, _ in some]
    lists = [code_list(graph, scheme) for scheme in schemes(graph)]
    structures = [
        Structure(
            **reference(graph, node), names=graph.names(node, RDFS.label),
            components=tuple(component(graph, *one) for one in some),
        )
        for node, some in components.items()
    ]  # fmt: skip
    concepts = {one.id: one for one in concepts_of(graph)}
    return Collection(
        agency=graph.text(agency, DCTERMS.identifier),
        agency_names=graph.names(agency, FOAF.name),
        concepts={name: concepts[name] for name in ordered(graph, concepts, properties)},
        code_lists={one.reference: one for one in lists},
        structures={one.reference: one for one in structures},
        dataflows=tuple(dataflow(graph, node) for node in graph.typed(QB.DataSet)),
    )


def ordered(
    graph: Graph, concepts: Mapping[str, Concept], properties: Iterable[NamedNode]
) -> Iterator[str]:
    """Yield the names of concepts in the order of components, then those that no one uses."""
    used = [graph.text(graph.node(one, QB.concept), SKOS.notation) for one in properties]
    yield from dict.fromkeys(chain(used, sorted(concepts)))


def reference(graph: Graph, node: NamedNode) -> dict[str, str]:
    """Return agency, identifier and version of what a URN names."""
    urn = next(
        (
            v.value
            for v in graph.values(node, DCTERMS.identifier)
            if v.value.startswith("urn:sdmx:")
        ),
        None,
    )
    if urn is None:
        raise ValueError(f"{node.value} has no SDMX identifier")
    agency, _, rest = urn.partition("=")[2].partition(":")
    name, _, version = rest.rstrip(")").partition("(")
    return {"agency": agency, "id": name, "version": version}


def concepts_of(graph: Graph) -> Iterator[Concept]:
    """Yield the concepts that components have."""
    nodes = {q.object for q in graph.data.quads_for_predicate(QB.concept)}
    for node in sorted((n for n in nodes if isinstance(n, NamedNode)), key=lambda n: n.value):
        yield Concept(
            id=graph.text(node, SKOS.notation), names=graph.names(node, RDFS.label),
            iri=graph.node(node, RDFS.isDefinedBy).value,
            definitions=graph.names(node, RDFS.comment),
        )  # fmt: skip


def schemes(graph: Graph) -> list[NamedNode]:
    """Return the lists that components take their codes from, and others with an SDMX name."""
    found = {q.object for q in graph.data.quads_for_predicate(QB.codeList)}
    for scheme in graph.typed(SKOS.ConceptScheme):
        if any(v.value.startswith("urn:sdmx:") for v in graph.values(scheme, DCTERMS.identifier)):
            found.add(scheme)
    return sorted((n for n in found if isinstance(n, NamedNode)), key=lambda n: n.value)


def code_list(graph: Graph, scheme: NamedNode) -> CodeList:
    """Return a list with its codes in their order."""
    members = [
        q.subject
        for q in graph.data.quads_for_object(scheme)
        if q.predicate == SKOS.inScheme and isinstance(q.subject, NamedNode)
    ]
    members.sort(key=lambda node: (int(graph.text(node, SCHEMA.position)), node.value))
    issued = graph.values(scheme, DCTERMS.issued)
    return CodeList(
        issued=date.fromisoformat(issued[0].value) if issued else None,
        **reference(graph, scheme), names=graph.names(scheme, DCTERMS.title), iri=scheme.value,
        codes=tuple(code(graph, node) for node in members),
    )  # fmt: skip


def code(graph: Graph, node: NamedNode) -> Code:
    """Return a code."""
    above = graph.nodes(node, SKOS.broader)
    return Code(
        id=graph.text(node, SKOS.notation), names=graph.names(node, SKOS.prefLabel),
        iri=node.value, parent=graph.text(above[0], SKOS.notation) if above else None,
        definitions=definitions(graph, node),
    )  # fmt: skip


def definitions(graph: Graph, node: NamedNode) -> Names:
    """Return what defines a code, by language: texts, or notes as XKOS has them."""
    found = dict(graph.names(node, SKOS.definition))
    for note in graph.nodes(node, SKOS.definition):
        found.update(graph.names(note, XKOS.plainText))
    return found


def components_of(graph: Graph, structure: NamedNode) -> list[tuple[NamedNode, NamedNode, str]]:
    """Return the components of a structure in order, each with its property and its kind."""
    found = []
    for node in graph.nodes(structure, QB.component):
        for kind, (link, _) in KINDS.items():
            if kind != "time" and (properties := graph.nodes(node, link)):
                found.append((int(graph.text(node, QB.order)), node, properties[0], kind))
    return [
        (node, property_, kind) for _, node, property_, kind in sorted(found, key=lambda f: f[0])
    ]


def component(graph: Graph, node: NamedNode, property_: NamedNode, kind: str) -> Component:
    """Return a component of a structure."""
    concept = graph.node(property_, QB.concept)
    lists = graph.nodes(property_, QB.codeList)
    own = property_ != graph.node(concept, RDFS.isDefinedBy)
    time = kind == "dimension" and not lists
    made: dict[str, object] = {
        "id": graph.text(concept, SKOS.notation),
        "role": "time" if time else kind,
        "iri": property_.value if own else None,
    }
    if lists:
        made["code_list"] = "{agency}:{id}({version})".format(**reference(graph, lists[0]))
    else:
        made["text"] = TEXTS[graph.node(property_, RDFS.range)]
    if kind == "attribute":
        attached = graph.node(node, QB.componentAttachment)
        made["attachment"] = next(name for name, one in ATTACHMENTS.items() if one == attached)
        made["mandatory"] = graph.text(node, QB.componentRequired) == "true"
    return Component.model_validate(made)


def dataflow(graph: Graph, node: NamedNode) -> Dataflow:
    """Return what is said of a data set."""
    structure = graph.node(node, QB.structure)
    attributes: dict[str, str] = {}
    texts: dict[str, dict[str, str]] = {}
    for own, property_, kind in components_of(graph, structure):
        if kind == "attribute" and graph.node(own, QB.componentAttachment) == QB.DataSet:
            for value in graph.values(node, property_):
                name = graph.text(graph.node(property_, QB.concept), SKOS.notation)
                if isinstance(value, Literal) and value.language:
                    texts.setdefault(name, {})[value.language] = value.value
                else:
                    attributes[name] = told(graph, value)
    cells = sum(1 for _ in cell_nodes(graph, node))
    own_reference = reference(graph, node)
    return Dataflow(
        agency=own_reference["agency"], id=own_reference["id"],
        version=own_reference["version"], names=graph.names(node, RDFS.label),
        structure="{agency}:{id}({version})".format(**reference(graph, structure)),
        descriptions=graph.names(node, DCTERMS.description), attributes=attributes,
        texts=texts,
        licence=graph.node(node, DCTERMS.license).value,
        sources=tuple(sorted(v.value for v in graph.values(node, se.source))),
        synthetic=graph.text(node, se.invented) == "true",
        updated=datetime.fromisoformat(graph.text(node, DCTERMS.modified)),
        file=graph.text(graph.node(node, DCAT.distribution), DCTERMS.title), observations=cells,
    )  # fmt: skip


def told(graph: Graph, value: Term) -> str:
    """Return a value as a cube has it: a code by its identifier."""
    return graph.text(value, SKOS.notation) if isinstance(value, NamedNode) else value.value


def cell_nodes(graph: Graph, node: NamedNode) -> Iterator[NamedNode]:
    """Yield the observations of a data set, those that are withheld too."""
    for quad in graph.data.quads_for_object(node):
        if quad.predicate in (QB.dataSet, se.withheldFrom) and isinstance(quad.subject, NamedNode):
            yield quad.subject


def rows(graph: Graph, node: NamedNode) -> list[Row]:
    """Return the observations of a data set, sorted by their key, attributes of series included."""
    parts = components_of(graph, graph.node(node, QB.structure))
    names = {
        property_: graph.text(graph.node(property_, QB.concept), SKOS.notation)
        for own, property_, kind in parts
        if kind != "attribute" or graph.node(own, QB.componentAttachment) != QB.DataSet
    }
    measure = next(property_ for _, property_, kind in parts if kind == "measure")
    dimensions = [names[property_] for _, property_, kind in parts if kind == "dimension"]
    timeless = [
        names[property_] for _, property_, kind in parts
        if kind == "dimension" and graph.nodes(property_, QB.codeList)
    ]  # fmt: skip
    codes: dict[Term, str] = {}

    def read(subject: NamedNode) -> Row:
        row: Row = dict.fromkeys(names.values())
        for quad in graph.data.quads_for_subject(subject):
            value = quad.object
            if quad.predicate in names and isinstance(value, NamedNode | Literal):
                if value not in codes:
                    codes[value] = told(graph, value)
                text = codes[value]
                row[names[quad.predicate]] = Decimal(text) if quad.predicate == measure else text
        return row

    series = {
        tuple(one[name] for name in timeless): one
        for one in (read(slice_) for slice_ in graph.nodes(node, QB.slice))
    }
    found = []
    for cell in cell_nodes(graph, node):
        own = read(cell)
        above = series[tuple(own[name] for name in timeless)]
        found.append({name: own[name] if own[name] is not None else above[name] for name in own})
    return sorted(found, key=lambda row: tuple(str(row[name]) for name in dimensions))
