"""Deciding which cells are withheld: those that tell too much, and those that would tell them."""

from __future__ import annotations

from collections.abc import Sequence

from loaders.disclosure.model import Identity, Protected, Table
from loaders.disclosure.rules import Rules


def protect(
    tables: Sequence[Table], rules: Rules, identities: Sequence[Identity] = (),
    earlier: Sequence[Table] = (),
) -> Protected:  # fmt: skip
    """Return which cells are withheld, over all tables together.

    ``earlier`` are the tables of the release before, by the same names: a cell that changed by
    what too few holdings did is withheld as well. ValueError when tables contradict each other.
    """
    raise NotImplementedError
