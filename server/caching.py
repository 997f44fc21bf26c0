"""Answers that depend only on the release and the request: named, so that they are sent once."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from server.published import Snapshot

VARY = "Accept, Accept-Language"
# Any cache may keep an answer, and asks each time whether the release is still the same.
KEPT = "public, no-cache"


def tag(snapshot: Snapshot, *parts: object) -> str:
    """Return the entity tag of an answer."""
    content = "\x1f".join(str(part) for part in parts)
    return f'W/"{snapshot.id}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"'


def headers(snapshot: Snapshot, entity: str | None = None, vary: str = VARY) -> dict[str, str]:
    """Return the headers that trace an answer to its release."""
    found = {"X-Release": snapshot.id, "Vary": vary}
    if entity is None:
        return found | {"Cache-Control": "no-store"}
    return found | {"ETag": entity, "Cache-Control": KEPT}


def unchanged(request: Request, snapshot: Snapshot, entity: str) -> Response | None:
    """Return the short answer to a client that has this very answer already."""
    given = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if request.method in ("GET", "HEAD") and given & {entity, entity.removeprefix("W/")}:
        return Response(status_code=304, headers=headers(snapshot, entity))
    return None
