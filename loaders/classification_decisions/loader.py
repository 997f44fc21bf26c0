"""One decision per row of the journal."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import NamedNode

from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import RDF, SKOS

# The outcome of a decision that gives the word back to the rules.
RULE = "rule"
ORGANISATION = "organisation/"


def describe_decision(row: Row) -> Triples:
    """Describe one decision; the rules speak again where it has no outcome."""
    decision, path = row.iri(), row.take("organisation")
    if not path.startswith(ORGANISATION):
        raise row.error(f"organisation {path!r} does not begin with {ORGANISATION!r}")
    row.integer("number")
    yield decision, RDF.type, se.ClassificationDecision
    yield decision, SKOS.notation, row.text("number")
    yield decision, se.classified, NamedNode(f"{DEFAULT_BASE}id/{path}")
    yield decision, se.regime, row.code("regime", "regime")
    if row.take("outcome") != RULE:
        outcome = row.code("outcome", "classification-outcome")
        yield decision, se.classificationOutcome, outcome
    yield from row.validity(decision)
    yield decision, se.decidedOn, row.date("decided_on")
    yield decision, se.decidedBy, row.text("decided_by")
    yield decision, se.reason, row.text("reason")


TABLES: Mapping[str, Describe] = {"classifications": describe_decision}
