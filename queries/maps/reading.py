"""Reads a view out of a release, by questions that whoever drives it has answered.

The build asks a store, the server its workers: both drive the same generator.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ontology import NAMESPACE
from ontology import terms as se
from ontology.outside import PROV, RDF
from queries.catalogue import rebase
from queries.maps.describing import (
    FAMILIES,
    TERRITORIES,
    Codes,
    Values,
    all_of,
    kinds_of,
    node_of,
)
from queries.maps.graph import Edge, Fact, Map, build
from queries.maps.view import View

# Things asked for at once.
BATCH = 1_000
PERSON = "Person"
Asking = Generator[str, list[Triple], "Read"]

DESCRIBED = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX se: <https://w3id.org/maillage/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
CONSTRUCT {{ ?thing ?property ?value }} WHERE {{
  VALUES ?thing {{ {things} }}
  ?thing ?property ?value
  FILTER(?property IN (rdf:type, skos:prefLabel, skos:altLabel, dcterms:title, se:ecosystemRole,
    se:federationFamily, se:legalFamily, se:country, se:activeIn, se:municipality,
    se:jurisdiction, se:validFrom, se:validTo, se:observedOn, se:heldDuring, se:locator))
}}"""
STATED = """
PREFIX dcterms: <http://purl.org/dc/terms/>
CONSTRUCT {{ ?thing dcterms:source ?graph }} WHERE {{
  VALUES ?thing {{ {things} }}
  GRAPH ?graph {{ ?thing a ?any }}
}}"""
CODED = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
CONSTRUCT {{ ?thing ?property ?value }} WHERE {{
  VALUES ?thing {{ {things} }}
  ?thing ?property ?value
  FILTER(?property IN (skos:broader, skos:prefLabel))
}}"""


class PersonError(ValueError):
    """A person would be drawn on a public map."""


@dataclass(frozen=True)
class Tie:
    """A tie as a view says it, before its facts are read."""

    source: str
    target: str
    relation: str
    fact: str | None


@dataclass
class Read:
    """The map of a view, with the labels of the codes in it and the graphs it rests on."""

    map: Map
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


def read(view: View, found: Iterable[Triple], base: str) -> Asking:
    """Return the map of a view from what its question gave; yields further questions."""
    triples = list(found)
    ties, alone = sorted(ties_of(view, triples, base), key=order_of), alone_in(triples)
    things = {name for tie in ties for name in (tie.source, tie.target)} | alone
    facts = {tie.fact for tie in ties if tie.fact}
    said: dict[str, Values] = {}
    for part in batches(things | facts):
        said.update(by_subject((yield DESCRIBED.format(things=part))))
    stated: dict[str, str] = {}
    for part in batches(things | facts):
        stated.update(sources_in((yield STATED.format(things=part))))
    refuse_persons(things, said, base)
    codes, unknown = Codes(base), codes_in(said[name] for name in things if name in said)
    while unknown:
        for part in batches(unknown):
            codes.learn((yield CODED.format(things=part)))
        unknown = codes.unread()
    ends = ends_of(ties)
    nodes = [node_of(name, said.get(name, {}), view, codes, ends[name]) for name in sorted(things)]
    edges = [edge_of(tie, said, stated) for tie in ties]
    shown = build((node for node in nodes if node), edges)
    return Read(shown, codes.labels, sources_of(shown, stated))


def order_of(tie: Tie) -> tuple[str, str, str, str]:
    """Return by what ties are put in order."""
    return tie.source, tie.target, tie.relation, tie.fact or ""


def ties_of(view: View, triples: Iterable[Triple], base: str) -> set[Tie]:
    """Return the ties among the triples of a view."""
    relations = {absolute(name, base): one.id for one in view.relations for name in one.properties}
    found: set[Tie] = set()
    parts: dict[str, dict[str, str]] = defaultdict(dict)
    for triple in triples:
        subject, name, value = triple
        if not isinstance(value, NamedNode):
            continue
        if isinstance(subject, BlankNode):
            parts[subject.value][name.value] = value.value
        elif isinstance(subject, NamedNode) and name.value in relations:
            found.add(Tie(subject.value, value.value, relations[name.value], None))
    for said in parts.values():
        ends = (said.get(RDF.subject.value), said.get(RDF.object.value))
        relation = relations.get(said.get(RDF.predicate.value, ""))
        if ends[0] and ends[1] and relation:
            found.add(Tie(ends[0], ends[1], relation, said.get(PROV.wasDerivedFrom.value)))
    return found


def alone_in(triples: Iterable[Triple]) -> set[str]:
    """Return the things that a view names by their class, whether they have ties or not."""
    return {
        triple.subject.value
        for triple in triples
        if triple.predicate == RDF.type and isinstance(triple.subject, NamedNode)
    }


def absolute(name: str, base: str) -> str:
    """Return the IRI of a property or of a code, as view files write them."""
    prefix, _colon, rest = name.partition(":")
    return f"{NAMESPACE}{rest}" if prefix == "se" else f"{base}code/{rest}"


def batches(names: Iterable[str]) -> Iterator[str]:
    """Yield names as terms of a question, so many at once."""
    ordered = sorted(names)
    for start in range(0, len(ordered), BATCH):
        yield " ".join(str(NamedNode(name)) for name in ordered[start : start + BATCH])


def by_subject(triples: Iterable[Triple]) -> dict[str, Values]:
    """Return what is said, by thing and property."""
    found: dict[str, dict[str, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
            found[triple.subject.value][triple.predicate.value].append(triple.object)
    return {name: dict(said) for name, said in found.items()}


def sources_in(triples: Iterable[Triple]) -> dict[str, str]:
    """Return a graph that states each thing: the first by name."""
    found: dict[str, str] = {}
    for triple in triples:
        thing, graph = triple.subject, triple.object
        if isinstance(thing, NamedNode) and isinstance(graph, NamedNode):
            found[thing.value] = min(found.get(thing.value, graph.value), graph.value)
    return found


def refuse_persons(things: Iterable[str], said: Mapping[str, Values], base: str) -> None:
    """Refuse a person among the things of a map; PersonError names it."""
    for name in sorted(things):
        if PERSON in kinds_of(said.get(name, {})) or name.startswith(f"{base}id/person/"):
            raise PersonError(f"{name} is a person, and a public map shows none")


def codes_in(described: Iterable[Values]) -> set[str]:
    """Return the codes of families and territories that things have."""
    wanted = {one.value for one in (*FAMILIES, *TERRITORIES)}
    return {
        value.value
        for said in described
        for name, values in said.items()
        if name in wanted
        for value in values
        if isinstance(value, NamedNode)
    }


def ends_of(ties: Iterable[Tie]) -> Mapping[str, set[str]]:
    """Return which ties go out of each thing and come to it, as conditions write them."""
    found: dict[str, set[str]] = defaultdict(set)
    for tie in ties:
        found[tie.source].add(f"from {tie.relation}")
        found[tie.target].add(f"to {tie.relation}")
    return found


def edge_of(tie: Tie, said: Mapping[str, Values], stated: Mapping[str, str]) -> Edge:
    """Return a tie with its fact, dated."""
    where = tie.fact or tie.source
    facts = said.get(tie.fact, {}) if tie.fact else {}
    since, until = validity(facts)
    locators = sorted(value.value for value in all_of(facts, se.locator))
    fact = Fact(tie.fact, since, until, stated.get(where), ", ".join(locators) or None)
    return Edge(tie.source, tie.target, tie.relation, (fact,))


def validity(said: Values) -> tuple[date | None, date | None]:
    """Return from when to before when a fact holds, by what its source says.

    A year in which it held bounds it on both sides; a day on which it was seen, only before.
    """
    since, until = first_date(said, se.validFrom), first_date(said, se.validTo)
    years = sorted(int(value.value[:4]) for value in all_of(said, se.heldDuring)
                   if value.value[:4].isdigit())  # fmt: skip
    if since is None and years:
        since = date(max(1, years[0]), 1, 1)
        until = until or date(min(9998, years[-1]) + 1, 1, 1)
    if since is None:
        since = first_date(said, se.observedOn)
    return since, until


def first_date(said: Values, name: NamedNode) -> date | None:
    """Return the earliest day that a property gives."""
    found = []
    for value in all_of(said, name):
        try:
            found.append(date.fromisoformat(value.value))
        except ValueError:
            continue
    return min(found, default=None)


def sources_of(shown: Map, stated: Mapping[str, str]) -> tuple[str, ...]:
    """Return the graphs that state the things and ties of a map."""
    named = {stated[name] for name in shown.nodes if name in stated}
    facts = {fact.source for edge in shown.edges for fact in edge.facts if fact.source}
    return tuple(sorted(named | facts))


def question(view: View, base: str) -> str:
    """Return the question of a view, for things under a base.

    Codes are written out in view files, as anywhere a base may be another one.
    """
    return rebase(view.query, base)
