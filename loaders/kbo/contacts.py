"""How to reach an enterprise: web pages for everyone, mail and telephone for partners."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loaders.kbo import lines
from ontology import terms as se

WEB_PAGE = lines.predicate(se.webPage)
DIRECT = {"EMAIL": lines.predicate(se.email), "TEL": lines.predicate(se.telephone)}
SCHEME = re.compile(r"https?://", re.IGNORECASE)
# A host with a dot, perhaps a port, and behind it nothing that an IRI cannot hold.
PAGE = re.compile(
    r"https?://[\w-]+(\.[\w-]+)+(:\d+)?([/?#][^\s<>\"{}|\\^`@\x00-\x20\x7f]*)?", re.IGNORECASE
)


def describe_pages(subject: str, rows: Sequence[tuple[str | None, ...]]) -> Iterator[str]:
    """Yield the web pages of an entity; what is no address of a page is left out."""
    for kind, value in rows:
        if kind == "WEB" and (page := address(value or "")):
            yield f"{subject}{WEB_PAGE}{lines.text(page)}{lines.ANY_URI} ."


def address(text: str) -> str | None:
    """Return a text as the address of a web page, None when it cannot be one.

    >>> address("www.example.org/fr")
    'http://www.example.org/fr'
    >>> address("info@example.org")
    """
    page = text.strip()
    page = page if SCHEME.match(page) else f"http://{page}"
    return page if PAGE.fullmatch(page) else None


def describe_direct(subject: str, rows: Sequence[tuple[str | None, ...]]) -> Iterator[str]:
    """Yield mail addresses and telephone numbers, which are not for everyone."""
    for kind, value in rows:
        if (term := DIRECT.get(kind or "")) and (cleaned := " ".join((value or "").split())):
            yield f"{subject}{term}{lines.text(cleaned)} ."
