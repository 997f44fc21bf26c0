"""Projects, events and who takes part in them."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import NamedNode

from loaders.concertes_report_2019.columns import (
    PARTIES,
    coded,
    dated,
    labelled,
    linked,
    stated,
    written,
)
from loaders.concertes_report_2019.organisations import classes
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS

PROJECTS: Mapping[str, NamedNode] = {
    "project": se.Project,
    "research-project": se.ResearchProject,
}


def describe_project(row: Row) -> Triples:
    """Describe one project."""
    yield from stated(row, *classes(row, PROJECTS))
    yield from labelled(row)
    yield from dated(row)
    yield from linked(row, authority=(se.authority, "organisations"))
    yield from coded(
        row,
        delay_reasons=(se.delayReason, "delay-reason"),
        abandonment_reasons=(se.abandonmentReason, "abandonment-reason"),
    )


def describe_event(row: Row) -> Triples:
    """Describe one event; the day held is the first one when the period is longer."""
    yield from stated(row, se.Event)
    yield from labelled(row)
    yield from dated(row)
    if day := row.optional_date("held_on"):
        yield row.iri(), se.heldOn, day
    yield from written(row, place=se.takesPlaceAt)
    yield from linked(
        row,
        sub_event_of=(se.subEventOf, "events"),
        presents=(DCTERMS.relation, "works|systems"),
    )


def describe_participation(row: Row) -> Triples:
    """Describe the part of one organisation in a project, event, work, system or body."""
    yield from stated(row, se.Participation)
    yield from dated(row)
    yield from linked(
        row,
        participant=(se.participant, PARTIES),
        participates_in=(se.participatesIn, "projects|events|works|systems|bodies"),
    )
    yield from coded(
        row,
        role=(se.participationRole, "participation-role"),
        function=(se.participationFunction, "participation-function"),
        side=(se.participationSide, "country"),
    )
