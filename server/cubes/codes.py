"""The codes of a dimension that occur in a cube, in the order and the depth of their list."""

from functools import lru_cache
from pathlib import Path

from queries.cubes.model import CodeList
from queries.cubes.observations import values
from queries.cubes.reading import Cube, cube
from queries.cubes.selection import Selection

LEVEL, CHILDREN, ALL = "level:", "children:", "all"


def present(chosen: Cube, dimension: str) -> dict[str, int]:
    """Return the codes that occur, each with how many codes are above it."""
    return _present(chosen.path.parent, chosen.dataflow.id, dimension)


# The file of a release never changes.
@lru_cache(maxsize=512)
def _present(folder: Path, name: str, dimension: str) -> dict[str, int]:
    chosen = cube(folder, name)
    found = values(chosen, Selection(), dimension)
    listed = chosen.code_list(dimension)
    if listed is None:
        return dict.fromkeys(found, 0)
    known = depths(listed)
    return {code: depth for code, depth in known.items() if code in set(found)}


def beside(chosen: Cube, selection: Selection, dimension: str) -> tuple[str, ...]:
    """Return the codes of a dimension that occur with what is chosen of the others."""
    codes = tuple(sorted((name, tuple(held)) for name, held in selection.codes.items()))
    key = (chosen.path.parent, chosen.dataflow.id)
    return _beside(*key, codes, selection.start, selection.end, dimension)


# A page asks this of every dimension, and the next page asks nearly the same again.
@lru_cache(maxsize=2_048)
def _beside(
    folder: Path,
    name: str,
    codes: tuple[tuple[str, tuple[str, ...]], ...],
    start: str | None,
    end: str | None,
    dimension: str,
) -> tuple[str, ...]:
    return values(cube(folder, name), Selection(dict(codes), start, end), dimension)


def depths(listed: CodeList) -> dict[str, int]:
    """Return how many codes are above each code of a list; each comes right after what it is in.

    A list may give all regions before all municipalities. Indented in that order, a municipality
    would seem to lie in the last region.
    """
    parents = {code.id: code.parent for code in listed.codes}
    below: dict[str | None, list[str]] = {}
    for code, above in parents.items():
        below.setdefault(above if above in parents else None, []).append(code)
    found: dict[str, int] = {}
    waiting = [(code, 0) for code in reversed(below.get(None, []))]
    while waiting:
        code, depth = waiting.pop()
        found[code] = depth
        waiting += [(one, depth + 1) for one in reversed(below.get(code, []))]
    # What goes in circles is below nothing.
    return found | {code: 0 for code in parents if code not in found}


def expanded(chosen: Cube, dimension: str, asked: str) -> tuple[str, ...]:
    """Return the codes that are meant: those named, all, or those of a level or below a code.

    What is not a code is returned as it came, to be refused by whoever asks for observations.
    """
    known = present(chosen, dimension)
    if asked == ALL:
        return tuple(known)
    if asked.startswith(LEVEL):
        level = asked.removeprefix(LEVEL)
        if level.isascii() and level.isdigit() and len(level) < 4:
            return tuple(code for code, depth in known.items() if depth == int(level) - 1)
    if asked.startswith(CHILDREN):
        above, listed = asked.removeprefix(CHILDREN), chosen.code_list(dimension)
        if listed and any(code.id == above for code in listed.codes):
            return tuple(
                code.id for code in listed.codes if code.parent == above and code.id in known
            )
    return tuple(dict.fromkeys(one for one in asked.split(",") if one))


def levels(chosen: Cube, dimension: str) -> dict[int, int]:
    """Return how many codes occur at each level, the first being 1."""
    found: dict[int, int] = {}
    for depth in present(chosen, dimension).values():
        found[depth + 1] = found.get(depth + 1, 0) + 1
    return dict(sorted(found.items()))
