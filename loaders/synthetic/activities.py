"""What invented entities do: codes of NACE-BEL by theme, of which entities take runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bce_codes_to_label import nace

from loaders.records.concepts import own_rows

FOLDER = Path(__file__).parent
VERSIONS = ("2003", "2008", "2025")
# The register writes activities down to these lengths.
LENGTHS = (5, 7)


@dataclass(frozen=True)
class Theme:
    """A field of activity: a division of NACE 2008, what it was in 2003, and words for names."""

    division: str
    social: float
    company: float
    person: float
    before: tuple[str, ...]
    label_fr: str
    label_nl: str


def themes() -> list[Theme]:
    """Return the fields of activity, in order."""
    return [
        Theme(
            division=row.take("division"),
            social=float(row.take("social")),
            company=float(row.take("company")),
            person=float(row.take("person")),
            before=tuple(row.split("nace_2003")),
            label_fr=row.take("label_fr"),
            label_nl=row.take("label_nl"),
        )
        for row in own_rows(FOLDER, "themes.csv")
    ]


@dataclass(frozen=True)
class Codes:
    """The codes of one version, those of each theme together.

    The codes of theme t are ``codes[starts[t] : starts[t] + counts[t]]``. The last theme stands
    for all codes: entities with more activities than a theme has codes take it.
    """

    codes: list[str]
    starts: list[int]
    counts: list[int]


def codes(version: str, found: list[Theme]) -> Codes:
    """Return the codes of a version of NACE-BEL by theme."""
    all_codes = sorted(
        entry["value"]
        for entry in nace.codes.values()
        if entry["version"] == version and len(entry["value"]) in LENGTHS
    )
    flat: list[str] = []
    starts, counts = [], []
    for theme in found:
        divisions = theme.before if version == "2003" else (theme.division,)
        own = [code for code in all_codes if code.startswith(divisions)] or all_codes
        starts.append(len(flat))
        counts.append(len(own))
        flat += own
    return Codes([*flat, *all_codes], [*starts, len(flat)], [*counts, len(all_codes)])
