"""The lists that choices are made from, as variables of a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from loaders.records.concepts import own_rows
from loaders.synthetic import activities, names, places

FOLDER = Path(__file__).parent
SLOTS = 16_384


@dataclass(frozen=True)
class Form:
    """A legal form: how frequent, whether of the social economy, between which ages in days."""

    code: str
    share: float
    social: bool
    read_as: str | None
    youngest: int
    oldest: int


def forms() -> list[Form]:
    """Return the legal forms with their share of all enterprises, in hundredths."""
    return [
        Form(
            code=row.take("code"),
            share=float(row.take("share")),
            social=row.get("social") == "yes",
            read_as=row.get("read_as"),
            youngest=int(row.take("from_days")),
            oldest=int(row.get("to_days") or 36_500),
        )
        for row in own_rows(FOLDER, "legal_form_shares.csv")
    ]


class Parts:
    """The lists by name, and how many elements each has."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self.counts: dict[str, int] = {}
        self._database = database
        self.forms = forms()
        self._set_forms()
        self._set_places()
        self._set_names()
        self._set_activities()

    def set(self, name: str, values: list[Any]) -> None:
        """Keep a list as a variable."""
        self.counts[name] = len(values)
        self._database.execute(f"SET VARIABLE {name} = ?", [values])

    def _set_forms(self) -> None:
        wanted = [form.share for form in self.forms]
        self.set("form_slots", places.spread_out(wanted, SLOTS * 4))
        self.set("form_code", [form.code for form in self.forms])
        self.set("form_social", [form.social for form in self.forms])
        self.set("form_read_as", [form.read_as for form in self.forms])
        self.set("form_youngest", [form.youngest for form in self.forms])
        self.set("form_oldest", [form.oldest for form in self.forms])

    def _set_places(self) -> None:
        found = places.places()
        self.set("place_slots", places.slots(found, places.ALL_SHARES, SLOTS))
        self.set("place_slots_social", places.slots(found, places.SOCIAL_SHARES, SLOTS))
        self.set("postcode", [one.postcode for one in found])
        self.set("place_nl", [one.name_nl for one in found])
        self.set("place_fr", [one.name_fr for one in found])
        self.set("place_old", [one.old for one in found])
        self.set("place_of_fr", [names.of_place(one.name_fr) for one in found])
        self.set("place_language", [one.language for one in found])
        self.set("place_bilingual", [one.bilingual for one in found])

    def _set_names(self) -> None:
        self.set("proper", names.invented())
        self.set("forename", names.french("forename"))
        for name, kind in (
            ("social_head", "social head"),
            ("company_head", "company head"),
            ("quality", "quality"),
        ):
            self.set(f"{name}_fr", names.french(kind))
            self.set(f"{name}_nl", names.dutch(kind))
        for language, streets in zip(("fr", "nl"), names.streets(), strict=True):
            self.set(f"street_{language}", streets)

    def _set_activities(self) -> None:
        found = activities.themes()
        self.set("theme_fr", [one.label_fr for one in found])
        self.set("theme_nl", [one.label_nl for one in found])
        for kind in ("social", "company", "person"):
            wanted = [getattr(one, kind) for one in found]
            chosen = places.spread_out(wanted, SLOTS)
            self.set(f"theme_slots_{kind}", chosen)
        self.every_theme = len(found)
        for version in activities.VERSIONS:
            codes = activities.codes(version, found)
            self.set(f"nace_{version}", codes.codes)
            self.set(f"nace_start_{version}", codes.starts)
            self.set(f"nace_count_{version}", codes.counts)
