"""Canaries: units planted in a copy of the microdata, whose values must appear nowhere.

A build with canaries is made and searched before the real one is published, or in a test. Each
canary is alone in a cell of its own finest codes, with a value that no other number has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from loaders.disclosure.model import Contribution, Table


def planted(table: Table, seed: str, count: int = 3) -> tuple[Table, list[float]]:
    """Return a table with canaries where units are fewest, and the values planted."""
    given = tuple(table.contributions)
    sizes: dict[tuple[str, ...], int] = {}
    for one in given:
        sizes[one.codes] = sizes.get(one.codes, 0) + 1
    places = sorted(sizes, key=lambda codes: (sizes[codes], codes))[:count]
    values = [telling(f"{seed} {table.name} {number}") for number in range(len(places))]
    birds = [
        Contribution(f"canary {seed} {number}", codes, value)
        for number, (codes, value) in enumerate(zip(places, values, strict=True))
    ]
    kept = [one for one in given if one.codes not in places]
    return replace(table, contributions=(*kept, *birds)), values


def telling(seed: str) -> float:
    """Return a value of nine digits that says where it comes from; the same for the same seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    return (100_000_000 + number % 899_999_999) / 1_000


def values(tables: Sequence[tuple[Table, list[float]]]) -> list[float]:
    """Return all values planted."""
    return [value for _, some in tables for value in some]
