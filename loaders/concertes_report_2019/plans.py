"""Plans, their objectives, and what contributes to each."""

from __future__ import annotations

from pyoxigraph import Literal

from loaders.concertes_report_2019.columns import PARTIES, coded, labelled, linked, named, stated
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS, SKOS

CONTRIBUTORS = (
    f"{PARTIES}|memberships|mandates|meetings|projects|events|works|systems|datasets|schemes"
    "|applications|legal_resources|policy_files|relationships|plans"
)


def describe_plan(row: Row) -> Triples:
    """Describe one plan."""
    yield from stated(row, se.Plan)
    yield from labelled(row)
    yield from row.validity(row.iri())
    yield from linked(row, creators=(DCTERMS.creator, PARTIES), adopted_by=(se.adoptedBy, PARTIES))


def describe_objective(row: Row) -> Triples:
    """Describe one objective of a plan; its key is its number in the plan."""
    yield from stated(row, se.Objective)
    yield from named(row)
    yield row.iri(), SKOS.notation, Literal(row.take("key"))
    yield from linked(
        row, plan=(se.objectiveOf, "plans"), broader=(se.broaderObjective, "objectives")
    )
    yield from coded(row, level=(se.objectiveLevel, "objective-level"))


def describe_contribution(row: Row) -> Triples:
    """Describe that a thing serves an objective."""
    thing = row.reference("thing", CONTRIBUTORS)
    yield thing, se.contributesTo, row.reference("objective", "objectives")
    yield thing, se.locator, row.locator()
