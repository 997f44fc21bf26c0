"""Which of the thirty million legal units of the register are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import loaders.fr_codes
from loaders.records.concepts import own_rows
from loaders.records.row import Row

CODES = Path(next(iter(loaders.fr_codes.__path__)))
FLAG, CATEGORY, DIFFUSION = (
    "economieSocialeSolidaireUniteLegale",
    "categorieJuridiqueUniteLegale",
    "statutDiffusionUniteLegale",
)
SIREN = "siren"
NEEDED = (
    SIREN, DIFFUSION, FLAG, CATEGORY, "denominationUniteLegale", "etatAdministratifUniteLegale",
    "activitePrincipaleUniteLegale", "nomenclatureActivitePrincipaleUniteLegale",
    "dateCreationUniteLegale", "trancheEffectifsUniteLegale", "identifiantAssociationUniteLegale",
)  # fmt: skip
FAMILIES = frozenset({"cooperative", "mutual", "association", "foundation"})
STATED = "O"
# P: opposed to the diffusion of what identifies it; N said the same until 2023.
OPPOSED = frozenset({"P", "N"})
NATURAL_PERSON = "1"
OUTSIDE, WITHHELD, PERSONS = (
    "outside the social economy",
    "opposed to diffusion",
    "that are natural persons",
)


@cache
def categories() -> dict[str, str]:
    """Return the legal family of each legal category that the code list has."""
    rows = own_rows(CODES, "insee-legal-category.csv")
    return {row.take("code"): row.take("legal_family") for row in rows}


@cache
def social() -> frozenset[str]:
    """Return the legal categories that are of the social economy by their form alone."""
    return frozenset(code for code, family in categories().items() if family in FAMILIES)


def standing(_: str, found: Iterator[Row]) -> Iterator[Row]:
    """Yield the legal units to read, one by one; at the end say how many were passed over."""
    passed: Counter[str] = Counter()
    last: Row | None = None
    for row in found:
        if last is None:
            check_columns(row)
        last = row
        if reason := passed_over(row):
            passed[reason] += 1
        else:
            yield row
    if last is not None:
        for reason in sorted(passed):
            said = f"{last.table.file}: legal units {reason}, left out: {passed[reason]}"
            last.context.remarks.append(said)


def check_columns(row: Row) -> None:
    """Refuse a file without the columns that are read, whatever others its edition has."""
    missing = [name for name in NEEDED if not row.has(name)]
    if missing:
        reason = f"the header lacks {', '.join(missing)}"
        hint = "is this StockUniteLegale, separated by commas?"
        raise row.error(f"{reason}; {hint}")


def passed_over(row: Row) -> str:
    """Return why a legal unit is not read, empty when it is."""
    category = row.get(CATEGORY) or ""
    if row.get(FLAG) != STATED and category not in social():
        return OUTSIDE
    if row.get(DIFFUSION) in OPPOSED:
        return WITHHELD
    return PERSONS if category.startswith(NATURAL_PERSON) else ""
