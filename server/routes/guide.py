"""How to use all this from a program: OpenAPI, its page, and what each problem means."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from server.about.openapi import described
from server.about.openapi_parameters import short_lists
from server.answers.caching import headers, tag, unchanged
from server.answers.patience import while_connected
from server.dependencies import PoolDep
from server.engine.pool import Pool
from server.engine.published import Snapshot
from server.errors import PROBLEMS, ProblemError
from server.language import mark as _
from server.pages.page import page

router = APIRouter(tags=["operations"])
# Swagger UI sets styles from its script; nothing but that is allowed to it.
DOCS_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request, pool: PoolDep) -> Response:
    """Return the description of all addresses, the named questions among them."""
    if short := unchanged(request, pool.snapshot, entity_of(request, pool.snapshot)):
        return short
    return await while_connected(request, description(request, pool))


async def description(request: Request, pool: Pool) -> Response:
    """Return the description, the codes that parameters may take among it."""
    async with pool.lease() as lease:
        codes = await short_lists(lease, list(lease.snapshot.queries.values()))
    given = headers(lease.snapshot, entity_of(request, lease.snapshot))
    return JSONResponse(described(request.app, lease.snapshot, codes), headers=given)


def entity_of(request: Request, snapshot: Snapshot) -> str:
    """Return the entity tag of the description."""
    return tag(snapshot, "openapi", request.app.version, request.app.state.settings.public)


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
