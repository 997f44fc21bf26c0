"""One row per organisation and year: its volunteers and their hours, confidential."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import Literal

from loaders.lists.parties import numbered
from loaders.records import identify
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from loaders.wording import Wording
from ontology import terms as se
from ontology.outside import RDF, XSD

YEAR, COUNT = re.compile(r"(?:19|20)\d{2}", re.ASCII), re.compile(r"\d{1,7}", re.ASCII)


def describe_volunteers(row: Row) -> Triples:
    """Describe the volunteers of an organisation in a year; its name is not said again."""
    number, year = row.take("enterprise_number"), matched(row, "year", YEAR, "2024")
    row.take("name")
    figures = identify.thing("observation", row.table.authority, f"{number}-{year}")
    yield figures, RDF.type, se.VolunteerFigures
    yield figures, se.observedUnit, numbered(number)
    yield figures, se.referencePeriod, Literal(year, datatype=XSD.gYear)
    count = int(matched(row, "volunteers", COUNT, "35"))
    yield figures, se.volunteers, Literal(str(count), datatype=XSD.integer)
    if hours := row.optional_decimal("hours"):
        if hours.value.startswith("-"):
            reason = Wording("un nombre d'heures est négatif", "a number of hours is negative")
            raise row.refusal("hours", reason, Wording("corrigez-le", "correct it"))
        yield figures, se.volunteerHours, hours


def matched(row: Row, column: str, form: re.Pattern[str], example: str) -> str:
    """Return a cell that has a form; the refusal shows no value."""
    value = row.take(column)
    if not form.fullmatch(value):
        reason = Wording("la valeur n'a pas la forme attendue", "the value has not the form wanted")
        raise row.refusal(column, reason, Wording(f"comme {example}", f"such as {example}"))
    return value


TABLES: Mapping[str, Describe] = {"volunteers": describe_volunteers}
