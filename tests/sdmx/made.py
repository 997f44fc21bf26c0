"""Messages made without a server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from queries.cubes.reading import Cube
from server.sdmx.answering import State, data_sets
from server.sdmx.data import csv, generic, json, ml
from server.sdmx.data.message import Message
from server.sdmx.data_query import DataQuery
from server.sdmx.header import header
from tests.sdmx.vintaged import written

LANGUAGES = ("fr", "en")
FORMATS = (
    "ml-2.1", "ml-3.0", "ml-3.1", "generic-2.1", "json-1.0", "json-2.0", "json-2.1", "csv-1.0",
    "csv-2.0", "csv-2.1",
)  # fmt: skip
ARRANGEMENTS = ("TIME_PERIOD", "AllDimensions", "REF_AREA")


def message(cube: Cube, wanted: DataQuery | None = None) -> Message:
    """Return the message that answers a query."""
    state = State(None, (), datetime(2026, 12, 1, tzinfo=UTC))  # type: ignore[arg-type]
    collection = cube.collection
    head = header("test", collection.agency, collection.agency_names, synthetic=True)
    return Message(head, tuple(data_sets(state, cube, wanted or DataQuery())), LANGUAGES)


def write(form: str, made: Message, options: csv.Options | None = None) -> bytes:
    """Return a message in a format, as in ``json-2.1``."""
    name, _dash, version = form.partition("-")
    match name:
        case "ml":
            return b"".join(ml.specific(version, made))  # type: ignore[arg-type]
        case "generic":
            return b"".join(generic.generic(made))
        case "json":
            return b"".join(json.write(version, made))  # type: ignore[arg-type]
    return b"".join(csv.write(version, made, options or csv.Options()))  # type: ignore[arg-type]


def as_read(rows: list[tuple[object, ...]], columns: list[str]) -> list[Mapping[str, str | None]]:
    """Return rows as they are read back."""
    return [dict(zip(columns, map(written, row), strict=True)) for row in rows]


def in_order(rows: object) -> list[str]:
    """Return rows in an order of their own, to compare them."""
    return sorted(map(str, rows))  # type: ignore[call-overload]
