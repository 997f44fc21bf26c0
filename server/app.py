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
from server.account import Account
from server.archive import Archive
from server.compression import Compression
from server.guard import Guard
from server.metrics import Metrics
from server.pool import Pool
from server.routes import (
    codes,
    descriptions,
    dumps,
    graph_store,
    graphs,
    guide,
    health,
    home,
    metrics,
    named_queries,
    quality,
    releases,
    search,
    shapes,
    sparql,
    things,
    vocabulary,
)
from server.settings import Settings
from server.speech import Speech
from server.trace import Routed
from server.watch import follow, open_first

ROUTERS = (
    home, search, things, codes, vocabulary, shapes, sparql, named_queries, graphs, dumps, releases,
    quality, descriptions, graph_store, health, metrics, guide,
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
    app.state.archive = Archive(settings)
    app.state.metrics = Metrics(app.state.pool)
    problems.register(app)
    for module in ROUTERS:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(packages=[("server", "static")]))
    swagger = files(fastapi_offline) / "static"
    app.mount("/swagger", StaticFiles(directory=str(swagger)))
    # The first one added is the innermost.
    for layer in (Routed, Compression, Speech, Guard, Account):
        app.add_middleware(layer)
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the release, follow its successors, and end all workers at the end."""
    pool: Pool = app.state.pool
    await open_first(pool)
    archive: Archive = app.state.archive
    background = [asyncio.create_task(work) for work in (follow(pool), archive.sweep())]
    try:
        yield
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await asyncio.gather(pool.close(), archive.close())
