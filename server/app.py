"""Puts the application together: layers, routes, and the pool that answers for them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from importlib.resources import files

import fastapi_offline
from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from server import problems
from server.about.metrics import Metrics
from server.access.keyring import Keyring
from server.access.meter import Meter
from server.address import Addressed
from server.answers.files import Files
from server.dependencies import only_known_parameters
from server.engine.archive import Archive
from server.engine.contract import Engine
from server.engine.pool import Pool
from server.lasting import lasting
from server.layers.access import Access
from server.layers.account import Account
from server.layers.compression import Compression
from server.layers.express import Express
from server.layers.guard import Guard
from server.routes import (
    changes,
    codes,
    cubes,
    descriptions,
    dumps,
    graph_store,
    graphs,
    guide,
    health,
    home,
    limits,
    lists,
    maps,
    metrics,
    named_queries,
    quality,
    releases,
    sdmx,
    search,
    shapes,
    sparql,
    statistics,
    territories,
    things,
    vocabulary,
)
from server.settings import Settings
from server.speech import Speech
from server.trace import Routed
from server.watch import Follower, heed_purges, open_first

# `/statistics/rules` of cubes comes before the cubes of `/statistics/{name}`.
ROUTERS = (
    home, search, things, codes, vocabulary, shapes, sparql, named_queries, graphs, dumps, releases,
    changes, maps, cubes, statistics, territories, quality, sdmx, descriptions, graph_store, limits,
    lists, health, metrics, guide,
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
        dependencies=[Depends(only_known_parameters)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.settings = settings
    app.state.meter = meter = Meter(settings)
    app.state.pool = Pool(settings, engine=other_engine(settings), meter=meter)
    app.state.archive = Archive(settings, meter=meter)
    app.state.tiers = Archive(settings, workers=settings.workers, meter=meter)
    app.state.keyring = Keyring(app.state.archive.home)
    app.state.metrics = Metrics(app.state.pool, app.state.archive, app.state.tiers)
    problems.register(app)
    for module in ROUTERS:
        app.include_router(module.router)
    app.mount("/static", Files(packages=[("server", "static")]))
    swagger = files(fastapi_offline) / "static"
    app.mount("/swagger", StaticFiles(directory=str(swagger)))
    return app


def dressed(app: FastAPI) -> ASGIApp:
    """Return an application with the layers that every request passes, the outermost last."""
    found: ASGIApp = app
    for layer in (Routed, Compression, Access, Speech, Guard, Account, Addressed):
        found = layer(found)
    return Express(Named(found, app), app)


class Named:
    """Tells each layer which application it serves."""

    def __init__(self, app: ASGIApp, named: FastAPI) -> None:
        self.app = app
        self.named = named

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        scope["app"] = self.named
        await self.app(scope, receive, send)


def other_engine(settings: Settings) -> Engine | None:
    """Return the engine that the settings name instead of our own workers, if they do."""
    service = settings.service()
    if service is None:
        return None
    # Its parser is large: a server on its own workers does without.
    from server.engine.remote import Remote

    return Remote(settings, service)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the release, follow its successors, and end all workers at the end."""
    pool: Pool = app.state.pool
    follower = Follower(pool, await open_first(pool))
    archive: Archive = app.state.archive
    tiers: Archive = app.state.tiers
    purge = partial(forget, pool, (archive, tiers), app.state.metrics)
    works: dict[str, Callable[[], Awaitable[None]]] = {
        "following the releases": follower.follow,
        "closing older releases": archive.sweep,
        "closing the partner tier": tiers.sweep,
        "heeding purges": partial(heed_purges, archive.home, purge),
    }
    background = [asyncio.create_task(lasting(name, work)) for name, work in works.items()]
    try:
        yield
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await asyncio.gather(pool.close(), archive.close(), tiers.close())


def forget(pool: Pool, archives: Iterable[Archive], metrics: Metrics) -> None:
    """Let go of all kept answers, the compressed ones among them."""
    pool.cache.clear()
    for archive in archives:
        archive.purge()
    metrics.purges.inc()
