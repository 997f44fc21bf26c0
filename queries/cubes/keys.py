"""The key of an observation, as its IRI ends: its codes in the order of the structure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, unquote

from queries.cubes.model import Structure
from queries.cubes.selection import Selection, key_of


def key(codes: Iterable[str]) -> str:
    """Return the part of an IRI that a key is, in the order of the structure.

    >>> key(["A", "BE3", "2024"])
    'A.BE3.2024'
    """
    return ".".join(quote(code, safe="") for code in codes)


def selected(structure: Structure, written: str) -> Selection | None:
    """Return the choice of the one observation that a key stands for.

    None for a key of more or fewer codes than the structure has.
    """
    names = key_of(structure)
    # Time comes last, and alone may have a point: the fraction of a second.
    codes = written.split(".", len(names) - 1)
    if len(codes) != len(names) or not all(codes):
        return None
    return Selection({name: (unquote(code),) for name, code in zip(names, codes, strict=True)})
