"""What the HTTP process itself knows of a release: never its data, only a summary of them."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pyoxigraph import NamedNode

from ontology import DEFAULT_BASE, NAMESPACE
from queries.catalogue import NamedQuery, catalogue
from queries.release import Graph, Release, Tier
from server.access.caller import Bounds
from server.engine.process import Question
from server.errors import ProblemError

SUMMARY = Bounds(deadline=120.0, result_cap=20_000_000)
Labels = Mapping[str, Mapping[str, str]]

TERMS = Question(
    """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT DISTINCT ?term ?label WHERE { ?term rdfs:label ?label ; rdfs:isDefinedBy ?by }"""
)
CLASSES = Question(
    "SELECT ?class (COUNT(?thing) AS ?things) WHERE { ?thing a ?class } GROUP BY ?class"
)

CODES = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?scheme ?code WHERE {{ VALUES ?scheme {{ {schemes} }} ?code skos:inScheme ?scheme }}"""


class SummaryError(Exception):
    """A store that opens but cannot be read."""


class Asking(Protocol):
    """What has opened a release and answers for it."""

    @property
    def graphs(self) -> frozenset[str]:
        """IRIs of the named graphs."""

    async def ask(self, question: Question, bounds: Bounds) -> bytes:
        """Return the whole answer to a query."""


@dataclass(frozen=True)
class Snapshot:
    """One release as it is served."""

    release: Release
    graphs: Mapping[str, Graph | None]
    terms: Labels
    classes: Mapping[str, int]
    queries: Mapping[str, NamedQuery]
    tier: Tier = "public"
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)

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
        """How many statements the graphs of the tier hold."""
        return self.release.manifest.tiers[self.tier].quads

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


async def look(opened: Asking, release: Release, tier: Tier) -> Snapshot:
    """Summarise a release through what has opened it."""
    terms: dict[str, dict[str, str]] = defaultdict(dict)
    for row in await rows(opened, TERMS):
        terms[row["term"]["value"]][row["label"].get("xml:lang", "")] = row["label"]["value"]
    classes = {
        row["class"]["value"]: int(row["things"]["value"]) for row in await rows(opened, CLASSES)
    }
    seen = ("public",) if tier == "public" else ("public", "partner")
    known = {graph.iri: graph for graph in release.graphs if graph.visibility in seen}
    graphs = {iri: known.get(iri) for iri in sorted(opened.graphs)}
    base = release.manifest.base
    codes = await codes_of(opened, base)
    return Snapshot(release, graphs, dict(terms), classes, catalogue(base), tier, codes)


async def codes_of(opened: Asking, base: str) -> dict[str, frozenset[str]]:
    """Return the IRIs of the codes of each code list that a parameter of a question names."""
    parameters = (one for query in catalogue(base).values() for one in query.parameters)
    schemes = {f"{base}code/{one.scheme}": one.scheme for one in parameters if one.scheme}
    listed = " ".join(str(NamedNode(iri)) for iri in sorted(schemes))
    found: dict[str, set[str]] = defaultdict(set)
    for row in await rows(opened, Question(CODES.format(schemes=listed))):
        found[schemes[row["scheme"]["value"]]].add(row["code"]["value"])
    return {scheme: frozenset(codes) for scheme, codes in found.items()}


async def rows(opened: Asking, question: Question) -> list[dict[str, Any]]:
    """Return the rows of an answer as the JSON results format has them."""
    try:
        body = await opened.ask(question, SUMMARY)
    except ProblemError as error:
        raise SummaryError(f"the store cannot be summarised: {error}") from error
    found: list[dict[str, Any]] = json.loads(body)["results"]["bindings"]
    return found
