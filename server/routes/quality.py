"""`/quality`: what the gate found when the release was made."""

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from server.caching import headers, tag, unchanged
from server.dependencies import SnapshotDep
from server.errors import ProblemError
from server.language import mark as _
from server.negotiate import HTML, JSON, TURTLE, choose
from server.pages import page
from server.published import Snapshot
from server.speech import language_of, prefix_of

router = APIRouter(tags=["quality"])
FILES = {".html": HTML, ".json": JSON, ".ttl": TURTLE, ".txt": "text/plain"}
BY_MEDIA = {JSON: "report.json", TURTLE: "report.ttl", "text/plain": "report.txt"}
# The report is a page of its own, whose style is written in it; it may load nothing.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@router.get("/quality", summary="The gate's report")
async def quality(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the report on the quality of the release."""
    media = choose(request.headers.get("accept"), (HTML, *BY_MEDIA))
    if media != HTML:
        return file_answer(request, snapshot, BY_MEDIA[media])
    entity = tag(snapshot, "quality", language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    return page(
        request, "quality.html", 200, headers(snapshot, entity), report=report(snapshot),
        files=[one.name for one in files(snapshot)],
    )  # fmt: skip


@router.get("/quality/{name}", summary="The gate's report as a file")
async def quality_file(request: Request, name: str, snapshot: SnapshotDep) -> Response:
    """Return one form of the report."""
    return file_answer(request, snapshot, name)


def file_answer(request: Request, snapshot: Snapshot, name: str) -> Response:
    """Return one file of the report."""
    entity = tag(snapshot, "quality", name)
    if short := unchanged(request, snapshot, entity):
        return short
    for place in files(snapshot):
        if place.name == name:
            given = headers(snapshot, entity) | {"Content-Security-Policy": ALONE}
            return FileResponse(place, headers=given, media_type=FILES[place.suffix])
    detail = _("There is no report %(name)s for this release.")
    raise ProblemError("not-found", detail, name=name[:100])


def files(snapshot: Snapshot) -> list[Path]:
    """Return the files of the report."""
    folder = snapshot.release.quality
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.suffix in FILES and one.is_file())


def report(snapshot: Snapshot) -> dict[str, Any] | None:
    """Return the report as data; None when there is none."""
    try:
        text = (snapshot.release.quality / "report.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found
