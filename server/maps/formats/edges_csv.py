"""CSV of the ties."""

from dataclasses import asdict, fields

from server.maps.format import Format
from server.maps.picture import Picture
from server.maps.rows import EdgeRow, edge_rows
from server.maps.sheets import csv


def write(picture: Picture) -> bytes:
    """Return the ties, one a line."""
    return csv(picture, [one.name for one in fields(EdgeRow)], map(asdict, edge_rows(picture)))


FORMAT = Format(".edges.csv", "text/csv", "CSV (edges)", write, order=13, aliases=(".csv",))
