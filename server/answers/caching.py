"""Answers that depend only on the release and the request: named, so that they are sent once."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from server.engine.published import Snapshot

# A shared cache may not give one who has a key what was made for those who have none.
VARY = "Accept, Accept-Language, Authorization, X-API-Key"
# Any cache may keep an answer, and asks each time whether the release is still the same.
KEPT = "public, no-cache"


def tag(snapshot: Snapshot, *parts: object) -> str:
    """Return what tells an answer from the others of its release.

    The release itself is added where the answer is sent: it may be swapped in between.
    """
    content = "\x1f".join(map(str, (snapshot.tier, *parts)))
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()


def in_full(snapshot: Snapshot, entity: str) -> str:
    """Return an entity tag as it is sent; one in quotes holds in every release."""
    return entity if entity.startswith('"') else f'W/"{snapshot.id}-{entity}"'


def headers(snapshot: Snapshot, entity: str | None = None, vary: str = VARY) -> dict[str, str]:
    """Return the headers that trace an answer to its release."""
    found = {"X-Release": snapshot.id, "Vary": vary}
    if snapshot.tier != "public":
        found["X-Tier"] = snapshot.tier
    if entity is None:
        return found | {"Cache-Control": "no-store"}
    return found | {"ETag": in_full(snapshot, entity), "Cache-Control": KEPT}


def unchanged(request: Request, snapshot: Snapshot, entity: str) -> Response | None:
    """Return the short answer to a client that has this very answer already."""
    header = request.headers.get("if-none-match")
    if not header:
        return None
    given = {one.strip() for one in header.split(",")}
    own = in_full(snapshot, entity)
    if request.method in ("GET", "HEAD") and given & {own, own.removeprefix("W/")}:
        return Response(status_code=304, headers=headers(snapshot, entity))
    return None
