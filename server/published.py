"""What the HTTP process itself knows of a release: never its data, only a summary of them."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ontology import DEFAULT_BASE, NAMESPACE
from queries.catalogue import NamedQuery, catalogue
from queries.release import Graph, Release
from server.process import Question, Worker

SUMMARY_CAP = 20_000_000
SUMMARY_LIMIT = 120.0
Labels = Mapping[str, Mapping[str, str]]

TERMS = Question(
    """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT DISTINCT ?term ?label WHERE { ?term rdfs:label ?label ; rdfs:isDefinedBy ?by }"""
)
CLASSES = Question(
    "SELECT ?class (COUNT(?thing) AS ?things) WHERE { ?thing a ?class } GROUP BY ?class"
)


class SummaryError(Exception):
    """A store that opens but cannot be read."""


@dataclass(frozen=True)
class Snapshot:
    """One release as it is served."""

    release: Release
    graphs: Mapping[str, Graph | None]
    terms: Labels
    classes: Mapping[str, int]
    queries: Mapping[str, NamedQuery]

    @property
    def id(self) -> str:
        """Name of the release."""
        return self.release.id

    @property
    def base(self) -> str:
        """Where the IRIs of our things, codes and graphs begin."""
        return self.release.manifest.base

    @property
    def statements(self) -> int:
        """How many statements the public graphs hold."""
        return self.release.manifest.tiers["public"].quads

    def counted(self, name: str) -> int:
        """Return how many things there are of a class of the vocabulary."""
        return self.classes.get(NAMESPACE + name, 0)

    def local(self, iri: str) -> str | None:
        """Return the path of one of our IRIs on this server; None for an IRI of others."""
        for start, path in ((NAMESPACE, "/ns#"), (f"{DEFAULT_BASE}shapes#", "/shapes#")):
            if iri.startswith(start):
                return path + iri[len(start) :]
        if not iri.startswith(self.base):
            return None
        path = iri[len(self.base) :]
        return "/graphs/" + path[6:] if path.startswith("graph/") else "/" + path


async def look(worker: Worker, release: Release) -> Snapshot:
    """Summarise a release through a worker that has opened it."""
    terms: dict[str, dict[str, str]] = defaultdict(dict)
    for row in await rows(worker, TERMS):
        terms[row["term"]["value"]][row["label"].get("xml:lang", "")] = row["label"]["value"]
    classes = {
        row["class"]["value"]: int(row["things"]["value"]) for row in await rows(worker, CLASSES)
    }
    known = {graph.iri: graph for graph in release.graphs if graph.visibility == "public"}
    graphs = {iri: known.get(iri) for iri in sorted(worker.graphs)}
    return Snapshot(release, graphs, dict(terms), classes, catalogue(release.manifest.base))


async def rows(worker: Worker, question: Question) -> list[dict[str, Any]]:
    """Return the rows of an answer as the JSON results format has them."""
    outcome, body = await worker.ask(question, SUMMARY_CAP, SUMMARY_LIMIT)
    if outcome["outcome"] != "ok":
        raise SummaryError(f"the store cannot be summarised: {outcome}")
    found: list[dict[str, Any]] = json.loads(body)["results"]["bindings"]
    return found
