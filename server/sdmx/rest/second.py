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
    found = DataQuery(
        keys=selecting.read_key(cube, asked.part(4, "*")),
        filters={
            name: selecting.read_filter(cube, name, text) for name, text in asked.filters().items()
        },
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
    return found
