"""How to use all this from a program: OpenAPI, its page, and what each problem means."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from server.caching import headers, tag, unchanged
from server.dependencies import SnapshotDep
from server.errors import PROBLEMS, ProblemError
from server.language import mark as _
from server.openapi import described
from server.pages import page

router = APIRouter(tags=["operations"])
# Swagger UI sets styles from its script; nothing but that is allowed to it.
DOCS_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the description of all addresses, the named questions among them."""
    entity = tag(snapshot, "openapi", request.app.version)
    if short := unchanged(request, snapshot, entity):
        return short
    return JSONResponse(described(request.app, snapshot), headers=headers(snapshot, entity))


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """Return the page on which the addresses can be tried."""
    return page(request, "docs.html", 200, {"Content-Security-Policy": DOCS_POLICY})


@router.get("/problems", include_in_schema=False)
async def problems(request: Request) -> Response:
    """Return every problem and what it means."""
    return page(request, "problems.html", problems=list(PROBLEMS.values()))


@router.get("/problems/{slug}", include_in_schema=False)
async def problem(request: Request, slug: str) -> Response:
    """Return what one problem means."""
    if slug not in PROBLEMS:
        raise ProblemError("not-found", _("There is no problem of this name."))
    return page(request, "problems.html", problems=[PROBLEMS[slug]])
