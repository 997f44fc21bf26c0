"""Messages of structures and data put back into the folder that a release has cubes in."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.sdmx.data import described
from loaders.sdmx.received import MessageError, Received, ReceivedSet, Row
from loaders.sdmx.structures import NEVER
from queries.cubes.database import cursor, quoted, text
from queries.cubes.model import Collection, Dataflow, Names, Structure
from queries.cubes.reading import STRUCTURES, Cube
from queries.cubes.selection import columns, key_of

MEASURE = "DECIMAL(20, 4)"


def rebuild(folder: Path, collection: Collection, received: Received) -> list[Cube]:
    """Write the cubes that a message has data of, and return them; MessageError where it cannot be.

    What a data set deletes is gone, and what a later one says of an observation replaces it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sets: dict[str, list[ReceivedSet]] = {}
    for one in received.sets:
        sets.setdefault(one.reference, []).append(one)
    flows = []
    for reference, some in sets.items():
        flow = dated(described(collection, reference), received)
        flows.append(store(folder, flow, collection.structures[flow.structure], some))
    own = collection.model_copy(update={"dataflows": tuple(flows)})
    place = folder / STRUCTURES
    place.write_text(own.model_dump_json(indent=1), encoding="utf-8")
    return [Cube(own, flow, folder / flow.file) for flow in flows]


def dated(flow: Dataflow, received: Received) -> Dataflow:
    """Return a dataflow with the moment of its data, where its structures say none."""
    if flow.updated != NEVER or not received.prepared:
        return flow
    moment = datetime.fromisoformat(received.prepared)
    return flow.model_copy(update={
        "updated": moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    })  # fmt: skip


def store(
    folder: Path, flow: Dataflow, structure: Structure, sets: Iterable[ReceivedSet]
) -> Dataflow:
    """Write the observations of one dataflow; return it with what is said of them all."""
    key = key_of(structure)
    held: dict[tuple[str | None, ...], Row] = {}
    said: dict[str, str | Names] = {}
    for one in sets:
        said.update(one.attributes)
        for row in one.rows:
            place = tuple(row.get(name) for name in key)
            if None in place:
                raise MessageError(f"{flow.reference}: an observation has no whole key")
            if one.action == "Delete":
                held.pop(place, None)
            else:
                held[place] = row
    # What the structures say in all languages, a message of data may say in one.
    said = {**said, **flow.texts}
    rows = [held[place] for place in sorted(held, key=lambda one: tuple(map(str, one)))]
    write(folder / flow.file, structure, rows)
    return flow.model_copy(update={
        "observations": len(rows),
        "attributes": {name: one for name, one in said.items() if isinstance(one, str)},
        "texts": {name: one for name, one in said.items() if isinstance(one, Mapping)},
    })  # fmt: skip


def write(path: Path, structure: Structure, rows: Iterable[Row]) -> None:
    """Write observations as a release has them: text, and a decimal for the measure."""
    parts = [one.id for one in columns(structure)]
    measure = structure.measure.id
    types = ", ".join(
        f"{text(name)}: {text(MEASURE if name == measure else 'VARCHAR')}" for name in parts
    )
    with TemporaryDirectory() as place:
        file = Path(place) / "observations.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows([row.get(name) for name in parts] for row in rows)
        names = ", ".join(map(quoted, parts))
        cursor().execute(
            f"COPY (SELECT {names} FROM read_csv({text(str(file))}, header = false, "  # noqa: S608
            f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
            f"columns = {{{types}}})) TO {text(str(path))} (FORMAT parquet)"
        )
