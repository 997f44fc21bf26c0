"""The cells of one table by their codes, and what the cells of all tables hold together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loaders.disclosure.content import Content, Flags, mixed
from loaders.disclosure.dimensions import Levels, Numbers
from loaders.disclosure.model import Codes, Table


@dataclass(frozen=True)
class View:
    """The cells of one table: their codes as numbers, and which cells of the system they are."""

    table: Table
    levels: tuple[Levels, ...]
    codes: Numbers
    cells: Numbers
    shown: Flags
    keys: Numbers
    sizes: tuple[int, ...]

    def find(self, codes: Numbers) -> Numbers:
        """Return the places of the cells that are there of some lines of codes."""
        keys = mixed(codes, self.sizes)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found: Numbers = places[self.keys[places] == keys]
        return found

    def cell(self, codes: Codes) -> int | None:
        """Return the cell of the system with some codes; none where there is none."""
        known = [level.dimension.known(one) for level, one in zip(self.levels, codes, strict=True)]
        if None in known or not len(self.keys):
            return None
        places = self.find(np.array([known], dtype=np.int64))
        return int(self.cells[places[0]]) if len(places) else None

    def codes_at(self, place: int) -> Codes:
        """Return the codes of the cell at a place."""
        return tuple(
            level.dimension.codes[number] or level.dimension.total or ""
            for level, number in zip(self.levels, self.codes[place], strict=True)
        )


def agreed(contents: Sequence[Content], views: Sequence[View], size: int) -> Content:
    """Return what the cells of all tables hold; ValueError when two say different things."""
    width = contents[0].largest.shape[1] if contents else 0
    found = Content(
        np.full(size, np.nan), np.zeros(size), np.zeros(size, np.int64),
        np.zeros((size, width)), np.full(size, -1, dtype=np.int64),
    )  # fmt: skip
    for one, view in zip(contents, views, strict=True):
        known = found.value[view.cells]
        slack = 1e-6 * np.maximum(1.0, found.gross[view.cells])
        differs = ~np.isnan(known) & (
            (np.abs(known - one.value) > slack)
            | (found.holdings[view.cells] != one.holdings)
        )  # fmt: skip
        if differs.any():
            codes = " ".join(view.codes_at(int(np.flatnonzero(differs)[0])))
            raise ValueError(
                f"{view.table.name}: another table of {view.table.measured} holds other units "
                f"at {codes}"
            )
        for name in ("value", "gross", "holdings", "largest", "single"):
            getattr(found, name)[view.cells] = getattr(one, name)
    return found
