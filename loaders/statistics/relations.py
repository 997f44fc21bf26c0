"""The relations by name: what units dataflows may be computed from."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.statistics import (
    accounts,
    contracts,
    coops_uk,
    directory,
    employers,
    volunteers,
)
from loaders.statistics.units import Relation

# Units that say the same of the same employers: who has both cubes has one.
TOGETHER = (("employers", "workplaces"),)

RELATIONS: Mapping[str, Relation] = {
    "coops_uk": coops_uk.RELATION,
    "employers": employers.EMPLOYERS,
    "workplaces": employers.WORKPLACES,
    "accounts": accounts.ACCOUNTS,
    "contracts": contracts.CONTRACTS,
    "directory": directory.DIRECTORY,
    "volunteering": volunteers.VOLUNTEERING,
}


def together(relation: str) -> tuple[str, ...]:
    """Return the relations that are protected together with one, itself included."""
    return next((some for some in TOGETHER if relation in some), (relation,))
