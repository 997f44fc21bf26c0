"""What the routes ask for by type."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from server.pool import Pool
from server.published import Snapshot


def pool_of(request: Request) -> Pool:
    """Return the pool of the application."""
    pool: Pool = request.app.state.pool
    return pool


def snapshot_of(request: Request) -> Snapshot:
    """Return the release being served."""
    return pool_of(request).snapshot


PoolDep = Annotated[Pool, Depends(pool_of)]
SnapshotDep = Annotated[Snapshot, Depends(snapshot_of)]
