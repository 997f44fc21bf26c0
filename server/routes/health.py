"""`/health`: whether the server lives, and whether it can answer."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from server.dependencies import PoolDep
from server.errors import ProblemError
from server.language import mark as _

router = APIRouter(tags=["operations"])


@router.get("/health", summary="State of the server")
@router.get("/health/ready", include_in_schema=False)
async def health(pool: PoolDep) -> Response:
    """Return 200 when queries are answered, 503 when not."""
    if not pool.ready:
        detail = _("No worker is running.")
        raise ProblemError(
            "not-ready", detail, headers={"Retry-After": "5"}, live=True, ready=False
        )
    content = {"status": "ready", "live": True, "ready": True, "release": pool.snapshot.id}
    return JSONResponse(content | pool.state(), headers={"Cache-Control": "no-store"})


@router.get("/health/live", include_in_schema=False)
async def live() -> Response:
    """Return 200 as long as the process answers."""
    return JSONResponse({"status": "live"}, headers={"Cache-Control": "no-store"})
