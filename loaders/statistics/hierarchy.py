"""The codes of a list that a table shows, as a tree: what adds up to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loaders.errors import LoadError
from loaders.sdmx_codes.lists import Listing
from queries.cubes.structures import design


@dataclass(frozen=True)
class Tree:
    """Codes that are shown, each with the one above it; the top has none.

    ``shown`` gives for every code of the list the shown codes in which it counts, nearest first.
    """

    parents: Mapping[str, str | None]
    shown: Mapping[str, tuple[str, ...]]

    def leaf(self, code: str) -> str:
        """Return the shown code in which a code counts first."""
        return self.shown[code][0]


def tree(listing: Listing, levels: Sequence[str]) -> Tree:
    """Return the tree of the codes of some levels of a list."""
    patterns = design().levels.get(listing.id, {})
    unknown = [level for level in levels if level not in patterns]
    if unknown:
        raise LoadError(f"{listing.id} has no level {unknown[0]!r}; it has {', '.join(patterns)}")
    chosen = {
        code for code in listing.codes if any(patterns[level].fullmatch(code) for level in levels)
    }
    shown = {code: tuple(one for one in upward(listing, code) if one in chosen)
             for code in listing.codes}  # fmt: skip
    parents = {code: next(iter(shown[code][1:]), None) for code in listing.codes if code in chosen}
    return Tree(parents, shown)


def upward(listing: Listing, code: str) -> Sequence[str]:
    """Return a code and all above it, nearest first."""
    found: list[str] = []
    above: str | None = code
    while above is not None:
        found.append(above)
        above = listing.codes[above].parent
    return found
