"""The languages of the pages: their texts, and how each writes numbers and days."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LANGUAGES = ("fr", "nl", "de", "en")
# In these all texts exist; in the others, those of some pages, and the rest is in English.
COMPLETE = ("fr", "en")
DEFAULT = "fr"
# In which order a label in another language is shown when there is none in the page's own.
DATA_LANGUAGES = ("fr", "en", "nl", "de")
# The blank before signs that French parts from the word before them.
PARTED = re.compile(r" (?=[:;?!»])")
REGIONS = {"fr": "fr_BE", "nl": "nl_BE", "de": "de_BE", "en": "en_GB"}


def mark(text: str) -> str:
    """Mark a text to be translated when it is shown."""
    return text


@dataclass(frozen=True)
class Language:
    """One language of the pages."""

    code: str
    texts: Mapping[str, str | tuple[str, ...]]
    locale: Locale

    def gettext(self, text: str) -> str:
        """Return a text in this language."""
        found = self.texts.get(text)
        return found if isinstance(found, str) and found else text

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return a text in the form that goes with a number."""
        found = self.texts.get(one)
        plural = self.locale.plural_form(number) != "one"
        if isinstance(found, tuple) and all(found):
            return found[1 if plural else 0]
        return self.gettext(many if plural else one)

    def say(self, text: str, values: Mapping[str, object]) -> str:
        """Return a text with its values, those among them that are texts of ours translated.

        Any other value is shown as it came: it may be what a stranger wrote.
        """
        said = {name: self.spoken(value, values) for name, value in values.items()}
        return self.gettext(text) % said if said else self.gettext(text)

    def spoken(self, value: object, values: Mapping[str, object]) -> object:
        """Return a value to be put into a text."""
        if not isinstance(value, str) or value not in self.texts:
            return value
        try:
            return self.gettext(value) % values
        except (KeyError, TypeError, ValueError):
            return value

    def number(self, value: float | Decimal, decimals: int = 0) -> str:
        """Write a number with all its digits, and at least some decimals."""
        least = f"#,##0.{'0' * decimals}" if decimals else None
        return str(
            format_decimal(value, format=least, locale=self.locale, decimal_quantization=False)
        )

    def heading(self, text: str) -> str:
        """Return a text in which no sign that French parts from its word begins a line."""
        return text if self.code != "fr" else PARTED.sub("\u00a0", text)

    def percent(self, value: Decimal) -> str:
        """Write a change, which is a share of one, with its sign and one decimal."""
        return f"{'+' if value > 0 else '−' if value < 0 else ''}{self.share(abs(value))}"

    def share(self, value: Decimal) -> str:
        """Write a share of one as a percentage with one decimal."""
        form = "#,##0.0%" if self.code == "en" else "#,##0.0\u00a0%"
        return str(format_percent(value, format=form, locale=self.locale))

    def day(self, value: date) -> str:
        """Write a day."""
        return str(format_date(value, format="long", locale=self.locale))

    def moment(self, value: datetime) -> str:
        """Write a day and an hour."""
        return str(format_datetime(value, format="long", locale=self.locale))


@cache
def language(code: str) -> Language:
    """Return one of the languages, its texts read from its catalogue."""
    catalogue = files("server") / "locales" / code / "LC_MESSAGES" / "maillage.po"
    with catalogue.open("rb") as file:
        messages = read_po(file, locale=code)
    texts: dict[str, str | tuple[str, ...]] = {}
    for message in messages:
        key = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
        if key and not message.fuzzy:
            said = message.string or ""
            texts[key] = said if isinstance(said, str) else tuple(said)
    return Language(code, texts, Locale.parse(REGIONS[code]))


def preferred(header: str) -> str:
    """Return the language of ours that an Accept-Language header likes best."""
    return next(iter(liked(header, LANGUAGES)), DEFAULT)


def liked(header: str, among: Container[str]) -> list[str]:
    """Return the languages that an Accept-Language header names among some, the best first."""
    found: dict[str, float] = {}
    for item in header.split(","):
        tag, _semicolon, quality = item.partition(";")
        code = tag.strip().lower().partition("-")[0]
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if code in among and 0 < weight <= 1:
            found[code] = max(weight, found.get(code, 0))
    return sorted(found, key=lambda code: -found[code])
