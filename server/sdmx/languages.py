"""The languages in which a client likes to read data, the best first."""

from __future__ import annotations

from starlette.requests import Request

from server.language import DATA_LANGUAGES, liked
from server.speech import prefix_of


def languages(request: Request) -> tuple[str, ...]:
    """Return the languages of the data in the order in which a client likes them."""
    own = prefix_of(request).removeprefix("/")
    named = liked(request.headers.get("accept-language", ""), DATA_LANGUAGES)
    return tuple(dict.fromkeys([*([own] if own else []), *named, "en", *DATA_LANGUAGES]))
