"""One decision per row: two records, a judgement, and why."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import NamedNode

from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import DCTERMS, RDF


def record(row: Row, name: str) -> NamedNode:
    """Return the record that a field names by its path below ``id/``."""
    return NamedNode(f"{DEFAULT_BASE}id/{row.take(name)}")


def describe_decision(row: Row) -> Triples:
    """Describe one decision; a merged record points to the one that replaces it."""
    decision = row.iri()
    left, right = record(row, "left"), record(row, "right")
    judgement = row.code("judgement", "judgement")
    yield decision, RDF.type, se.IdentityDecision
    yield decision, se.leftRecord, left
    yield decision, se.rightRecord, right
    yield decision, se.judgement, judgement
    yield decision, se.decidedOn, row.date("decided_on")
    yield decision, se.decidedBy, row.text("decided_by")
    yield decision, se.reason, row.text("reason", lang="en")
    if score := row.optional_decimal("score"):
        yield decision, se.score, score
    if judgement.value.endswith("/same"):
        yield right, DCTERMS.isReplacedBy, left


TABLES: Mapping[str, Describe] = {"decisions": describe_decision}
