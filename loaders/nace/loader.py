"""NACE-BEL and NACE, completed from two packages into whole hierarchies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from bce_codes_to_label import nace
from naceconverter import NACEConverter
from pyoxigraph import NamedNode

from loaders.nace.classification import Classification, Item, ancestors
from loaders.records import identify
from loaders.records.concepts import LANGUAGES, own_rows
from loaders.records.source import Triples

FOLDER = Path(__file__).parent
BELGIAN = f"Python package bce-codes-to-label {version('bce-codes-to-label')}"
EUROPEAN = f"Python package naceconverter {version('naceconverter')}"
LICENCE = "https://spdx.org/licenses/MIT"
STATBEL = "https://statbel.fgov.be/"
EUROSTAT = "https://ec.europa.eu/eurostat/web/nace"
FEDERAL = "http://vocab.belgif.be/auth/nace"
EUROPEAN_CODE = {
    "nace-rev2": "http://data.europa.eu/ux2/nace2/",
    "nace-rev21": "http://data.europa.eu/ux2/nace2.1/",
}
EUROPEAN_LEVELS = ("section", "division", "group", "class")

PERIODS = {
    "2003": ("2003-01-01", "2008-01-01"),
    "2008": ("2008-01-01", "2025-01-01"),
    "2025": ("2025-01-01", None),
}
NOTES = {
    "2003": (
        "Codes 98901 to 98905 stand outside the sections: they are administrative and "
        "describe no activity.",
    ),
    "2025": (
        "Twelve groups that repeat their division (11.0, 12.0, 31.0, 36.0, 37.0, 39.0, 41.0, "
        "75.0, 80.0, 92.0, 97.0, 99.0) are absent from the source: their classes are placed "
        "directly below the division. NACE Rev. 2.1 has them.",
    ),
}


def describe() -> Triples:
    """Describe the five classifications."""
    bel2003, bel2008, bel2025 = (belgian(year) for year in ("2003", "2008", "2025"))
    rev2, rev21 = second_revision(bel2008), revision_2_1(bel2025)
    yield from bel2003.describe()
    yield from matched(bel2008, rev2).describe()
    yield from matched(bel2025, rev21).describe()
    yield from rev2.describe()
    yield from rev21.describe()


def belgian(year: str) -> Classification:
    """Return a version of NACE-BEL with the hierarchy that its codes tell."""
    since, until = PERIODS[year]
    entries = {e["value"]: e for e in nace.codes.values() if e["version"] == year}
    above, titles = divisions(year), sections(year)
    items = {
        code: Item(
            code=code,
            labels=titles.get(code) or {lang: entry[f"label_{lang}"] for lang in LANGUAGES},
            broader=above.get(code) or next((a for a in ancestors(code) if a in entries), None),
            valid_from=entry["valid_from"],
            valid_to=day_after(entry["valid_to"]),
            matches=federal(year, code),
        )
        for code, entry in entries.items()
    }
    return Classification(
        slug=f"nace-bel-{year}",
        titles=dict.fromkeys(LANGUAGES, f"NACE-BEL {year}"),
        version=year,
        licence=LICENCE,
        sources=(STATBEL, BELGIAN),
        valid_from=since,
        valid_to=until,
        supersedes={"2008": "nace-bel-2003", "2025": "nace-bel-2008"}.get(year),
        notes=NOTES.get(year, ()),
        items=items,
    )


def divisions(year: str) -> dict[str, str]:
    """Return what divisions, and subsections, are below: the package does not say."""
    if year == "2025":
        return {
            entry["code"]: entry["parentCode"]
            for entry in NACEConverter().codes_dict.values()
            if int(entry["level"]) == 2
        }
    above: dict[str, str] = {}
    for row in own_rows(FOLDER, "divisions.csv"):
        first, last, broader = row.take("first"), row.take("last"), row.take("broader")
        if row.take("version") == year:
            above |= {f"{n:02}": broader for n in range(int(first), int(last) + 1)}
            if len(broader) > 1:
                above[broader] = broader[0]
    return above


def sections(year: str) -> dict[str, dict[str, str]]:
    """Return the titles of sections in sentence case, where the package has capitals."""
    return {
        row.take("code"): {language: row.take(f"label_{language}") for language in LANGUAGES}
        for row in own_rows(FOLDER, "sections.csv")
        if row.take("version") == year
    }


def day_after(last: str | None) -> str | None:
    """Return the first day on which a code no longer holds, from the last on which it does."""
    return (date.fromisoformat(last) + timedelta(days=1)).isoformat() if last else None


def federal(year: str, code: str) -> tuple[NamedNode, ...]:
    """Return the address of a code in the vocabularies of the federal administration."""
    return (NamedNode(f"{FEDERAL}{year}/{code}"),) if year in {"2008", "2025"} else ()


def second_revision(bel2008: Classification) -> Classification:
    """Return NACE Rev. 2: the first four levels of NACE-BEL 2008, which adds levels below."""
    slug = "nace-rev2"
    items = {
        code: Item(code, item.labels, item.broader, matches=(european(slug, code),))
        for code, item in bel2008.items.items()
        if item.level in EUROPEAN_LEVELS
    }
    return Classification(
        slug=slug,
        titles=dict.fromkeys(LANGUAGES, "NACE Rev. 2"),
        version="Rev. 2",
        licence=LICENCE,
        sources=(EUROSTAT, BELGIAN),
        valid_from="2008-01-01",
        notes=(
            "Taken from the first four levels of NACE-BEL 2008, which are those of NACE Rev. 2.",
        ),
        items=items,
    )


def revision_2_1(bel2025: Classification) -> Classification:
    """Return NACE Rev. 2.1, with the labels of NACE-BEL 2025 where the titles agree."""
    slug = "nace-rev21"
    items = dict(european_items(slug, bel2025.items))
    return Classification(
        slug=slug,
        titles=dict.fromkeys(LANGUAGES, "NACE Rev. 2.1"),
        version="Rev. 2.1",
        licence=LICENCE,
        sources=(EUROSTAT, EUROPEAN),
        valid_from="2025-01-01",
        supersedes="nace-rev2",
        notes=(
            "Labels in French, Dutch and German are those of NACE-BEL 2025, where the English "
            "titles agree.",
        ),
        items=items,
    )


def european_items(slug: str, belgian_items: Mapping[str, Item]) -> Iterator[tuple[str, Item]]:
    """Yield the codes of NACE Rev. 2.1 down to classes; what lies below is not European."""
    for entry in NACEConverter().codes_dict.values():
        code, above = entry["code"].replace(".", ""), entry["parentCode"].replace(".", "")
        labels: Mapping[str, str] = {"en": entry["name"]}
        # A group that NACE-BEL lacks repeats its division.
        twin = belgian_items.get(code) or belgian_items.get(above)
        if twin and same_title(twin.labels["en"], entry["name"]):
            labels = twin.labels
        item = Item(code, labels, above or None, matches=(european(slug, code),))
        if item.level in EUROPEAN_LEVELS:
            yield code, item


def european(slug: str, code: str) -> NamedNode:
    """Return the address of a code in the vocabularies of the European Union."""
    return NamedNode(f"{EUROPEAN_CODE[slug]}{code}")


def same_title(one: str, other: str) -> bool:
    """Tell whether two titles differ only in letters that a package lost or capitalised."""
    return letters(one) == letters(other)


def letters(title: str) -> str:
    """Return what letters and digits a title is made of."""
    return "".join(filter(str.isalnum, title.casefold()))


def matched(belgian: Classification, revision: Classification) -> Classification:
    """Return NACE-BEL with each code linked to the European code that it equals."""
    items = {
        code: replace(item, matches=(*item.matches, identify.code(revision.slug, code)))
        if code in revision.items
        and same_title(item.labels["en"], revision.items[code].labels["en"])
        else item
        for code, item in belgian.items.items()
    }
    return replace(belgian, items=items)
