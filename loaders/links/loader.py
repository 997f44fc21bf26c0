"""One decision per row of the journal that still holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import NamedNode

from loaders.linkage.journal import JUDGEMENTS, MATCH, WITHDRAWN
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import DCTERMS, RDF

VISIBLE = {"decisions": "public", "partner_decisions": "partner"}


def standing(table: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows of the journal that no later one undoes or replaces, for one visibility."""
    last: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.take("kind") == MATCH:
            last[row.take("left"), row.take("right")] = row
    for row in last.values():
        if row.take("judgement") != WITHDRAWN and row.take("visibility") == VISIBLE[table]:
            yield row


def record(row: Row, name: str) -> NamedNode:
    """Return the record that a field names by its path below ``id/``."""
    return NamedNode(f"{DEFAULT_BASE}id/{row.take(name)}")


def describe_decision(row: Row) -> Triples:
    """Describe one decision; a record judged the same points to the one that replaces it."""
    if row.take("judgement") not in JUDGEMENTS:
        raise row.error(f"judgement {row.get('judgement')!r} is not {', '.join(JUDGEMENTS)}")
    decision = row.iri()
    left, right = record(row, "left"), record(row, "right")
    yield decision, RDF.type, se.IdentityDecision
    yield decision, se.leftRecord, left
    yield decision, se.rightRecord, right
    yield decision, se.judgement, row.code("judgement", "judgement")
    yield decision, se.decidedOn, row.date("decided_on")
    yield decision, se.decidedBy, row.text("decided_by")
    yield decision, se.reason, row.text("reason")
    if score := row.optional_decimal("score"):
        yield decision, se.score, score
    if row.take("judgement") == "same":
        yield right, DCTERMS.isReplacedBy, left


TABLES: Mapping[str, Describe] = {
    "decisions": describe_decision,
    "partner_decisions": describe_decision,
}
