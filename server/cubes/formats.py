"""The formats in which chosen observations leave: what each is, and how it is made."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from server.answers.negotiate import CSV, JSON, XLSX
from server.cubes import json_stat, parquet, walstat, workbook, written_csv
from server.cubes.choice import Choice
from server.cubes.seen import Seen

PARQUET = "application/vnd.apache.parquet"
CHUNK = 65_536
Writer = Callable[[Seen, Choice | None], Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    """One format: what people call it, how its address ends, its media type.

    ``lineage`` tells whether it has a place for where each observation comes from.
    """

    name: str
    title: str
    suffix: str
    media: str
    write: Writer
    lineage: bool = True


def streamed(write: Callable[[Seen], Iterator[bytes]]) -> Writer:
    """Return a writer that needs no file."""
    return lambda seen, _choice: write(seen)


def filed(write: Callable[[Seen, Path], None]) -> Writer:
    """Return a writer of what is written to a file first."""
    return lambda seen, _choice: from_file(partial(write, seen))


def from_file(write: Callable[[Path], None]) -> Iterator[bytes]:
    """Yield what is written to a file, which is there only meanwhile."""
    with tempfile.TemporaryDirectory(prefix="maillage-") as folder:
        target = Path(folder) / "cube"
        write(target)
        with target.open("rb") as file:
            while part := file.read(CHUNK):
                yield part


def as_workbook(seen: Seen, choice: Choice | None) -> Iterator[bytes]:
    """Yield a workbook, with the table as it is seen where it is known."""
    return from_file(lambda target: workbook.write(seen, target, choice))


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("csv", "CSV", ".csv", CSV, filed(written_csv.write)),
        Format("csv-fr", "CSV (Excel)", ".csv", CSV, filed(written_csv.write_french)),
        Format("xlsx", "XLSX", ".xlsx", XLSX, as_workbook),
        Format("parquet", "Parquet", ".parquet", PARQUET, filed(parquet.write)),
        Format("json-stat", "JSON-stat", ".json", JSON, streamed(json_stat.write)),
        Format(
            "walstat", "Walstat (XLSX)", ".walstat.xlsx", XLSX, filed(walstat.write), lineage=False
        ),
        Format(
            "walstat-csv",
            "Walstat (CSV)",
            ".walstat.csv",
            CSV,
            streamed(walstat.write_csv),
            lineage=False,
        ),
    )
}
# The metadata of the CSV stand at its address with this after it, where readers look for them.
METADATA = "-metadata.json"
