"""`/statistics`: the cubes of a release, each as a page to choose from and as data."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from time import monotonic
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from queries.cubes.reading import FOLDER, Cube, collection, cube
from server.access.caller import current_caller
from server.answers.caching import headers, tag, unchanged
from server.answers.memento import in_time
from server.answers.negotiate import CSV, HTML, JSON, XLSX, choose
from server.answers.patience import while_connected
from server.answers.responses import content_type
from server.cubes import csvw
from server.cubes.choice import ORDERS, filters, given_values
from server.cubes.choice import choose as choose_view
from server.cubes.form import kept
from server.cubes.formats import FORMATS, METADATA, PARQUET, Format
from server.cubes.page import Described, card, view
from server.cubes.published import published
from server.cubes.seen import Seen
from server.cubes.subjects import grouped, titles
from server.cubes.walstat_indicators import as_csv, offered
from server.dependencies import PoolDep
from server.engine.pool import Pool
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import Language
from server.language import mark as _
from server.pages.page import page
from server.pages.query_page import shower_of
from server.questions.reserved import known, refused
from server.sparql.protocol import pairs
from server.speech import language_of, prefix_of
from server.territories.tree import tree

router = APIRouter(tags=["statistics"])
SUFFIXES = {one.suffix: one for one in FORMATS.values() if one.name != "csv-fr"}
BY_MEDIA = {CSV: "csv", XLSX: "xlsx", PARQUET: "parquet", JSON: "json-stat"}
OFFERED = (HTML, JSON, CSV, XLSX, PARQUET)
# Writing takes a processor: not more at once than this.
WRITERS = asyncio.Semaphore(2)
# What a workbook of more would take is better spent on Parquet or CSV.
MOST_IN_WORKBOOK = 50_000
MOST_SHOWN = 25_000


def parameter(name: str, about: str, example: str, values: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a parameter of a cube as OpenAPI describes it."""
    schema: dict[str, Any] = {"type": "string", **({"enum": list(values)} if values else {})}
    return {"name": name, "in": "query", "description": about, "schema": schema,
            "example": example}  # fmt: skip


PARAMETERS = [
    parameter("rows", "the dimension in rows", "REF_AREA"),
    parameter("columns", "the dimension in columns", "TIME_PERIOD"),
    parameter("start", "the first period", "2020"),
    parameter("end", "the last period", "2024"),
    parameter("sort", "the order of the rows", ORDERS[0], ORDERS),
    parameter("dialect", "CSV for Excel in French", "fr", ("fr",)),
    parameter("lineage", "say of each observation where it comes from", "yes", ("yes",)),
    {
        "name": "release", "in": "query", "schema": {"type": "string"},
        "description": "a release of /releases that answers instead of the one being served",
    },
    {
        "name": "dimensions", "in": "query", "style": "form", "explode": True,
        "description": "per dimension of the cube, the codes that are wanted, separated by commas; "
                       "all, level:2 and children:BE3 stand for several",
        "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        "example": {"REF_AREA": "BE1,BE3"},
    },
]  # fmt: skip


@router.get("/statistics", summary="The cubes of statistics")
async def statistics(request: Request, pool: PoolDep) -> Response:
    """Return what cubes there are, by whom, of when, under which licence."""
    snapshot, speech = pool.snapshot, language_of(request)
    media = choose(request.headers.get("accept"), (HTML, JSON))
    entity = tag(snapshot, "statistics", media, speech.code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    return await while_connected(request, listed(request, pool, media, entity))


async def listed(request: Request, pool: Pool, media: str, entity: str) -> Response:
    """Return the list of cubes, and what others published, as page or as data."""
    async with pool.lease() as lease:
        snapshot, speech = lease.snapshot, language_of(request)
        figures = await published(lease, shower_of(request, lease))
    cards = await asyncio.to_thread(cards_of, snapshot, speech, prefix_of(request))
    given = headers(snapshot, entity)
    walstat = offered(snapshot.release, speech, prefix_of(request))
    if media == JSON:
        told = {"cubes": [one.as_json() for one in cards],
                "walstat": [one.as_json() for one in walstat],
                "published": [one.as_json() for one in figures]}  # fmt: skip
        return JSONResponse(told, headers=given)
    return page(request, "statistics.html", 200, given, cards=cards, walstat=walstat,
                published=titles(figures))  # fmt: skip


def cards_of(snapshot: Snapshot, speech: Language, prefix: str) -> list[Described]:
    """Return the cubes of a release as the list of them shows each."""
    found = collection(snapshot.release)
    flows = found.dataflows if found else ()
    return [card(cube_of(snapshot, one.id), snapshot.release, speech, prefix) for one in flows]


@router.get("/statistics/walstat/{name}", summary="One indicator of Walstat")
async def indicator(request: Request, name: str, pool: PoolDep) -> Response:
    """Return an indicator in the layout of Walstat, for all territories of Wallonia."""
    key, _dot, ending = name.partition(".")
    snapshot, speech = pool.snapshot, language_of(request)
    known_here = {one.indicator.id: one for one in offered(snapshot.release, speech, "")}
    if key not in known_here or ending != "csv":
        detail = _("There is no indicator %(name)s in this release; all of them are at "
                   "/statistics.")  # fmt: skip
        raise ProblemError("not-found", detail, name=name[:100])
    entity = tag(snapshot, "walstat", key, speech.code)
    if short := unchanged(request, snapshot, entity):
        return short
    request.app.state.meter.check(current_caller())
    async with pool.lease() as lease:
        codes = (await tree(lease)).of_nuts()
    start = monotonic()
    async with WRITERS:
        found = known_here[key].indicator
        body = await asyncio.to_thread(as_csv, found, snapshot.release, speech, codes)
    pool.charge(monotonic() - start, failed=False)
    sent = headers(snapshot, entity) | {
        "Content-Type": content_type(CSV),
        "Content-Disposition": f'attachment; filename="walstat-{key}.csv"',
    }
    return Response(body, headers=sent)


@router.get("/statistics/{name}", summary="One cube of statistics",
            openapi_extra={"parameters": PARAMETERS})  # fmt: skip
async def statistic(request: Request, name: str, pool: PoolDep) -> Response:
    """Return a cube as a page, or what is chosen of it as data."""
    return await in_time(request, pool, partial(respond, request, name))


async def respond(request: Request, name: str, pool: Pool) -> Response:
    """Answer from a release."""
    flow, dot, ending = name.partition(".")
    snapshot = pool.snapshot
    chosen = await asyncio.to_thread(cube_of, snapshot, flow)
    given = given_values(chosen, pairs(request.scope["query_string"]))
    known(given, "dialect", ("fr",))
    known(given, "lineage", ("yes",))
    form = form_of(request, chosen, dot + ending, given)
    speech = language_of(request)
    entity = tag(snapshot, flow, ending, form and form.name, sorted(given.items()), speech.code,
                 prefix_of(request))  # fmt: skip
    if short := unchanged(request, snapshot, entity):
        return short
    if dot + ending == f".csv{METADATA}":
        return await described(request, pool, chosen, given, entity)
    if form is None:
        return await html(request, pool, chosen, given, entity)
    return await data(request, pool, chosen, given, form, entity)


def cube_of(snapshot: Snapshot, name: str) -> Cube:
    """Return a cube of a release; raises ProblemError where there is none of that name."""
    try:
        return cube(snapshot.release.path / FOLDER, name)
    except KeyError:
        detail = _("There is no cube %(name)s; all of them are at /statistics.")
        raise ProblemError("not-found", detail, name=name[:100]) from None


def form_of(request: Request, chosen: Cube, ending: str, given: dict[str, str]) -> Format | None:
    """Return the format that is wanted; None for the page."""
    french = given.get("dialect") == "fr"
    if ending in ("", ".html"):
        media = HTML if ending else choose(request.headers.get("accept"), OFFERED)
        form = None if media == HTML else FORMATS[BY_MEDIA[media]]
    elif ending == f".csv{METADATA}":
        return FORMATS["csv"]
    elif ending in SUFFIXES:
        form = SUFFIXES[ending]
    else:
        detail = _("There is no cube %(name)s; all of them are at /statistics.")
        raise ProblemError("not-found", detail, name=f"{chosen.dataflow.id}{ending}"[:100])
    if french and (form is None or form.name != "csv"):
        detail = _("dialect: only CSV has dialects; leave it out, or ask for CSV.")
        raise refused("dialect", detail)
    if "lineage" in given and (form is None or not form.lineage):
        detail = _("lineage: the format has no place for it; leave it out, or ask for %(formats)s.")
        raise refused("lineage", detail, formats=", ".join(with_lineage()))
    return FORMATS["csv-fr"] if french else form


def with_lineage() -> list[str]:
    """Return the endings of the formats that can say where each observation comes from."""
    return list(dict.fromkeys(one.suffix for one in FORMATS.values() if one.lineage))


async def html(
    request: Request, pool: Pool, chosen: Cube, given: dict[str, str], entity: str
) -> Response:
    """Return the page of a cube."""
    snapshot, speech = pool.snapshot, language_of(request)
    release = request.scope["state"].get("release")
    start = monotonic()
    values = await asyncio.to_thread(
        shown, chosen, given, snapshot, speech, prefix_of(request), release
    )
    pool.charge(monotonic() - start, failed=False)
    async with pool.lease() as lease:
        figures = await published(lease, shower_of(request, lease))
    own = [one for one in figures if one.computed and one.computed.flow == chosen.dataflow.id]
    return page(request, "statistic.html", 200, headers(snapshot, entity), snapshot=snapshot,
                published=grouped(own), **values)  # fmt: skip


def shown(
    chosen: Cube, given: dict[str, str], snapshot: Snapshot, speech: Language, prefix: str,
    release: str | None,
) -> dict[str, object]:  # fmt: skip
    """Return what the page of a cube shows."""
    choice = choose_view(chosen, given)
    seen = Seen(chosen, choice.selection(), snapshot.release, speech)
    return view(seen, choice, prefix, kept(release), too_many=seen.count() > MOST_SHOWN)


async def data(
    request: Request, pool: Pool, chosen: Cube, given: dict[str, str], form: Format, entity: str
) -> Response:
    """Return what is chosen in a format, sent while it is written."""
    request.app.state.meter.check(current_caller())
    snapshot, speech = pool.snapshot, language_of(request)
    start = monotonic()
    async with WRITERS:
        first, rest = await asyncio.to_thread(begun, chosen, given, form, snapshot, speech)
    pool.charge(monotonic() - start, failed=False)
    name = f"{chosen.dataflow.id}{form.suffix}"
    sent = headers(snapshot, entity) | {
        "Content-Type": content_type(form.media),
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    if form.media == CSV and form.suffix == ".csv":
        query = f"?{request.url.query}" if request.url.query else ""
        target = f"{prefix_of(request)}/statistics/{name}{METADATA}{query}"
        sent["Link"] = f'<{target}>; rel="describedby"; type="application/csvm+json"'
    return StreamingResponse(sending(first, rest), headers=sent)


def begun(
    chosen: Cube, given: dict[str, str], form: Format, snapshot: Snapshot, speech: Language
) -> tuple[bytes, Iterator[bytes]]:
    """Return the first part of an exit, and what makes the others: refusals come before both."""
    selection, choice = filters(chosen, given), None
    if form.name == "xlsx" and is_view(given):
        choice = choose_view(chosen, given)
    seen = Seen(chosen, selection, snapshot.release, speech, "lineage" in given)
    if form.suffix.endswith(".xlsx") and seen.count() > MOST_IN_WORKBOOK:
        detail = _("A workbook is made of at most %(limit)s observations here. Choose less, or "
                   "take CSV or Parquet.")  # fmt: skip
        raise ProblemError("result-too-large", detail, limit=MOST_IN_WORKBOOK)
    body = form.write(seen, choice)
    return next(body, b""), body


def is_view(given: dict[str, str]) -> bool:
    """Tell whether an address is that of a table, which a workbook then begins with."""
    return "rows" in given and "columns" in given


async def sending(first: bytes, rest: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield an exit part by part."""
    yield first
    async for part in iterate_in_threadpool(rest):
        yield part


async def described(
    request: Request, pool: Pool, chosen: Cube, given: dict[str, str], entity: str
) -> Response:
    """Return what the columns of the CSV mean."""
    query = f"?{request.url.query}" if request.url.query else ""
    address = f"{chosen.dataflow.id}.csv{query}"
    seen = Seen(chosen, filters(chosen, given), pool.snapshot.release, language_of(request),
                "lineage" in given)  # fmt: skip
    french = given.get("dialect") == "fr"
    body = await asyncio.to_thread(csvw.metadata, seen, address, french=french)
    sent = headers(pool.snapshot, entity)
    return Response(body, headers=sent, media_type="application/csvm+json")
