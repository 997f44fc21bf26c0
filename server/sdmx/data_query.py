"""A query for data: which observations, which of their parts, in which arrangement and state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from queries.cubes.model import Structure
from queries.cubes.selection import Order, Selection, key_of

FLAT = "AllDimensions"


@dataclass(frozen=True)
class DataQuery(Selection):
    """What is wanted of a cube; the default is all of it, as series."""

    attributes: frozenset[str] | None = None
    measures: bool = True
    observed_by: str = "TIME_PERIOD"
    # Only the keys of series, without observations.
    keys_only: bool = False
    updated_after: datetime | None = None
    as_of: datetime | None = None
    history: bool = False

    def order(self, structure: Structure) -> Order:
        """Return the order that is wanted, or that which keeps series together."""
        if self.sort or self.observed_by in (FLAT, structure.time.id):
            return self.sort
        others = [name for name in key_of(structure) if name != self.observed_by]
        return tuple((name, False) for name in (*others, self.observed_by))

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

    def series_only(self, structure: Structure, attributes: frozenset[str]) -> DataQuery:
        """Return the same with series and some of their attributes only.

        Of each series one observation is read, so that numbers of them are numbers of series.
        """
        found = replace(self, attributes=attributes, measures=False)
        if self.observed_by == FLAT:
            return found
        single = self.observed_by == structure.time.id
        first, last = (1, None) if single else (self.first, self.last)
        return replace(found, keys_only=True, first=first, last=last)

    def flat(self) -> DataQuery:
        """Return the same without series."""
        return replace(self, observed_by=FLAT)
