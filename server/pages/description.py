"""Gathers what a release says of one thing: its statements, those about it, and their sources."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import NamedNode

from ontology import superclasses
from ontology.outside import DCTERMS, RDF, SCHEMA, SKOS
from queries.release import Graph
from server.engine.pool import Lease
from server.engine.process import Question
from server.engine.published import Snapshot
from server.pages.display import Shower
from server.pages.fill import fill

MOST_STATEMENTS = 2_000
MOST_INCOMING = 1_000
MOST_EXPANDED = 400
Row = Mapping[str, Any]

OUTGOING = f"""
SELECT ?graph ?property ?value WHERE {{
  VALUES ?thing {{ UNDEF }}
  GRAPH ?graph {{ ?thing ?property ?value }}
}} LIMIT {MOST_STATEMENTS}"""
INCOMING = f"""
SELECT ?graph ?from ?property WHERE {{
  VALUES ?thing {{ UNDEF }}
  GRAPH ?graph {{ ?from ?property ?thing }}
}} LIMIT {MOST_INCOMING + 1}"""
LABELS = """
SELECT ?thing ?label WHERE {
  VALUES ?thing { UNDEF }
  ?thing skos:prefLabel|rdfs:label|dcterms:title|xkos:plainText ?label
}"""
STATEMENTS = """
SELECT ?graph ?thing ?property ?value WHERE {
  VALUES ?thing { UNDEF }
  GRAPH ?graph { ?thing ?property ?value }
}"""
# What is there for programs only, and says in other words what a page shows.
FOR_PROGRAMS = ("http://schema.org/", "https://cube.link/")
SAID_ANYWAY = {one.value for one in (RDF.first, SCHEMA.position, SKOS.narrower)}


@dataclass
class Description:
    """What is known of one thing, as rows of the JSON results format."""

    iri: str
    outgoing: list[Row]
    incoming: list[Row]
    inner: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def truncated(self) -> bool:
        """Tell whether more things point here than are shown."""
        return len(self.incoming) > MOST_INCOMING

    def values(self, *properties: NamedNode) -> list[Row]:
        """Return the values of some properties."""
        wanted = {one.value for one in properties}
        return [row["value"] for row in self.outgoing if row["property"]["value"] in wanted]

    @property
    def replaced_by(self) -> str | None:
        """The IRI under which the thing is known now, when it was merged into another."""
        found = self.values(DCTERMS.isReplacedBy)
        return found[0]["value"] if found else None

    @property
    def sources(self) -> list[str]:
        """The graphs that say something here, in the order in which they are numbered."""
        rows = [
            *self.outgoing,
            *self.incoming,
            *(row for rows in self.inner.values() for row in rows),
        ]
        return list(dict.fromkeys(row["graph"]["value"] for row in rows))


def said_anyway(name: str) -> bool:
    """Tell whether a property says for programs what a page shows by another one."""
    return name in SAID_ANYWAY or name.startswith(FOR_PROGRAMS)


async def asked(lease: Lease, text: str, **terms: Any) -> list[Row]:
    """Return the rows of one of the pages' own queries."""
    answer = await lease.ask(Question(fill(text, lease.snapshot.base, **terms)))
    found: list[Row] = json.loads(answer.body)["results"]["bindings"]
    return found


async def describe(lease: Lease, iri: NamedNode, shower: Shower) -> Description | None:
    """Return what is known of a thing, and teach the page its labels; None when nothing is."""
    outgoing = await asked(lease, OUTGOING, thing=iri)
    incoming = await asked(lease, INCOMING, thing=iri)
    if not outgoing and not incoming:
        return None
    found = Description(iri.value, outgoing, incoming)
    await learn_labels(lease, shower, [*iris(outgoing), *iris(incoming), iri.value])
    expanded = list(nodes_to_expand(found, shower, lease.snapshot))[:MOST_EXPANDED]
    if expanded:
        rows = await asked(lease, STATEMENTS, thing=[NamedNode(one) for one in expanded])
        for row in rows:
            found.inner.setdefault(row["thing"]["value"], []).append(row)
        await learn_labels(lease, shower, iris(rows))
    return found


async def learn_labels(lease: Lease, shower: Shower, wanted: Iterable[str]) -> None:
    """Teach a page the labels of some of our IRIs."""
    unknown = sorted(
        {iri for iri in wanted if iri.startswith(lease.snapshot.base)} - shower.labels.keys()
    )
    if unknown:
        shower.learn(await asked(lease, LABELS, thing=[NamedNode(iri) for iri in unknown]))


def iris(rows: Iterable[Row]) -> list[str]:
    """Return the IRIs in some rows."""
    return [term["value"] for row in rows for term in row.values() if term["type"] == "uri"]


def nodes_to_expand(found: Description, shower: Shower, snapshot: Snapshot) -> dict[str, None]:
    """Return the things without a name of their own, which are shown by what they say."""
    start = f"{snapshot.base}id/"
    parts = [row["value"]["value"] for row in found.outgoing if row["value"]["type"] == "uri"]
    parts += [row["from"]["value"] for row in found.incoming]
    return dict.fromkeys(iri for iri in parts if iri.startswith(start) and iri not in shower.labels)


def kind_of(rows: Iterable[Row], snapshot: Snapshot) -> str | None:
    """Return the most precise class of a thing."""
    classes = (row["value"]["value"] for row in rows if row["property"]["value"] == RDF.type.value)
    return next(iter(by_precision(classes, snapshot)), None)


def by_precision(classes: Iterable[str], snapshot: Snapshot) -> list[str]:
    """Return classes, the most precise first: by what is above them, then by how many they hold."""

    def breadth(iri: str) -> tuple[int, int, str]:
        return -len(superclasses(NamedNode(iri))), snapshot.classes.get(iri, 0), iri

    return sorted(set(classes), key=breadth)


def title_of(graph: Graph | None, iri: str, language: str) -> str:
    """Return what a graph is called."""
    if graph is None:
        return iri
    return (graph.title_fr if language == "fr" else None) or graph.title
