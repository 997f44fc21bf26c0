"""`/territories`: a map of all territories, and the sheet of each as page, PDF and data."""

import asyncio
import csv
import io
from decimal import Decimal
from time import monotonic

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from queries.outlines import outlines
from server.access.caller import current_caller
from server.answers.caching import headers, tag, unchanged
from server.answers.french_csv import STARTS
from server.answers.negotiate import CSV, HTML, JSON, choose
from server.answers.patience import while_connected
from server.answers.responses import content_type
from server.charts.map import Map, country
from server.cubes.published import published
from server.cubes.seen import Name, plain
from server.cubes.subjects import grouped
from server.dependencies import PoolDep
from server.engine.pool import Lease, Pool
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import Language
from server.language import mark as _
from server.pages.page import page
from server.pages.query_page import shower_of
from server.questions.reserved import refused
from server.routes.statistics import WRITERS
from server.speech import language_of, prefix_of
from server.territories.enterprises import FARTHEST, PAGE, Enterprises, enterprises, folded
from server.territories.figures import first_figure
from server.territories.pdf import pdf
from server.territories.sheet import COLUMNS, Sheet, sheet
from server.territories.tree import COUNTRY, Territory, Tree, tree

router = APIRouter(tags=["statistics"])
PDF = "application/pdf"
SUFFIXES = {"": "", "html": HTML, "json": JSON, "csv": CSV, "pdf": PDF}
OFFSET = {
    "name": "offset", "in": "query",
    "schema": {"type": "integer", "minimum": 0, "maximum": FARTHEST},
    "description": "how many organisations of the list to pass over", "example": PAGE,
}  # fmt: skip


@router.get("/territories", summary="The territories")
async def territories(request: Request, pool: PoolDep) -> Response:
    """Return all territories, from the regions down to the municipalities."""
    snapshot = pool.snapshot
    media = choose(request.headers.get("accept"), (HTML, JSON))
    entity = tag(snapshot, "territories", media, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    return await while_connected(request, listed(request, pool, media, entity))


async def listed(request: Request, pool: Pool, media: str, entity: str) -> Response:
    """Return the list of territories as page or as data."""
    speech = language_of(request)
    async with pool.lease() as lease:
        snapshot, known = lease.snapshot, await tree(lease)
    given = headers(snapshot, entity)
    if media == JSON:
        found = [
            {
                "refnis": one.refnis, "nuts": sorted(one.nuts), "level": one.level,
                "names": one.names, "above": one.above, "url": f"/territories/{one.refnis}",
            }
            for one in known.all.values()
        ]  # fmt: skip
        return JSONResponse({"territories": found}, headers=given)
    drawn, measure = await asyncio.to_thread(map_of, snapshot, known, speech)
    regions = [one for one in known.all.values()
               if one.level == "region" and one.refnis != COUNTRY]  # fmt: skip
    return page(
        request, "territories.html", 200, given, snapshot=snapshot, tree=known, regions=regions,
        country=known.all.get(COUNTRY), map=drawn, measure=measure, by_name=by_name(speech),
    )  # fmt: skip


def by_name(speech: Language) -> object:
    """Return how territories are sorted by name."""
    return lambda found: sorted(found, key=lambda one: folded(one.name(speech.code).text))


def map_of(snapshot: Snapshot, known: Tree, speech: Language) -> tuple[Map | None, list[Name]]:
    """Return the map of the provinces, shaded by the first figure that they have."""
    found = outlines(snapshot.release)
    if found is None:
        return None, []
    values: dict[str, Decimal] = {}
    told: list[Name] = []
    places = [known.all[code] for code in found.provinces if code in known.all]
    if first := first_figure(snapshot.release, known, places, speech):
        of, figure = first
        told = [Name(figure.text, figure.name.lang), Name(figure.last), *of]
        for place in places:
            if (value := figure.value(place, figure.last)) is not None:
                values[place.refnis] = value
    names = {one.refnis: one.name(speech.code).text for one in places}
    return country(found, names, values, speech.number), told if values else []


@router.get("/territories/{code}", summary="One territory",
            openapi_extra={"parameters": [OFFSET]})  # fmt: skip
async def territory(request: Request, code: str, pool: PoolDep) -> Response:
    """Return the sheet of a territory, by its REFNIS code: page, PDF, JSON or CSV."""
    key, _dot, ending = code.partition(".")
    if ending not in SUFFIXES:
        raise unknown(code)
    media = SUFFIXES[ending] or choose(request.headers.get("accept"), (HTML, JSON, CSV, PDF))
    offset = offset_of(request)
    snapshot = pool.snapshot
    entity = tag(snapshot, "territory", key, media, offset, language_of(request).code,
                 prefix_of(request))  # fmt: skip
    if short := unchanged(request, snapshot, entity):
        return short
    return await while_connected(request, answer(request, pool, key, media, offset, entity))


def offset_of(request: Request) -> int:
    """Return how many organisations are passed over; raises ProblemError."""
    given = request.query_params.get("offset", "0")
    whole = given.isascii() and given.isdigit() and len(given) < 6
    if not whole or int(given) > FARTHEST:
        detail = _("%(parameter)s: %(reason)s; for example: %(example)s")
        reason = _("not between %(low)s and %(high)s")
        error = refused("offset", detail, reason=reason, example=PAGE)
        raise error.having({"low": 0, "high": FARTHEST})
    return int(given)


async def answer(
    request: Request, pool: Pool, key: str, media: str, offset: int, entity: str
) -> Response:
    """Ask all there is to ask of a territory."""
    async with pool.lease() as lease:
        snapshot, known = lease.snapshot, await tree(lease)
        found = known.find(key)
        if found is None:
            raise unknown(key)
        if found.refnis != key:
            target = request.url.path.replace(f"/{key}", f"/{found.refnis}", 1)
            return RedirectResponse(prefix_of(request) + target, 308, headers(snapshot))
        start = monotonic()
        speech = language_of(request)
        told = await sheet(snapshot.release, known, found, outlines(snapshot.release), speech,
                           prefix_of(request))  # fmt: skip
        pool.charge(monotonic() - start, failed=False)
        given = headers(snapshot, entity)
        if media == HTML:
            return await html(request, lease, known, told, offset, given)
        listed_here = None
        if media == PDF:
            listed_here = await enterprises(lease, known, found, shower_of(request, lease), 0)
    if listed_here is not None:
        return await on_paper(request, pool, told, listed_here, given)
    return data(told, media, given)


def unknown(code: str) -> ProblemError:
    """Return the refusal of a territory that the release does not have."""
    if len(code) == 5 and code.isascii() and code.isdigit():
        detail = _("There is no territory %(code)s today. A municipality that merged or changed "
                   "its code is under its new one: look for its name at /territories.")  # fmt: skip
    else:
        detail = _("There is no territory %(code)s; all of them are at /territories.")
    return ProblemError("not-found", detail, code=code[:100])


async def html(
    request: Request, lease: Lease, known: Tree, told: Sheet, offset: int, given: dict[str, str]
) -> Response:
    """Return the page of a territory."""
    shower = shower_of(request, lease)
    here = await enterprises(lease, known, told.territory, shower, offset)
    figures = [one for one in await published(lease, shower)
               if told.territory.refnis in one.territories]  # fmt: skip
    return page(
        request, "territory.html", 200, given, snapshot=lease.snapshot, sheet=told,
        enterprises=here, paging=paging(request, told.territory, here),
        page_size=PAGE, published=grouped(figures),
    )  # fmt: skip


def paging(request: Request, found: Territory, here: Enterprises) -> dict[str, str]:
    """Return where the organisations before and after those shown are."""
    path = f"{prefix_of(request)}/territories/{found.refnis}"
    pages = {}
    if here.offset:
        pages["before"] = f"{path}?offset={max(0, here.offset - PAGE)}#enterprises"
    if here.more and here.offset + PAGE <= FARTHEST:
        pages["after"] = f"{path}?offset={here.offset + PAGE}#enterprises"
    return pages


def data(told: Sheet, media: str, given: dict[str, str]) -> Response:
    """Return the figures of a sheet as JSON or CSV."""
    if media == JSON:
        return JSONResponse(told.as_json(), headers=given)
    return Response(written(told), headers=given | as_file(told, CSV, "csv"))


def as_file(told: Sheet, media: str, ending: str) -> dict[str, str]:
    """Return the headers of a sheet that is a file."""
    name = f"{told.territory.refnis}.{ending}"
    return {"Content-Type": content_type(media),
            "Content-Disposition": f'inline; filename="{name}"'}  # fmt: skip


async def on_paper(
    request: Request, pool: Pool, told: Sheet, here: Enterprises, given: dict[str, str]
) -> Response:
    """Return the whole of a sheet as PDF."""
    request.app.state.meter.check(current_caller())
    start = monotonic()
    async with WRITERS:
        body = await asyncio.to_thread(pdf, told, here)
    pool.charge(monotonic() - start, failed=False)
    return Response(body, headers=given | as_file(told, PDF, "pdf"))


def written(told: Sheet) -> bytes:
    """Return the figures of a sheet as CSV of which nothing runs as a formula."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in told.lines():
        writer.writerow([
            plain(one) if isinstance(one, Decimal)
            else f"'{one}" if one and one.startswith(STARTS) else one for one in line
        ])  # fmt: skip
    return output.getvalue().encode()
