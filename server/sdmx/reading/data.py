"""Data in whichever format of SDMX they come."""

from __future__ import annotations

from queries.cubes.model import Structure
from server.sdmx.reading import data_csv, data_json, data_ml
from server.sdmx.reading.received import MessageError, Received


def read(content: bytes, structure: Structure) -> Received:
    """Return what a message says; all its observations have all columns of the structure."""
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        found = data_ml.read(content)
    elif start.startswith(b"{"):
        found = data_json.read(content)
    else:
        found = data_csv.read(content, structure)
    columns = [one.id for one in structure.components if one.attachment != "dataset"
               or one.role != "attribute"]  # fmt: skip
    known = set(columns)
    for one in found.sets:
        for row in one.rows:
            if unknown := row.keys() - known:
                raise MessageError(f"{min(unknown)}: {structure.reference} has no such component")
        one.rows = [{name: row.get(name) for name in columns} for row in one.rows]
    return found
