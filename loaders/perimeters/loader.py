"""Rules applied to what the public graphs say of each organisation, as dated assertions.

A derived source: it reads a store whose default graph is the union of the public graphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from pyoxigraph import Literal, NamedNode, Store

from loaders.perimeters.evidence import (
    ALWAYS,
    FOREVER,
    UNION,
    gather,
    objects,
    subjects,
)
from loaders.perimeters.verdict import Verdict, verdicts
from loaders.records import identify
from loaders.records.source import Triples
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import RDF, SKOS, XSD

THINGS = f"{DEFAULT_BASE}id/organisation/"
# Said of organisations: what the rules rest on.
OWN = (se.legalForm, se.formInArticles, se.legalFamily, se.socialEconomyFlag)
# Links by which something else speaks of an organisation, or leads to one that does.
ABOUT = (se.accreditedOrganisation, se.classified)
LEADING = (
    se.legalForm, se.formInArticles, se.legalFamily, se.address, se.municipality, se.country,
    se.activeIn, se.accreditationScheme, SKOS.broader,
)  # fmt: skip
# Every predicate that is looked at, here and in evidence.py.
READS = frozenset({
    *OWN, *ABOUT, *LEADING, RDF.type, SKOS.notation, se.accreditationStatus,
    se.classificationOutcome, se.decisionDate, se.dissolvedOn, se.ecosystemRole, se.excludes,
    se.foundedOn, se.jurisdiction, se.observedOn, se.prerequisite, se.regime, se.validFrom,
    se.validTo,
})  # fmt: skip
OBSERVATORY = "observatory"


def organisations(facts: Store) -> Iterator[NamedNode]:
    """Yield every organisation of which a rule or a decision can say something, each once."""
    seen: set[NamedNode] = set()
    for predicate in OWN:
        for quad in facts.quads_for_pattern(None, predicate, None, UNION):
            if isinstance(quad.subject, NamedNode):
                seen.add(quad.subject)
    for predicate in ABOUT:
        for quad in facts.quads_for_pattern(None, predicate, None, UNION):
            if isinstance(quad.object, NamedNode):
                seen.add(quad.object)
    for found in sorted(seen, key=str):
        if found.value.startswith(THINGS):
            yield found


def affected(facts: Store, changed: Iterable[NamedNode]) -> set[NamedNode]:
    """Return the organisations to judge again when statements of these subjects changed.

    What a removed statement led to is found in the facts from before: ask with both stores.
    """
    found: set[NamedNode] = set()
    ahead = list(changed)
    seen: set[NamedNode] = set(ahead)
    while ahead:
        thing = ahead.pop()
        if thing.value.startswith(THINGS):
            found.add(thing)
            continue
        near = [one for link in ABOUT for one in objects(facts, thing, link)]
        near += [one for link in LEADING for one in subjects(facts, link, thing)]
        ahead += (one for one in near if one not in seen)
        seen.update(near)
    return found


def derive(facts: Store, organisation: NamedNode) -> Triples:
    """Yield the classifications of one organisation: one per regime and stretch of days."""
    for verdict in verdicts(gather(facts, organisation)):
        yield from describe(organisation, verdict)


def describe(organisation: NamedNode, verdict: Verdict) -> Triples:
    """Yield the statements of one classification."""
    key = f"{organisation.value.removeprefix(THINGS)}-{verdict.regime}"
    number = f"{key}-{verdict.start}" if verdict.start else key
    subject = identify.thing("classification", "perimeters", number)
    yield subject, RDF.type, se.Classification
    yield subject, se.classified, organisation
    yield subject, se.regime, code("regime", verdict.regime)
    yield subject, se.classificationOutcome, outcome(verdict.outcome)
    yield subject, se.ruleId, Literal(verdict.rule)
    yield subject, se.ruleVersion, Literal(verdict.version)
    if verdict.family:
        yield subject, se.family, code("legal-family", verdict.family)
    for node in verdict.evidence:
        yield subject, se.evidence, node
    for reason in verdict.reasons:
        yield subject, se.candidateReason, code("candidate-reason", reason)
    if verdict.certainty:
        yield subject, se.certainty, code("certainty", verdict.certainty)
    if verdict.by_rule:
        yield subject, se.outcomeByRule, outcome(verdict.by_rule)
    if verdict.regime == OBSERVATORY:
        yield subject, se.employerEvidence, code("employer-evidence", "unknown")
    if verdict.start != ALWAYS:
        yield subject, se.validFrom, day(verdict.start)
    if verdict.end != FOREVER:
        yield subject, se.validTo, day(verdict.end)


def outcome(name: str) -> NamedNode:
    """Return the code of an outcome."""
    return code("classification-outcome", name)


code = cache(identify.code)


@lru_cache(maxsize=1 << 16)
def day(text: str) -> Literal:
    """Return a day, which the facts give as ISO 8601, as xsd:date."""
    return Literal(text, datatype=XSD.date)
