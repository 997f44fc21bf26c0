"""`/maps`: the ecosystem drawn, each view as a page, as images and as files of graphs."""

import asyncio
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from queries.maps.stored import Stored
from queries.maps.view import EGO, View, views
from server.address import with_addresses
from server.answers.caching import headers, tag, unchanged
from server.answers.memento import in_time
from server.answers.negotiate import HTML, choose
from server.answers.patience import while_connected
from server.answers.responses import content_type
from server.dependencies import PoolDep, SnapshotDep
from server.engine.pool import Pool
from server.errors import ProblemError
from server.language import mark as _
from server.maps import oembed
from server.maps.ego import around
from server.maps.format import Format, all_formats, by_suffix
from server.maps.making import kept, picture_of, work
from server.maps.page import embed_page, list_page, map_page
from server.maps.picture import Picture
from server.maps.wishes import EMBED_PARAMETERS, PARAMETERS, MapWish, read
from server.questions.parameters import duplicate
from server.sparql.protocol import pairs
from server.speech import language_of, prefix_of

router = APIRouter(tags=["maps"])
# An image is a page of its own, whose style is written in it; it may load nothing.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a view, in a format or as a page."""

    view: View
    format: Format | None
    wish: MapWish

    def language(self, request: Request) -> str:
        """Return the language of the names in the picture."""
        return self.wish.language or language_of(request).code


@router.get("/maps", summary="The ecosystem maps")
async def maps(request: Request, pool: PoolDep) -> Response:
    """Return the list of the views."""
    snapshot = pool.snapshot
    entity = tag(snapshot, "maps", language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    return list_page(request, headers(snapshot, entity), snapshot)


@router.get("/maps/{name}", summary="One ecosystem map", openapi_extra={"parameters": PARAMETERS})
async def one_map(request: Request, name: str, pool: PoolDep) -> Response:
    """Return a view as a page, an image or a file, according to the end of the address."""
    return await in_time(request, pool, partial(answer, request, name))


@router.get(
    "/embed/maps/{name}", summary="One ecosystem map for the pages of others",
    openapi_extra={"parameters": EMBED_PARAMETERS},
)  # fmt: skip
async def embedded(request: Request, name: str, pool: PoolDep) -> Response:
    """Return a view without the rest of the site, which other sites may show in a frame."""
    return await in_time(request, pool, partial(embed, request, name))


@router.get(
    "/oembed", summary="What a map is for sites that show it by its address",
    openapi_extra={"parameters": oembed.PARAMETERS},
)  # fmt: skip
async def embedding(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the frame in which a map is shown, as oEmbed describes it."""
    given: dict[str, str] = {}
    for name, value in pairs(request.scope["query_string"]):
        if name in given:
            raise duplicate(name)
        given[name] = value
    if "url" not in given:
        raise ProblemError("missing-parameter", _("url: the address of a map is missing."))
    if given.get("format", "json") != "json":
        raise ProblemError("not-implemented", _("format: only json is offered."))
    answer = JSONResponse(oembed.described(request, snapshot, given), headers=headers(snapshot))
    answer.headers["Cache-Control"] = f"public, max-age={oembed.KEPT}"
    return with_addresses(request, answer)


@router.get(
    "/organisations/{key}/network", summary="What an organisation is tied to",
    openapi_extra={"parameters": [one for one in PARAMETERS if one["name"] != "of"]},
)  # fmt: skip
async def network(request: Request, key: str) -> Response:
    """Lead to the map around an organisation."""
    query = request.url.query
    address = f"{prefix_of(request)}/maps/{EGO}?of=organisation/{key}{'&' if query else ''}{query}"
    return RedirectResponse(address, 307)


async def answer(request: Request, name: str, pool: Pool) -> Response:
    """Return a map from a release."""
    asked = read_address(request, name)
    entity = entity_of(request, pool, asked, "map")
    if short := unchanged(request, pool.snapshot, entity):
        return short
    return await while_connected(request, made(request, pool, asked, entity))


async def made(request: Request, pool: Pool, asked: Asked, entity: str) -> Response:
    """Return a map that has to be drawn."""
    picture, found = await drawn(request, pool, asked)
    given = headers(pool.snapshot, entity)
    if asked.format is None:
        return await work(pool, partial(map_page, request, given, picture, found, asked.wish))
    body = await written(pool, asked.format, picture, entity)
    ending = asked.format.suffix.lstrip(".")
    stem = f"{asked.view.id}-{pool.snapshot.id}"
    given |= {
        "Content-Type": content_type(asked.format.media),
        "Content-Disposition": f'inline; filename="{stem}.{ending}"',
    }
    if asked.format.suffix == ".svg":
        given["Content-Security-Policy"] = ALONE
    return Response(body, headers=given)


async def embed(request: Request, name: str, pool: Pool) -> Response:
    """Return a map to be shown in a frame."""
    asked = read_address(request, name)
    if asked.format is not None:
        raise no_such(name)
    if asked.wish.language in ("fr", "en"):
        request.scope["state"]["language_prefix"] = f"/{asked.wish.language}"
    # Who may show it is in its policy, and so in its name.
    allowed = request.app.state.settings.embed_in
    entity = entity_of(request, pool, asked, f"embed in {allowed}")
    if short := unchanged(request, pool.snapshot, entity):
        return short

    async def framed() -> Response:
        picture, found = await drawn(request, pool, asked)
        given = headers(pool.snapshot, entity)
        return await work(pool, partial(embed_page, request, given, picture, found, asked.wish))

    return await while_connected(request, framed())


def read_address(request: Request, name: str) -> Asked:
    """Read which view is asked for, in which format, and what of it."""
    stem, found = name, None
    for ending, one in by_suffix().items():
        if name.endswith(ending) and len(name) > len(ending):
            stem, found = name.removesuffix(ending), one
            break
    view = views().get(stem)
    if view is None:
        raise no_such(name)
    if found is None:
        media = choose(request.headers.get("accept"), (HTML, *(one.media for one in all_formats())))
        found = next((one for one in all_formats() if one.media == media), None)
    given = [one for one in pairs(request.scope["query_string"]) if one[0] != "release"]
    wish = read(given, view, {})
    if (view.id == EGO) != (wish.of is not None):
        detail = _("of: only the view network has a thing in its middle, and it needs one.")
        raise ProblemError("bad-parameter", detail, parameter="of")
    return Asked(view, found, wish)


def no_such(name: str) -> ProblemError:
    """Return the refusal of a view that does not exist."""
    detail = _("There is no map %(name)s; all of them are at /maps.")
    return ProblemError("not-found", detail, name=name[:100])


def entity_of(request: Request, pool: Pool, asked: Asked, kind: str) -> str:
    """Return what tells an answer from the others of its release."""
    wish, end = asked.wish, asked.format.suffix if asked.format else "page"
    return tag(
        pool.snapshot, kind, asked.view.id, end, wish, asked.language(request),
        language_of(request).code, prefix_of(request),
    )  # fmt: skip


async def drawn(request: Request, pool: Pool, asked: Asked) -> tuple[Picture, Stored]:
    """Return the picture that is asked for, and the map that it is a part of."""
    language = asked.language(request)
    if asked.wish.of is not None:
        return await around(pool, asked.view, asked.wish, language)
    found = await asyncio.to_thread(kept, pool.snapshot, asked.view)
    picture = await work(
        pool, partial(picture_of, found, asked.view, asked.wish, pool.snapshot, language)
    )
    return picture, found


async def written(pool: Pool, format_: Format, picture: Picture, entity: str) -> bytes:
    """Return a picture in a format, kept for the next who asks for it."""
    key = ("map", pool.snapshot.id, pool.tier, entity)
    if known := pool.cache.find(key):
        return known.body
    body = await work(pool, partial(format_.write, picture))
    if pool.cache.limit:
        pool.cache.keep(key, body)
    return body
