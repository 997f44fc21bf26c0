"""All graphs of a release in the making, brought together before the gate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode

import ontology
from loaders import canonical, graphs, identify, self_description
from loaders.graphs import BuiltDelivery, BuiltGraph
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, XSD
from shapes import gate

OWN_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass
class Assembly:
    """The graphs of a release in the making, by IRI, in files of a working directory."""

    folder: Path
    base: str
    graphs: dict[str, BuiltGraph] = field(default_factory=dict)

    def add(self, graph: BuiltGraph, lines: Iterator[str]) -> None:
        """Add a graph with the lines that it will have in the release."""
        moved = sorted(set(graphs.rebased(lines, self.base)))
        content = "".join(f"{line}\n" for line in moved)
        file = self.folder / f"{len(self.graphs):04d}.nt"
        file.write_text(content, encoding="utf-8", newline="\n")
        iri = graph.iri.replace(DEFAULT_BASE, self.base, 1)
        digest = hashlib.sha256(content.encode()).hexdigest()
        self.graphs[iri] = replace(graph, iri=iri, file=file, triples=len(moved), sha256=digest)

    def examine(self) -> gate.Report:
        """Put the assembled graphs through the gate."""
        files = {iri: graph.file for iri, graph in self.graphs.items()}
        visibility = {iri: graph.visibility for iri, graph in self.graphs.items()}
        return gate.examine(files, visibility, working=self.folder)


def assemble(folder: Path, built: Mapping[str, BuiltDelivery], base: str) -> Assembly:
    """Bring all graphs together, with identity decisions applied."""
    assembly = Assembly(folder, base)
    identity = built.get("identity")
    decided = identity.graphs[0].lines() if identity else iter(())
    replaced = canonical.replacements(decided)
    for name, own in (("vocabulary", ontology.vocabulary()), ("alignments", ontology.alignments())):
        lines = (f"{t.subject} {t.predicate} {t.object} ." for t in own)
        assembly.add(own_graph(name), lines)
    assembly.add(own_graph("queries"), self_description.question_lines(base))
    for name, delivered in built.items():
        for graph in delivered.graphs:
            kept = graph.lines()
            assembly.add(graph, kept if name == "identity" else canonical.applied(kept, replaced))
    add_provenance(assembly)
    return assembly


def own_graph(name: str, visibility: str = "public") -> BuiltGraph:
    """Return the graph of something that the platform itself says."""
    titles = {
        "vocabulary": ("The vocabulary", "Le vocabulaire"),
        "alignments": ("Alignments with other vocabularies", "Alignements du vocabulaire"),
        "queries": ("The named questions", "Les questions"),
        "void": ("What the release holds", "Le contenu de la version"),
        "provenance": ("Where the graphs come from", "La provenance des graphes"),
    }
    title, title_fr = titles[name]
    iri = identify.graph(name, "", visibility).value
    return BuiltGraph(
        iri, name, "current", visibility, title, title_fr, "Maillage", OWN_LICENCE, "", "",
        graphs.framework_digest()[:12], Path(), 0, "",
    )  # fmt: skip


def add_provenance(assembly: Assembly) -> None:
    """Add, per visibility, a graph that says where the graphs come from, itself included.

    The statistics, which count this graph too, are added later, and described here already.
    """
    for visibility in ("public", "partner"):
        seen = [g for g in assembly.graphs.values() if g.visibility == visibility]
        if seen:
            own = derived_graph("provenance", seen, visibility)
            made = [own, derived_graph("void", seen)] if visibility == "public" else [own]
            lines = (line for graph in (*seen, *made) for line in provenance(graph))
            assembly.add(own, lines)


def add_statistics(assembly: Assembly) -> None:
    """Add a graph that says how much of everything the public graphs hold."""
    counted = self_description.statistics_lines(assembly.graphs.values(), assembly.base)
    read = [g for g in assembly.graphs.values() if g.visibility == "public"]
    assembly.add(derived_graph("void", [g for g in read if g.source != "provenance"]), counted)


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
