"""CSV of the things."""

from dataclasses import asdict, fields

from server.maps.format import Format
from server.maps.picture import Picture
from server.maps.rows import NodeRow, node_rows
from server.maps.sheets import csv


def write(picture: Picture) -> bytes:
    """Return the things, one a line."""
    return csv(picture, [one.name for one in fields(NodeRow)], map(asdict, node_rows(picture)))


FORMAT = Format(".nodes.csv", "text/csv", "CSV (nodes)", write, order=12)
