"""What the platform itself says: its vocabulary, its questions, and where the graphs come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode

import ontology
from loaders.building import self_description, statistics
from loaders.building.assembly import Assembly, Part
from loaders.building.statistics import Census
from loaders.description import graphs
from loaders.description.graphs import BuiltGraph
from loaders.records import identify
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, XSD

OWN_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TITLES = {
    "vocabulary": ("The vocabulary", "Le vocabulaire"),
    "alignments": ("Alignments with other vocabularies", "Alignements du vocabulaire"),
    "queries": ("The named questions", "Les questions"),
    "void": ("What the release holds", "Le contenu de la version"),
    "provenance": ("Where the graphs come from", "La provenance des graphes"),
}
OWN = frozenset(TITLES)


def own_graph(name: str, visibility: str = "public") -> BuiltGraph:
    """Return the graph of something that the platform itself says."""
    title, title_fr = TITLES[name]
    iri = identify.graph(name, "", visibility).value
    return BuiltGraph(
        iri, name, "current", visibility, title, title_fr, "Maillage", OWN_LICENCE, "", "",
        graphs.framework_digest()[:12], Path(), 0, "",
    )  # fmt: skip


def add_vocabulary(assembly: Assembly) -> None:
    """Add the vocabulary, its alignments and the questions."""
    for name, own in (("vocabulary", ontology.vocabulary()), ("alignments", ontology.alignments())):
        lines = (f"{t.subject} {t.predicate} {t.object} ." for t in own)
        assembly.put(own_graph(name), lines)
    assembly.put(own_graph("queries"), self_description.question_lines(assembly.base))


def add_provenance(assembly: Assembly) -> list[Part]:
    """Add, per visibility, a graph that says where the graphs come from, itself included.

    The statistics, which count this graph too, are added later, and described here already.
    """
    made: list[Part] = []
    for visibility in ("public", "partner"):
        seen = [graph for graph in assembly.graphs if graph.visibility == visibility]
        if seen:
            own = derived_graph("provenance", seen, visibility)
            also = [own, derived_graph("void", seen)] if visibility == "public" else [own]
            lines = (line for graph in (*seen, *also) for line in provenance(graph))
            made.append(assembly.put(own, lines))
    return made


def add_statistics(assembly: Assembly, census: Census) -> Part:
    """Add a graph that says how much of everything the public graphs hold."""
    read = [graph for graph in assembly.graphs if graph.visibility == "public"]
    graph = derived_graph("void", [one for one in read if one.source != "provenance"])
    lines = self_description.lines(
        statistics.describe(census, assembly.base, ((one.iri, one.triples) for one in read))
    )
    return assembly.put(graph, lines)


def derived_graph(
    name: str, inputs: Iterable[BuiltGraph], visibility: str = "public"
) -> BuiltGraph:
    """Return a graph that the platform makes from others; their digests are its input."""
    read = "".join(sorted(f"{graph.iri} {graph.sha256}\n" for graph in inputs))
    digest = hashlib.sha256(read.encode()).hexdigest()
    return replace(own_graph(name, visibility), input_digest=digest)


def provenance(graph: BuiltGraph) -> Iterator[str]:
    """Yield the lines that say where a graph comes from."""
    subject = NamedNode(graph.iri)
    statements: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF.type, se.GraphDelivery),
        (RDF.type, se.SourceDelivery),
        (DCTERMS.title, Literal(graph.title, language="en")),
        (DCTERMS.publisher, Literal(graph.publisher)),
        (DCTERMS.license, NamedNode(graph.licence)),
        (se.source, Literal(graph.source)),
        (se.visibility, identify.code("visibility", graph.visibility)),
        (se.inputDigest, Literal(graph.input_digest or graph.sha256)),
        (se.loaderVersion, Literal(graph.loader_version)),
    ]
    if graph.title_fr:
        statements.append((DCTERMS.title, Literal(graph.title_fr, language="fr")))
    if graph.period.isdigit():
        statements.append((se.referencePeriod, Literal(graph.period, datatype=XSD.gYear)))
    for predicate, value in statements:
        yield f"{subject} {predicate} {value} ."
