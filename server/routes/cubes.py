"""The IRIs of cubes: an observation as a page that says where it comes from; the rules it names."""

import asyncio
from functools import partial
from time import monotonic
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from queries.cubes import lineage
from queries.cubes.keys import key as codes_key
from queries.cubes.keys import selected
from queries.cubes.reading import FOLDER, Cube
from queries.cubes.selection import Selection, SelectionError
from queries.release import Release
from server.answers.caching import headers, tag, unchanged
from server.answers.memento import in_time
from server.answers.negotiate import HTML, JSON, NTRIPLES, choose, split_suffix
from server.answers.patience import while_connected
from server.answers.rdf import FORMATS
from server.answers.responses import graph_answer, query_address
from server.cubes.form import address, kept
from server.cubes.observation import Observation, observation, rule
from server.cubes.page import sdmx_address
from server.dependencies import PoolDep
from server.engine.pool import Pool
from server.engine.process import Question
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import Language
from server.language import mark as _
from server.pages.display import Shower
from server.pages.fill import fill
from server.pages.page import page
from server.routes.statistics import cube_of
from server.routes.things import SUFFIXES, thing_answer
from server.speech import language_of, prefix_of

router = APIRouter(tags=["statistics"])
RELEASE = [
    {
        "name": "release", "in": "query", "schema": {"type": "string"},
        "description": "a release of /releases that answers instead of the one being served",
    }
]  # fmt: skip
OFFERED = (HTML, JSON, *(one for one in FORMATS if one != JSON))
PLANS = "CONSTRUCT { ?rule ?property ?value } WHERE { ?rule a prov:Plan ; ?property ?value }"
ASKED = "SELECT ?property ?value WHERE {{\n  <{iri}> ?property ?value\n}}"


@router.get("/cube/{name}", summary="One cube as linked data",
            openapi_extra={"parameters": RELEASE})  # fmt: skip
async def data_set(request: Request, name: str, pool: PoolDep) -> Response:
    """Return what the graph says of a cube; a browser is led to its page."""
    return await in_time(request, pool, partial(data_set_answer, request, name))


async def data_set_answer(request: Request, name: str, pool: Pool) -> Response:
    """Answer from a release."""
    flow, suffixed = split_suffix(name, *SUFFIXES)
    media = suffixed or choose(request.headers.get("accept"), (HTML, *FORMATS))
    if media != HTML:
        return await thing_answer(request, pool, f"cube/{name}")
    await asyncio.to_thread(cube_of, pool.snapshot, flow)
    release = request.scope["state"].get("release")
    query = f"?release={quote(release)}" if release else ""
    target = f"{prefix_of(request)}/statistics/{quote(flow)}{query}"
    return RedirectResponse(target, 303, headers(pool.snapshot))


@router.get("/cube/{name}/{key:path}", summary="One observation, with where it comes from",
            openapi_extra={"parameters": RELEASE})  # fmt: skip
async def one_observation(request: Request, name: str, key: str, pool: PoolDep) -> Response:
    """Return an observation with its lineage, or what the graph says of a part of a cube."""
    return await in_time(request, pool, partial(respond, request, name, key))


async def respond(request: Request, name: str, key: str, pool: Pool) -> Response:
    """Answer from a release."""
    path, suffixed = split_suffix(key, *SUFFIXES, ".json")
    media = suffixed or choose(request.headers.get("accept"), OFFERED)
    snapshot, speech = pool.snapshot, language_of(request)
    chosen = await asyncio.to_thread(cube_of, snapshot, name)
    wanted = selected(chosen.structure, path)
    if wanted is None:
        return await thing_answer(request, pool, f"cube/{name}/{key}")
    if media not in (HTML, JSON):
        written = codes_key(codes[0] for codes in wanted.codes.values())
        return await thing_answer(request, pool, f"cube/{name}/{written}{key[len(path) :]}")
    # What was said before may change while the release does not: releases go.
    releases = await asyncio.to_thread(request.app.state.archive.kept)
    entity = tag(snapshot, "observation", name, path, media, speech.code, prefix_of(request),
                 [one.id for one in releases], request.scope["state"].get("release"))  # fmt: skip
    if short := unchanged(request, snapshot, entity):
        return short
    start = monotonic()
    found = await asyncio.to_thread(known, chosen, wanted, snapshot, releases, speech)
    pool.charge(monotonic() - start, failed=False)
    if found is None:
        raise unknown(f"{name}/{path}")
    given = headers(snapshot, entity)
    if media == JSON:
        return JSONResponse(found.as_json(prefix_of(request)), headers=given)
    return html(request, found, snapshot, given)


def known(
    chosen: Cube, wanted: Selection, snapshot: Snapshot, releases: list[Release], speech: Language
) -> Observation | None:
    """Return what is known of an observation; None where the cube has none with these codes."""
    try:
        return observation(chosen, wanted, snapshot, releases, speech)
    except SelectionError:
        return None


def unknown(path: str) -> ProblemError:
    """Return the refusal of an observation that the cube does not have."""
    detail = _("There is no observation %(path)s in this release; the codes of its key may be "
               "misspelt, or in another order.")  # fmt: skip
    return ProblemError("not-found", detail, path=path[:200])


def html(
    request: Request, found: Observation, snapshot: Snapshot, given: dict[str, str]
) -> Response:
    """Return the page of an observation."""
    prefix = prefix_of(request)
    shower = Shower(snapshot, language_of(request), prefix)
    return page(
        request, "observation.html", 200, given, snapshot=snapshot, one=found, flow=found.seen.flow,
        shower=shower, **links(request, found, prefix),
    )  # fmt: skip


def links(request: Request, found: Observation, prefix: str) -> dict[str, object]:
    """Return where else the observation is."""
    seen = found.seen
    more = kept(request.scope["state"].get("release"))
    path = f"/statistics/{seen.flow.id}"
    time = seen.cube.structure.time.id
    codes = {one.id: one.code for one in found.facts if one.id != time}
    period = next(one.code for one in found.facts if one.id == time)
    first = next(iter(codes))
    rows = [("rows", "REF_AREA" if "REF_AREA" in codes else first), ("columns", time)]
    only = [*codes.items(), ("start", period), ("end", period), ("lineage", "yes")]
    own = f"/cube/{seen.flow.id}/{found.key}"
    return {
        "own": own,
        "suffix": f"?release={quote(more[0][1])}" if more else "",
        "statistic": address(prefix + path, [], more) if more else prefix + path,
        "series": address(prefix + path, [*rows, *codes.items()], more),
        "csv": address(f"{prefix}{path}.csv", only, more),
        "sparql": prefix + query_address(ASKED.format(iri=found.iri)),
        "sdmx": sdmx_address(seen) if not more else None,
        "permalink": f"{prefix}{own}?release={quote(seen.release.id)}",
    }


@router.get("/structure/{path:path}", summary="The structure of cubes as linked data")
async def structure(request: Request, path: str, pool: PoolDep) -> Response:
    """Return what the graph says of a structure, or of a part of one."""
    return await thing_answer(request, pool, f"structure/{path}")


@router.get("/concept/{name}", summary="A concept of cubes as linked data")
async def concept(request: Request, name: str, pool: PoolDep) -> Response:
    """Return what the graph says of the concept that a component of cubes has."""
    return await thing_answer(request, pool, f"concept/{name}")


@router.get("/statistics/rules", summary="The rules by which cubes are computed")
async def rules(request: Request, pool: PoolDep) -> Response:
    """Return the rules that the lineage of observations names, as page or as JSON."""
    snapshot, speech = pool.snapshot, language_of(request)
    media = choose(request.headers.get("accept"), OFFERED)
    entity = tag(snapshot, "rules", media, speech.code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    known_here = await asyncio.to_thread(lineage.rules, snapshot.release.path / FOLDER)
    given = headers(snapshot, entity)
    if media not in (HTML, JSON):
        text = fill(PLANS, snapshot.base)
        found = await while_connected(request, pool.ask(Question(text, triples=NTRIPLES)))
        return await graph_answer(found, media, headers(found.snapshot, entity))
    if media == JSON:
        listed = {name: dict(texts) for name, texts in known_here.items()}
        return JSONResponse({"rules": listed}, headers=given)
    told = [rule(name, texts, speech) for name, texts in known_here.items()]
    return page(request, "rules.html", 200, given, rules=told)
