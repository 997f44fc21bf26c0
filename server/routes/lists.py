"""`/lists`: the layouts of the lists that partners send, and the templates to fill."""

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from server.answers.caching import headers, tag, unchanged
from server.answers.negotiate import HTML, JSON, XLSX, choose
from server.dependencies import SnapshotDep
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.pages.page import page
from server.speech import language_of, prefix_of

router = APIRouter(tags=["graphs"])
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}


@router.get("/lists", summary="The layouts of lists, with templates")
async def lists(request: Request, snapshot: SnapshotDep) -> Response:
    """Return what lists partners can send, column by column."""
    media = choose(request.headers.get("accept"), (HTML, JSON))
    entity = tag(snapshot, "lists", media, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    given, known = headers(snapshot, entity), layouts(snapshot)
    if media == JSON:
        return JSONResponse(known, headers=given)
    return page(
        request, "lists.html", 200, given, layouts=known, forms=list(MEDIA),
        french=language_of(request).code == "fr",
    )  # fmt: skip


@router.get("/lists/{layout}/template.{form}", summary="An empty list to fill")
async def template(request: Request, layout: str, form: str, snapshot: SnapshotDep) -> Response:
    """Return the template of a layout as csv or xlsx."""
    if form in MEDIA and any(one["name"] == layout for one in layouts(snapshot)):
        place = folder(snapshot) / f"{layout}.{form}"
        if place.is_file():
            entity = tag(snapshot, "list", layout, form)
            if short := unchanged(request, snapshot, entity):
                return short
            given = headers(snapshot, entity)
            return FileResponse(place, headers=given, media_type=MEDIA[form], filename=place.name)
    detail = _("There is no such template; the lists are at /lists.")
    raise ProblemError("not-found", detail)


def folder(snapshot: Snapshot) -> Path:
    """Return where a release keeps its templates."""
    return snapshot.release.path / "lists"


def layouts(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return the layouts that the release describes; a release of before them has none."""
    place = folder(snapshot) / "lists.json"
    if not place.is_file():
        return []
    found: list[dict[str, Any]] = json.loads(place.read_text(encoding="utf-8"))
    return found
