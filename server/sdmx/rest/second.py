"""Data queries of the second version of the web services (SDMX-REST 2.x)."""

from __future__ import annotations

from queries.cubes.reading import Cube
from server.sdmx.data_query import DataQuery
from server.sdmx.rest import selecting
from server.sdmx.rest.asked import Asked

CONTEXTS = ("*", "dataflow", "datastructure", "provisionagreement")
DATA = (
    "updatedAfter", "firstNObservations", "lastNObservations", "dimensionAtObservation",
    "attributes", "measures", "includeHistory", "offset", "limit", "sort", "asOf",
    "reportingYearStartDay",
)  # fmt: skip
AVAILABILITY = ("updatedAfter", "references", "mode", "reportingYearStartDay")
# The parts of a path: context, agency, resource, version, key, and a component for availability.
MOST = 5


def wanted(cube: Cube, asked: Asked) -> DataQuery:
    """Return what is wanted of one cube."""
    structure = cube.structure
    observed = selecting.observed_by(structure, asked)
    filters, holds = selecting.asked_of(cube, asked.filters())
    selecting.check_year(asked.text("reportingYearStartDay"), filters.get(structure.time.id, ()))
    found = DataQuery(
        # Of no code at all there is no observation.
        codes={} if holds else {structure.time.id: ()},
        keys=selecting.read_key(cube, asked.part(4, "*")),
        filters=filters,
        first=asked.count("firstNObservations"),
        last=asked.count("lastNObservations"),
        offset=asked.count("offset", 0) or 0,
        limit=asked.count("limit"),
        sort=selecting.read_sort(structure, sort, observed) if (sort := asked.text("sort")) else (),
        attributes=selecting.shown_attributes(structure, asked.text("attributes") or "dsd"),
        measures=selecting.shows_measure(structure, asked.text("measures") or "all"),
        observed_by=observed,
        updated_after=asked.moment("updatedAfter"),
        as_of=asked.moment("asOf"),
        history=asked.flag("includeHistory"),
    )
    selecting.check_moments(found)
    if found.attributes == frozenset() and not found.measures:
        return found.series_only(structure, frozenset())
    return found
