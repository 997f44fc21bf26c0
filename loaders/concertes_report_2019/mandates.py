"""Seats, mandates, meetings and opinions: who sits where, for whom, and what came of it."""

from __future__ import annotations

from pyoxigraph import Literal

from loaders.concertes_report_2019.columns import (
    PARTIES,
    coded,
    dated,
    linked,
    named,
    stated,
    written,
)
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se


def describe_seat(row: Row) -> Triples:
    """Describe one seat of a body."""
    yield from stated(row, se.Seat)
    yield from named(row)
    yield from linked(row, seat_in=(se.seatIn, PARTIES))
    yield from coded(
        row,
        seat_kind=(se.seatKind, "seat-kind"),
        represented_category=(se.representedCategory, "represented-category"),
    )


def describe_mandate(row: Row) -> Triples:
    """Describe one mandate: the holder, the person who sits and the party spoken for."""
    yield from stated(row, se.Mandate)
    yield from dated(row)
    yield from linked(
        row,
        seat=(se.occupies, "seats"),
        holder=(se.holder, "organisations"),
        person=(se.representedBy, "persons"),
        on_behalf_of=(se.onBehalfOf, "organisations"),
        proposed_by=(se.proposedBy, "organisations"),
        appointed_by=(se.appointedBy, PARTIES),
    )
    yield from coded(
        row,
        function=(se.mandateFunction, "mandate-function"),
        status=(se.mandateStatus, "mandate-status"),
        certainty=(se.certainty, "certainty"),
    )


def describe_meeting(row: Row) -> Triples:
    """Describe one meeting, or one year's meetings where the report does not tell them apart."""
    yield from stated(row, se.Meeting)
    yield from named(row)
    yield from dated(row)
    if day := row.optional_date("held_on"):
        yield row.iri(), se.heldOn, day
    yield from written(row, topic=se.topic)
    yield from linked(row, meeting_of=(se.meetingOf, "bodies"))
    yield from coded(row, status=(se.meetingStatus, "meeting-status"))


def describe_attendance(row: Row) -> Triples:
    """Describe the presence or absence of an organisation at a meeting."""
    yield from stated(row, se.Attendance)
    yield from linked(
        row, attendee=(se.attendee, "organisations"), meeting=(se.attended, "meetings")
    )
    yield from coded(row, status=(se.attendanceStatus, "attendance-status"))


def describe_opinion(row: Row) -> Triples:
    """Describe one opinion of an advisory body."""
    yield from stated(row, se.Opinion)
    yield from named(row)
    yield from dated(row)
    yield row.iri(), se.opinionNumber, Literal(row.take("opinion_number"))
    yield from written(row, topic=se.topic)
    yield from linked(
        row, issued_by=(se.issuedBy, "bodies"), concerns=(se.concerns, "legal_resources")
    )
