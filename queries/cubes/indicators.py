"""The indicators of Walstat and what of cubes they are made of, as ``ontology/structures`` says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from queries.cubes.model import Identifier, Names, Part
from queries.cubes.structures import read

DECLARED = "walstat.toml"


class Indicator(Part):
    """One indicator: a cell per territory, in per cent of another where there is a ``whole``.

    ``notes`` say how it differs from what Walstat itself computes.
    """

    id: str
    theme: str
    dataflow: Identifier
    unit: str
    key: Mapping[str, str]
    whole: Mapping[str, str] = {}
    names: Names
    notes: Names


@cache
def indicators() -> Mapping[str, Indicator]:
    """Return the indicators by the identifier that Walstat has for them."""
    declared = tomllib.loads(read(DECLARED))["indicators"]
    return {one["id"]: Indicator.model_validate(one) for one in declared}
