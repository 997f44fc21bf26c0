"""Reading the cubes of a release: the structures from JSON, the observations from Parquet.

A file of observations has one row per observation, sorted by the key, and a column of text per
dimension and attribute (null where an attribute says nothing), in the order of the structure.
``OBS_VALUE`` is a DECIMAL(20,4), null where the value is withheld or missing. Attributes of the
whole data set are not columns: they stand in the dataflow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from queries.cubes.model import CodeList, Collection, Dataflow, Structure
from queries.release import Release, ReleaseError

FOLDER = "cubes"
STRUCTURES = "structures.json"


@dataclass(frozen=True)
class Cube:
    """One dataflow of a release, ready to be read."""

    collection: Collection
    dataflow: Dataflow
    path: Path

    @property
    def structure(self) -> Structure:
        """The structure of the observations."""
        return self.collection.structures[self.dataflow.structure]

    def code_list(self, component: str) -> CodeList | None:
        """Return the list that a component takes its values from, if any."""
        found = next(one for one in self.structure.components if one.id == component)
        return self.collection.code_lists[found.code_list] if found.code_list else None


def collection(release: Release) -> Collection | None:
    """Return the cubes of a release; None when it has none."""
    return read(release.path / FOLDER)


@lru_cache(maxsize=8)
def read(folder: Path) -> Collection | None:
    """Return the cubes of a folder; ReleaseError when what is there cannot be read."""
    file = folder / STRUCTURES
    if not file.is_file():
        return None
    try:
        return Collection.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        remedy = "remove this release and build again"
        raise ReleaseError("the structures of cubes cannot be read", file, remedy) from error


def cube(folder: Path, name: str) -> Cube:
    """Return a cube of a folder by the identifier of its dataflow; KeyError when not there."""
    found = read(folder)
    if found is None:
        raise KeyError(name)
    dataflow = found.dataflow(name)
    return Cube(found, dataflow, folder / dataflow.file)
