"""Which language a request is answered in: /fr/… and /en/… say it, other paths negotiate it."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from server.language import LANGUAGES, Language, language, preferred


class Speech:
    """An ASGI layer that takes the language out of the path, so that routes need not know it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            scope = without_language(scope)
        await self.app(scope, receive, send)


def without_language(scope: Scope) -> Scope:
    """Return a scope whose path has no language, and whose state has one."""
    first, _slash, rest = scope["path"].removeprefix("/").partition("/")
    state = scope.setdefault("state", {})
    if first not in LANGUAGES:
        state["language_prefix"] = ""
        return scope
    state["language_prefix"] = f"/{first}"
    raw = scope.get("raw_path") or scope["path"].encode()
    return {**scope, "path": f"/{rest}", "raw_path": raw[len(first) + 1 :] or b"/"}


def language_of(request: Request, code: str | None = None) -> Language:
    """Return the language that a request is answered in, or a given one."""
    said = request.scope.get("state", {}).get("language_prefix", "").removeprefix("/")
    return language(code or said or preferred(request.headers.get("accept-language", "")))


def prefix_of(request: Request) -> str:
    """Return what the paths of links begin with."""
    return str(request.scope.get("state", {}).get("language_prefix", ""))
