"""The relations by name: what units dataflows may be computed from."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.statistics import coops_uk
from loaders.statistics.units import Relation

RELATIONS: Mapping[str, Relation] = {"coops_uk": coops_uk.RELATION}
