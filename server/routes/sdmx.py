"""`/sdmx/v2` and `/sdmx/v1`: the web services of SDMX, for data and structures.

What answers them is loaded with the first question: a server that is never asked does without.
"""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from queries.release import ReleaseError
from server.access.meter import is_fault
from server.dependencies import PoolDep
from server.engine.pool import Pool
from server.errors import ProblemError

if TYPE_CHECKING:
    from server.sdmx.query import Query

router = APIRouter(tags=["statistics"])


async def answered(
    request: Request, pool: Pool, path: str, work: "Callable[[Query], Response]", *, old: bool
) -> Response:
    """Answer a request beside the loop, and count what that cost."""
    pool.admit()
    start, failed = time.perf_counter(), False
    try:
        return await asyncio.to_thread(answer, request, pool, path, work, old=old)
    except ProblemError as error:
        failed = is_fault(error.problem.status)
        from server.sdmx.failing import failed as told

        return told(request, error)
    finally:
        pool.charge(time.perf_counter() - start, failed=failed)


def answer(
    request: Request, pool: Pool, path: str, work: "Callable[[Query], Response]", *, old: bool
) -> Response:
    """Answer a request."""
    import duckdb

    from server.sdmx.failing import unreadable
    from server.sdmx.query import Query

    try:
        return work(Query(request, pool, path, old=old))
    except (ReleaseError, duckdb.Error) as error:
        raise unreadable(error) from error


@router.get("/sdmx/v2/data", include_in_schema=False)
@router.get("/sdmx/v2/data/{path:path}", summary="Data, SDMX-REST 2")
async def data_2(request: Request, pool: PoolDep, path: str = "") -> Response:
    """Return observations: /data/{context}/{agency}/{id}/{version}/{key}."""
    return await answered(request, pool, path, lambda one: one.data_2(), old=False)


@router.get("/sdmx/v2/availability", include_in_schema=False)
@router.get("/sdmx/v2/availability/{path:path}", summary="Which data there are, SDMX-REST 2")
async def availability_2(request: Request, pool: PoolDep, path: str = "") -> Response:
    """Return which values each dimension has in the data that a query is for."""
    return await answered(request, pool, path, lambda one: one.availability_2(), old=False)


@router.get("/sdmx/v2/structure", include_in_schema=False)
@router.get("/sdmx/v2/structure/{path:path}", summary="Structures, SDMX-REST 2")
async def structure_2(request: Request, pool: PoolDep, path: str = "") -> Response:
    """Return structures: /structure/{type}/{agency}/{id}/{version}/{item}."""
    return await answered(request, pool, path, lambda one: one.structure(), old=False)


@router.get("/sdmx/v2/schema", include_in_schema=False)
@router.get("/sdmx/v2/schema/{path:path}", summary="What valid data are, SDMX-REST 2")
async def schema_2(request: Request, pool: PoolDep, path: str = "") -> Response:
    """Return a schema: /schema/{context}/{agency}/{id}/{version}."""
    return await answered(request, pool, path, lambda one: one.schema(), old=False)


@router.get("/sdmx/v2/{path:path}", include_in_schema=False)
async def others_2(request: Request, pool: PoolDep, path: str) -> Response:
    """Say that metadata and registrations are not offered."""
    return await answered(request, pool, path, lambda one: one.others(path), old=False)


@router.get("/sdmx/v1/data/{path:path}", summary="Data, SDMX-REST 1")
async def data_1(request: Request, pool: PoolDep, path: str) -> Response:
    """Return observations: /data/{flow}/{key}/{provider}."""
    return await answered(request, pool, path, lambda one: one.data_1(), old=True)


@router.get("/sdmx/v1/availableconstraint/{path:path}", summary="Which data there are, SDMX-REST 1")
async def availability_1(request: Request, pool: PoolDep, path: str) -> Response:
    """Return which values each dimension has in the data that a query is for."""
    return await answered(request, pool, path, lambda one: one.availability_1(), old=True)


@router.get("/sdmx/v1/schema/{path:path}", summary="What valid data are, SDMX-REST 1")
async def schema_1(request: Request, pool: PoolDep, path: str) -> Response:
    """Return a schema: /schema/{context}/{agency}/{id}/{version}."""
    return await answered(request, pool, path, lambda one: one.schema(), old=True)


@router.get("/sdmx/v1/{kind}", include_in_schema=False)
@router.get("/sdmx/v1/{kind}/{path:path}", summary="Structures, SDMX-REST 1")
async def structure_1(request: Request, pool: PoolDep, kind: str, path: str = "") -> Response:
    """Return structures: /{type}/{agency}/{id}/{version}/{item}."""
    return await answered(request, pool, path, lambda one: one.structure_1(kind), old=True)
