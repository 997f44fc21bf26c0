"""What the rules say that the lineage of cells names, for whoever reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import loaders.perimeters
from loaders.records.concepts import own_rows
from loaders.records.row import Row

FOLDER = Path(__file__).parent
PERIMETERS = Path(next(iter(loaders.perimeters.__path__)))
FILE = "rules.json"
LANGUAGES = ("en", "fr", "nl", "de")
THIRD_SECTOR = "activity in ICNP/TSO from that in NACE Rev. 2.1"
COLON = {"en": ":", "fr": " :", "nl": ":", "de": ":"}
SINCE = {
    "en": "from {year} on", "fr": "à partir de {year}", "nl": "vanaf {year}", "de": "ab {year}",
}  # fmt: skip
RUBRIC = {
    "+": {
        "en": "{item} adds rubric {rubric}", "fr": "{item} ajoute la rubrique {rubric}",
        "nl": "{item} telt rubriek {rubric} bij", "de": "{item} zählt Rubrik {rubric} hinzu",
    },
    "-": {
        "en": "{item} subtracts rubric {rubric}", "fr": "{item} soustrait la rubrique {rubric}",
        "nl": "{item} trekt rubriek {rubric} af", "de": "{item} zieht Rubrik {rubric} ab",
    },
    "first": {
        "en": "{item} takes rubric {rubric}", "fr": "{item} prend la rubrique {rubric}",
        "nl": "{item} neemt rubriek {rubric}", "de": "{item} nimmt Rubrik {rubric}",
    },
    "else": {
        "en": "{item} takes rubric {rubric} where there is none before it",
        "fr": "{item} prend la rubrique {rubric} à défaut de celle qui précède",
        "nl": "{item} neemt rubriek {rubric} als de voorgaande ontbreekt",
        "de": "{item} nimmt Rubrik {rubric}, wenn die vorige fehlt",
    },
}  # fmt: skip


def write(folder: Path) -> None:
    """Write the rules of all cubes beside them, by number and version."""
    found: dict[str, dict[str, list[str]]] = {}
    for number, texts in told():
        for language, text in texts.items():
            said = found.setdefault(number, {}).setdefault(language, [])
            said += [] if text in said else [text]
    rules = {
        number: {language: "; ".join(said) for language, said in texts.items()}
        for number, texts in sorted(found.items())
    }
    text = json.dumps(rules, indent=1, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def told() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each rule under its number and version, in the languages in which it is written."""
    for row in own_rows(FOLDER, "rules.csv"):
        yield named(row), {one: row.take(f"title_{one}") for one in LANGUAGES}
    known = bases()
    for row in own_rows(FOLDER, "bridge.csv"):
        yield named(row), bridged(row, known)
    for row in own_rows(FOLDER, "sectors.csv"):
        sector = row.take("sector")
        texts = basis(row, known)
        yield named(row), {one: f"{sector}{COLON[one]} {texts[one]}" for one in texts}
    for row in own_rows(FOLDER, "volunteers.csv"):
        year, texts = row.take("from_year"), basis(row, known)
        yield named(row), {one: f"{texts[one]} ({SINCE[one].format(year=year)})" for one in texts}
    for row in own_rows(PERIMETERS, "rules.csv"):
        yield named(row), basis(row, known)
    for row in own_rows(FOLDER, "third_sector.csv"):
        yield named(row), known[THIRD_SECTOR]


def bases() -> dict[str, dict[str, str]]:
    """Return in all languages on what rules rest, by the English text that tables have."""
    found = {}
    for row in own_rows(FOLDER, "bases.csv"):
        text = row.take("basis")
        found[text] = {"en": text, **{one: row.take(one) for one in LANGUAGES if one != "en"}}
    return found


def basis(row: Row, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return on what a rule rests, in all languages; raises SourceError where one has none."""
    text = row.take("basis")
    if text not in known:
        raise row.error(f"basis {text!r} is in no other language: add it to bases.csv")
    return known[text]


def bridged(row: Row, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return what becomes of a rubric of annual accounts."""
    given = {"item": row.take("item"), "rubric": row.take("rubric")}
    # From the second rank on, a rubric stands in for those before it.
    how = {None: row.take("sign"), "1": "first"}.get(row.get("rank"), "else")
    texts = basis(row, known)
    return {one: f"{RUBRIC[how][one].format(**given)}{COLON[one]} {texts[one]}" for one in texts}


def named(row: Row) -> str:
    """Return the number and version of a rule, as lineage writes them."""
    return f"{row.take('rule')}/{row.take('version')}"
