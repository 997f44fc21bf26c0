"""`/quality`: what the gate found when the release was made."""

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from server.answers.caching import headers, tag, unchanged
from server.answers.negotiate import HTML, JSON, TURTLE, choose
from server.answers.patience import while_connected
from server.dependencies import PoolDep, SnapshotDep
from server.engine.pool import Pool
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.pages.description import learn_labels
from server.pages.page import page
from server.pages.quality_report import NAME, examples, judged_graphs, public_report, report_files
from server.pages.query_page import shower_of
from server.pages.source_facts import source_facts
from server.speech import language_of, prefix_of

router = APIRouter(tags=["quality"])
MEDIA = {".html": HTML, ".ttl": TURTLE, ".txt": "text/plain"}
BY_MEDIA = {JSON: NAME, TURTLE: "report.ttl", "text/plain": "report.txt"}
# The report is a page of its own, whose style is written in it; it may load nothing.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@router.get("/quality", summary="The gate's report")
async def quality(request: Request, pool: PoolDep) -> Response:
    """Return the report on the quality of the release."""
    snapshot = pool.snapshot
    media = choose(request.headers.get("accept"), (HTML, *BY_MEDIA))
    if media != HTML:
        return file_answer(request, snapshot, BY_MEDIA[media])
    entity = tag(snapshot, "quality", language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    return await while_connected(request, report_page(request, pool, entity))


async def report_page(request: Request, pool: Pool, entity: str) -> Response:
    """Return the report with the names of what it is about."""
    async with pool.lease() as lease:
        snapshot = lease.snapshot
        shower = shower_of(request, lease)
        report = public_report(snapshot)
        await learn_labels(lease, shower, examples(report) if report else [])
    return page(
        request, "quality.html", 200, headers(snapshot, entity), snapshot=snapshot,
        report=report,
        graphs=judged_graphs(report, shower) if report else [],
        facts=source_facts(snapshot),
        files=[*([NAME] if report else []), *(one.name for one in report_files(snapshot))],
    )  # fmt: skip


@router.get("/quality/{name}", summary="The gate's report as a file")
async def quality_file(request: Request, name: str, snapshot: SnapshotDep) -> Response:
    """Return one form of the report."""
    return file_answer(request, snapshot, name)


def file_answer(request: Request, snapshot: Snapshot, name: str) -> Response:
    """Return one form of the report, if everyone may read it."""
    entity = tag(snapshot, "quality", name)
    if short := unchanged(request, snapshot, entity):
        return short
    given = headers(snapshot, entity)
    report = public_report(snapshot)
    if name == NAME and report is not None:
        return JSONResponse(report, headers=given)
    for place in report_files(snapshot):
        if place.name == name and place.suffix in MEDIA:
            given["Content-Security-Policy"] = ALONE
            return FileResponse(place, headers=given, media_type=MEDIA[place.suffix])
    detail = _("There is no report %(name)s for this release.")
    raise ProblemError("not-found", detail, name=name[:100])
