"""Beside which cells of cubes published figures are shown, as ``ontology/structures`` says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from queries.cubes.model import Identifier, Names, Part
from queries.cubes.structures import read

DECLARED = "published.toml"


class Comparison(Part):
    """Where the concept of some published figures stands in a cube, and how the two differ.

    ``about`` and ``measure`` are what a figure is about and what it measures, as ``scheme:code``
    and as a code. A share has a ``whole``, the codes by which its denominator differs, or it is
    a share of the territories ``within``.
    """

    about: tuple[str, ...]
    measure: str
    dataflow: Identifier
    key: Mapping[str, str]
    whole: Mapping[str, str] = {}
    within: tuple[str, ...] = ()
    scope: Names

    @property
    def is_share(self) -> bool:
        """Whether the figure is a share in per cent."""
        return bool(self.whole or self.within)


@cache
def comparisons() -> Mapping[tuple[str, str], Comparison]:
    """Return the comparisons by what figures are about and what they measure."""
    declared = tomllib.loads(read(DECLARED))["comparisons"]
    found = [Comparison.model_validate(one) for one in declared]
    return {(about, one.measure): one for one in found for about in one.about}
