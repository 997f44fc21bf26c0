"""Puts the application together: layers, routes, and the pool that answers for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.resources import files

import fastapi_offline
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from server import problems
from server.guard import Guard
from server.pool import Pool
from server.routes import (
    codes,
    dumps,
    graphs,
    guide,
    health,
    home,
    named_queries,
    quality,
    search,
    shapes,
    sparql,
    things,
    vocabulary,
)
from server.settings import Settings
from server.speech import Speech
from server.watch import follow, open_first

ROUTERS = (
    home, search, things, codes, vocabulary, shapes, sparql, named_queries, graphs, dumps, quality,
    health, guide,
)  # fmt: skip
DESCRIPTION = (
    "Linked data on the social economy: enterprises, federations, mandates, funding and impact. "
    "Every answer comes from one published release, named in the header X-Release, and is "
    "complete: where a limit is reached, there is an error and no partial answer."
)


def create_app(settings: Settings) -> FastAPI:
    """Return the application; the release is opened when it starts, not here."""
    app = FastAPI(
        title="Maillage",
        version=version("maillage"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.settings = settings
    app.state.pool = Pool(settings)
    problems.register(app)
    for module in ROUTERS:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(packages=[("server", "static")]))
    swagger = files(fastapi_offline) / "static"
    app.mount("/swagger", StaticFiles(directory=str(swagger)))
    app.add_middleware(Speech)
    app.add_middleware(Guard)
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the release, follow its successors, and end all workers at the end."""
    pool: Pool = app.state.pool
    await open_first(pool)
    follower = asyncio.create_task(follow(pool))
    try:
        yield
    finally:
        follower.cancel()
        await asyncio.gather(follower, return_exceptions=True)
        await pool.close()
