"""code.csv: the labels of the codes that the register uses."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from bce_codes_to_label import legal_forms, nace

from loaders.records.concepts import own_rows
from loaders.synthetic import layout

FOLDER = Path(__file__).parent
KBO_CODES = FOLDER.parent / "kbo_codes"
LANGUAGES = ("DE", "FR", "NL")


def entries() -> Iterator[tuple[str, str, str, str]]:
    """Yield category, code, language and label, ordered as in the register's file."""
    own = list(small())
    own += list(forms())
    for version in ("2003", "2008", "2025"):
        own += [
            (f"Nace{version}", entry["value"], language, entry[f"label_{language.lower()}"])
            for entry in nace.codes.values()
            if entry["version"] == version and entry["value"].isdigit()
            for language in ("FR", "NL")
        ]
    yield from sorted(own)


def small() -> Iterator[tuple[str, str, str, str]]:
    """Yield the lists of a few codes."""
    for row in own_rows(FOLDER, "small_code_lists.csv"):
        category, code = row.take("category"), row.take("code")
        for language in ("fr", "nl"):
            yield category, code, language.upper(), row.take(f"label_{language}")


def forms() -> Iterator[tuple[str, str, str, str]]:
    """Yield the legal forms, those that the package lacks among them."""
    labels = {
        code: {one: entry.get(f"label_{one.lower()}") for one in LANGUAGES}
        for code, entry in legal_forms.codes.items()
    }
    for row in own_rows(KBO_CODES, "legal_forms_added.csv"):
        labels[row.take("code")] = {one: row.take(f"label_{one.lower()}") for one in LANGUAGES}
    for code, by_language in labels.items():
        for language, label in by_language.items():
            if label:
                yield "JuridicalForm", code, language, label


def text() -> str:
    """Return the file."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(layout.CODE.columns)
    writer.writerows(entries())
    return out.getvalue()
