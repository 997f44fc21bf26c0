"""What a message of data holds: data sets, and how each is arranged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from queries.cubes.database import quoted
from queries.cubes.model import Component, Dataflow, Names, Structure
from queries.cubes.observations import Table
from queries.cubes.reading import Cube
from server.sdmx.data_query import FLAT
from server.sdmx.header import Header

Action = Literal["Append", "Replace", "Delete", "Merge"]
PIECE = 1_000_000


@dataclass(frozen=True)
class DataSet:
    """Observations of one dataflow, and what becomes of them at the one who gets them."""

    cube: Cube
    table: Table
    # The structure with no more than what is shown.
    structure: Structure
    observed_by: str
    action: Action = "Replace"
    measures: bool = True
    keys_only: bool = False
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def flow(self) -> Dataflow:
        """The dataflow."""
        return self.cube.dataflow

    @property
    def flat(self) -> bool:
        """Whether observations stand alone, not in series."""
        return self.observed_by == FLAT

    @property
    def head(self) -> list[Component]:
        """The dimensions that a series has in common."""
        if self.flat:
            return []
        return [one for one in self.dimensions if one.id != self.observed_by]

    @property
    def own(self) -> list[Component]:
        """The dimensions that tell an observation from the others of its series."""
        return [one for one in self.dimensions if self.flat or one.id == self.observed_by]

    @property
    def dimensions(self) -> list[Component]:
        """All dimensions in the order of the key, time as the last."""
        return [*self.structure.dimensions, self.structure.time]

    @property
    def head_attributes(self) -> list[Component]:
        """The attributes of a series; they are those of observations where it is another series."""
        if self.observed_by != self.structure.time.id:
            return []
        return [one for one in self.structure.attributes if one.attachment == "series"]

    @property
    def own_attributes(self) -> list[Component]:
        """The attributes of an observation."""
        above = {"dataset"} | {one.attachment for one in self.head_attributes}
        return [one for one in self.structure.attributes if one.attachment not in above]

    @cached_property
    def attributes(self) -> Mapping[str, str | Names]:
        """What is said of all observations, in one language or in several."""
        shown = [one.id for one in self.structure.attributes if one.attachment == "dataset"]
        said: dict[str, str | Names] = {**self.flow.attributes, **self.flow.texts}
        return {name: said[name] for name in shown if name in said}

    def count(self) -> int:
        """Return how many observations there are."""
        return self._count

    @cached_property
    def _count(self) -> int:
        return self.table.count()

    @property
    def value(self) -> str | None:
        """The measure in SQL, as short as it can be written; None where it is not wanted."""
        return number(self.structure.measure.id) if self.measures else None


@dataclass(frozen=True)
class Message:
    """A message of data."""

    header: Header
    data_sets: tuple[DataSet, ...]
    languages: tuple[str, ...] = ()

    @property
    def structures(self) -> list[DataSet]:
        """The first data set of each dataflow and arrangement that says more than what is gone."""
        found: dict[tuple[str, str], DataSet] = {}
        for one in self.data_sets:
            kind = (one.flow.reference, one.observed_by)
            if kind not in found or (found[kind].action == "Delete" and one.action != "Delete"):
                found[kind] = one
        return list(found.values())

    def place(self, data_set: DataSet) -> int:
        """Return which of the structures is that of a data set."""
        wanted = (data_set.flow.reference, data_set.observed_by)
        known = [(one.flow.reference, one.observed_by) for one in self.structures]
        return known.index(wanted)


def number(column: str) -> str:
    """Return a decimal column as text without zeros that say nothing, in SQL."""
    return f"rtrim(rtrim(CAST({quoted(column)} AS VARCHAR), '0'), '.')"


def pieces(parts: Iterable[str]) -> Iterator[bytes]:
    """Yield a text in pieces that are neither many nor large."""
    held: list[str] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size > PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()
