"""What data there are for a query: how many, and which values each dimension has in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from queries.cubes.model import Names

NAMES: Names = {
    "fr": "Données disponibles", "nl": "Beschikbare gegevens", "de": "Verfügbare Daten",
    "en": "Available data",
}  # fmt: skip


@dataclass(frozen=True)
class Availability:
    """The values that each dimension has in the data that a query would return."""

    agency: str
    id: str
    version: str
    # The kind and the reference of what the query is about.
    context: str
    reference: str
    values: Mapping[str, tuple[str, ...]]
    # First and last moment, where time was asked for.
    period: tuple[str, str] | None
    series: int
    observations: int
