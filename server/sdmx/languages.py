"""The languages in which a client likes to read data, the best first."""

from __future__ import annotations

from starlette.requests import Request

from server.language import DATA_LANGUAGES
from server.speech import prefix_of


def languages(request: Request) -> tuple[str, ...]:
    """Return the languages of the data in the order in which a client likes them."""
    found: dict[str, float] = {}
    for item in request.headers.get("accept-language", "").split(","):
        name, _semicolon, quality = item.partition(";")
        code = name.strip().lower().partition("-")[0]
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if code in DATA_LANGUAGES and weight > 0:
            found.setdefault(code, weight)
    own = prefix_of(request).removeprefix("/")
    liked = sorted(found, key=lambda code: -found[code])
    first_of_all = [own] if own else []
    return tuple(dict.fromkeys([*first_of_all, *liked, "en", *DATA_LANGUAGES]))
