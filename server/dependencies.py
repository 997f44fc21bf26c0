"""What the routes ask for by type."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from server.engine.pool import Pool
from server.engine.published import Snapshot
from server.engine.tiers import OwnPool
from server.questions.parameters import refuse_repeated, refuse_unknown
from server.sparql.protocol import pairs

# These know their parameters themselves: they depend on the question, or stand in the body too.
JUDGING = ("/sparql", "/queries/{name}", "/statistics/{name}")
# So do the web services of SDMX: a parameter may name a component there.
JUDGING_BELOW = "/sdmx/"


async def pool_of(request: Request) -> Pool:
    """Return the pool of the application, or that of the tier which a key reaches."""
    own: OwnPool | None = request.scope["state"].get("own")
    if own is not None:
        found = await own.pool()
        # What pages show around their content.
        request.scope["state"]["snapshot"] = found.snapshot
        return found
    pool: Pool = request.app.state.pool
    return pool


async def snapshot_of(request: Request) -> Snapshot:
    """Return the release being served."""
    return (await pool_of(request)).snapshot


async def only_known_parameters(request: Request) -> None:
    """Refuse parameters that the description of the route does not have, and repeated ones."""
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    if route.path in JUDGING or route.path.startswith(JUDGING_BELOW):
        return
    given = [name for name, _value in pairs(request.scope["query_string"])]
    described = (route.openapi_extra or {}).get("parameters", ())
    known = [one for one in described if one["in"] == "query"]
    refuse_unknown(given, [one["name"] for one in known])
    refuse_repeated(given, [one["name"] for one in known if one["schema"].get("type") == "array"])


PoolDep = Annotated[Pool, Depends(pool_of)]
SnapshotDep = Annotated[Snapshot, Depends(snapshot_of)]
