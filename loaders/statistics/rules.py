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
    for row in own_rows(FOLDER, "bridge.csv"):
        where = f"{row.take('item')} takes rubric {row.take('rubric')}"
        yield named(row), {"en": f"{where}: {row.take('basis')}"}
    for row in own_rows(FOLDER, "sectors.csv"):
        yield named(row), {"en": f"{row.take('sector')}: {row.take('basis')}"}
    for row in own_rows(FOLDER, "volunteers.csv"):
        yield named(row), {"en": f"{row.take('basis')} (from {row.take('from_year')} on)"}
    for row in own_rows(PERIMETERS, "rules.csv"):
        yield named(row), {"en": row.take("basis")}
    for row in own_rows(FOLDER, "third_sector.csv"):
        yield named(row), {"en": "activity in ICNP/TSO from that in NACE Rev. 2.1"}


def named(row: Row) -> str:
    """Return the number and version of a rule, as lineage writes them."""
    return f"{row.take('rule')}/{row.take('version')}"
