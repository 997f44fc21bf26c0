"""Data in whichever format of SDMX they come."""

from __future__ import annotations

from loaders.sdmx import data_csv, data_json, data_ml
from loaders.sdmx.received import MessageError, Received, ReceivedSet, Row
from queries.cubes.model import Collection, Dataflow, Structure

# What may stand before the first sign of a message.
BLANK = b"\xef\xbb\xbf \t\r\n"


def read_known(content: bytes, collection: Collection) -> Received:
    """Return what a message says of one of some structures, which it names."""
    name = named(content)
    return read(content, collection.structures[described(collection, name).structure])


def described(collection: Collection, name: str) -> Dataflow:
    """Return the dataflow that data are of; they may name its structure if it is the only one."""
    flows = [one for one in collection.dataflows if name in (one.reference, one.structure)]
    if len(flows) != 1:
        raise MessageError(f"{name}: the structures have {len(flows)} such dataflows, not one")
    if flows[0].structure not in collection.structures:
        raise MessageError(f"{name}: {flows[0].structure} is not among the structures")
    return flows[0]


def named(content: bytes) -> str:
    """Return the reference of what a message has data of."""
    start = content[:200].lstrip(BLANK)
    if start.startswith((b"<", b"{")):
        found = data_ml.read(content) if start.startswith(b"<") else data_json.read(content)
        if not found.sets:
            raise MessageError("the message has no data set")
        return found.sets[0].reference
    return data_csv.named(content)


def read(content: bytes, structure: Structure) -> Received:
    """Return what a message says; all its observations have all columns of the structure."""
    start = content[:200].lstrip(BLANK)
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
        say_of_groups(one, structure)
        for row in one.rows:
            if unknown := row.keys() - known:
                raise MessageError(f"{min(unknown)}: {structure.reference} has no such component")
        one.rows = [{name: row.get(name) for name in columns} for row in one.rows]
    return found


def say_of_groups(received: ReceivedSet, structure: Structure) -> None:
    """Put what is said of groups into each observation of theirs that does not say it itself."""
    dimensions = [one.id for one in structure.dimensions]
    said: dict[tuple[str, ...], dict[tuple[str | None, ...], Row]] = {}
    for group in received.groups:
        key = tuple(name for name in dimensions if name in group)
        said.setdefault(key, {})[tuple(group[name] for name in key)] = group
    for key, groups in said.items():
        for row in received.rows:
            for name, value in groups.get(tuple(row.get(one) for one in key), {}).items():
                row.setdefault(name, value)
