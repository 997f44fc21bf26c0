"""What a client wants of a cube: which observations, which of their parts, in which arrangement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from queries.cubes.model import Structure

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew"]
OPERATORS: tuple[Operator, ...] = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
FLAT = "AllDimensions"


@dataclass(frozen=True)
class Condition:
    """One comparison of a component with a value."""

    operator: Operator
    value: str


# Any of these, each of which is all of those.
Filter = tuple[tuple[Condition, ...], ...]
# For each dimension the codes that are wanted; None for any.
Key = tuple[frozenset[str] | None, ...]


@dataclass(frozen=True)
class Selection:
    """What is wanted of a cube; the default is all of it, as series."""

    keys: tuple[Key, ...] = ()
    filters: Mapping[str, Filter] = field(default_factory=dict)
    first: int | None = None
    last: int | None = None
    offset: int = 0
    limit: int | None = None
    # Component and whether it descends; none is the order of the key.
    sort: tuple[tuple[str, bool], ...] = ()
    attributes: frozenset[str] | None = None
    measures: bool = True
    observed_by: str = "TIME_PERIOD"
    # Only the keys of series, without observations.
    keys_only: bool = False
    updated_after: datetime | None = None
    as_of: datetime | None = None
    history: bool = False

    def restricted(self) -> bool:
        """Tell whether parts of the observations are left out."""
        return self.attributes is not None or not self.measures or self.keys_only

    def shown(self, structure: Structure) -> Structure:
        """Return a structure with only the attributes that are wanted."""
        if self.attributes is None:
            return structure
        kept = tuple(
            one
            for one in structure.components
            if one.role != "attribute" or one.id in self.attributes
        )
        return structure.model_copy(update={"components": kept})

    def without_observations(self, attributes: frozenset[str]) -> Selection:
        """Return the same with series and some of their attributes only."""
        return replace(self, attributes=attributes, measures=False, keys_only=True)

    def flat(self) -> Selection:
        """Return the same without series."""
        return replace(self, observed_by=FLAT)
