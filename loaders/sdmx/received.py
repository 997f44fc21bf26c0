"""What a message says, whichever format it came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from queries.cubes.model import Names

Row = dict[str, str | None]


class Said(NamedTuple):
    """One annotation: of which type, what it says, and what it says in each language."""

    kind: str
    value: str
    texts: Names


class MessageError(ValueError):
    """A message that cannot be read: what is wrong, and where."""


@dataclass
class ReceivedSet:
    """One data set: observations with their keys and attributes, all as text."""

    # The kind and the reference of what the data are of.
    kind: str
    reference: str
    action: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    attributes: Mapping[str, str | Names] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    # What is said of all observations with the same codes of some dimensions.
    groups: list[Row] = field(default_factory=list)


@dataclass
class Received:
    """A message of data; CSV has no head."""

    sets: list[ReceivedSet]
    id: str | None = None
    test: bool = False
    prepared: str | None = None
    sender: str | None = None
    receivers: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yield the observations of all data sets."""
        for one in self.sets:
            yield from one.rows
