"""`/releases`: the releases that are kept, each of which can still be asked."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from queries.release import Release
from server.answers.caching import headers
from server.answers.negotiate import HTML, JSON, choose
from server.dependencies import SnapshotDep
from server.engine.archive import Archive
from server.pages.page import page

router = APIRouter(tags=["releases"])


@router.get("/releases", summary="The releases that are kept")
async def releases(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the releases, the newest first, and which of them is being served."""
    media = choose(request.headers.get("accept"), (JSON, HTML))
    archive: Archive = request.app.state.archive
    kept = await asyncio.to_thread(archive.kept)
    given = headers(snapshot)
    if media == HTML:
        return page(request, "releases.html", 200, given, releases=kept, serving=snapshot.id)
    listed = [as_json(one, snapshot.id) for one in kept]
    return JSONResponse({"releases": listed}, headers=given)


def as_json(release: Release, serving: str) -> dict[str, object]:
    """Return a release as the list in JSON has it."""
    return {
        "id": release.id,
        "created": release.manifest.created.isoformat(),
        "parent": release.manifest.parent,
        "version": release.manifest.version,
        "statements": release.manifest.tiers["public"].quads,
        "serving": release.id == serving,
        "sparql": f"/sparql?release={release.id}",
    }
