"""The relations by name: what units dataflows may be computed from."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.statistics import accounts, coops_uk, employers
from loaders.statistics.units import Relation

RELATIONS: Mapping[str, Relation] = {
    "coops_uk": coops_uk.RELATION,
    "employers": employers.EMPLOYERS,
    "workplaces": employers.WORKPLACES,
    "accounts": accounts.ACCOUNTS,
}
