"""What stands at the head of every message: who sends what to whom, and when it was prepared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from queries.cubes.model import Names

_NOT_IN_IDENTIFIERS = re.compile(r"[^A-Za-z0-9_@$\-]")
# Data that were invented are said to be so wherever a message has a place for a name.
SYNTHETIC: Names = {
    "fr": "Calculé à partir de données inventées ; ne décrit aucune réalité.",
    "nl": "Berekend uit verzonnen gegevens; beschrijft geen werkelijkheid.",
    "de": "Aus erfundenen Daten berechnet; beschreibt keine Wirklichkeit.",
    "en": "Computed from invented data; describes nothing real.",
}


@dataclass(frozen=True)
class Header:
    """The head of a message."""

    id: str
    prepared: datetime
    sender: str
    sender_names: Names
    test: bool = False
    names: Names | None = None
    receivers: tuple[str, ...] = ()
    source: Names | None = None
    # Of a transmission: which data set of which period it is, and what becomes of what was sent.
    data_set: str | None = None
    reporting: tuple[str, str] | None = None
    embargo: datetime | None = None

    @property
    def moment(self) -> str:
        """When the message was prepared, with its zone."""
        return instant(self.prepared)


def header(name: str, sender: str, names: Names, *, synthetic: bool = False) -> Header:
    """Return the head of a message of ours that is prepared now."""
    return Header(
        id=identifier(name), prepared=datetime.now(UTC).replace(microsecond=0), sender=sender,
        sender_names=names, test=synthetic, names=SYNTHETIC if synthetic else None,
    )  # fmt: skip


def identifier(text: str) -> str:
    """Return a text as an identifier of SDMX may be written.

    >>> identifier("2026-11-30.1")
    '2026-11-30_1'
    """
    return _NOT_IN_IDENTIFIERS.sub("_", text)


def instant(moment: datetime) -> str:
    """Return a moment with its zone.

    >>> instant(datetime(2026, 11, 30, 12, tzinfo=UTC))
    '2026-11-30T12:00:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def best(names: Mapping[str, str], languages: tuple[str, ...]) -> str:
    """Return a name in the first language there is one in; in English, or any, otherwise.

    >>> best({"fr": "un", "en": "one"}, ("nl", "fr"))
    'un'
    >>> best({"fr": "un", "en": "one"}, ("da",))
    'one'
    """
    found = (names[one] for one in (*languages, "en") if one in names)
    return next(found, None) or next(iter(names.values()), "")
