"""Data queries of the first version of the web services (SDMX-REST 1.x), as of the second."""

from __future__ import annotations

from queries.cubes import periods
from queries.cubes.reading import Cube
from queries.cubes.selection import Condition, Filter
from server.sdmx.data_query import DataQuery
from server.sdmx.rest import selecting
from server.sdmx.rest.asked import Asked, refuse

DATA = (
    "startPeriod", "endPeriod", "updatedAfter", "firstNObservations", "lastNObservations",
    "dimensionAtObservation", "detail", "includeHistory",
)  # fmt: skip
DETAILS = ("full", "dataonly", "serieskeysonly", "nodata")
AVAILABILITY = ("startPeriod", "endPeriod", "updatedAfter", "references", "mode")
# The parts of a path: flow, key, provider, and a component for availability.
MOST = 3


def flow(text: str) -> tuple[str, str, str]:
    """Return the agency, the identifier and the version of a flow.

    >>> flow("OES,DF_SESA_MAIN,1.0.0"), flow("DF_SESA_MAIN")
    (('OES', 'DF_SESA_MAIN', '1.0.0'), ('*', 'DF_SESA_MAIN', 'latest'))
    """
    parts = text.split(",")
    if len(parts) > 3:
        refuse("flow", text, "AGENCY,ID,VERSION")
    if len(parts) == 1:
        return "*", "*" if parts[0] in selecting.ANY else parts[0], "latest"
    agency, name, *version = parts
    return (
        "*" if agency in selecting.ANY else agency,
        "*" if name in selecting.ANY else name,
        version[0] if version and version[0] else "latest",
    )


def providers(text: str) -> list[str]:
    """Return the identifiers of the providers that are asked for.

    >>> providers("SDMX,OES+ECB")
    ['OES', 'ECB']
    """
    return [one.rpartition(",")[2] for one in text.split("+")]


def wanted(cube: Cube, asked: Asked) -> DataQuery:
    """Return what is wanted of one cube."""
    structure = cube.structure
    detail = asked.one_of("detail", DETAILS, "full")
    found = DataQuery(
        keys=selecting.read_key(cube, asked.part(1, "all")),
        filters=within(structure.time.id, asked),
        first=asked.count("firstNObservations"),
        last=asked.count("lastNObservations"),
        attributes=frozenset() if detail == "dataonly" else None,
        observed_by=selecting.observed_by(structure, asked),
        updated_after=asked.moment("updatedAfter"),
        history=asked.flag("includeHistory"),
    )
    if detail == "serieskeysonly":
        return found.series_only(structure, frozenset())
    if detail == "nodata":
        kept = frozenset(one.id for one in structure.attributes if one.attachment != "observation")
        return found.series_only(structure, kept)
    return found


def within(time: str, asked: Asked) -> dict[str, Filter]:
    """Return the condition that the first and the last period make."""
    start, end = asked.text("startPeriod"), asked.text("endPeriod")
    given = []
    for name, operator, value in (("startPeriod", "ge", start), ("endPeriod", "le", end)):
        if value is not None:
            selecting.check_period(name, value)
            given.append(Condition("ge" if operator == "ge" else "le", value))
    if start and end and periods.read(start).start >= periods.read(end).end:
        refuse("startPeriod", start, end)
    return {time: (tuple(given),)} if given else {}
