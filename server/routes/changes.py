"""`/changes`: what each release changed, as a page, a feed, and a stream of versions."""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode, Triple
from starlette.responses import JSONResponse, Response

from queries import changes
from queries.changes import Summary, Thing
from queries.release import Release, ReleaseError
from server.about import feed, stream
from server.about.feed import Entry, Feed
from server.about.stream import PAGE, Page
from server.address import root_of, with_addresses
from server.answers.caching import headers
from server.answers.negotiate import HTML, JSON, NQUADS, TRIG, choose
from server.answers.patience import while_connected
from server.answers.rdf import FORMATS, write
from server.answers.responses import content_type
from server.dependencies import PoolDep, SnapshotDep
from server.engine.archive import Archive
from server.engine.pool import Pool
from server.engine.process import Question
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import Language
from server.language import mark as _
from server.pages.description import learn_labels
from server.pages.display import Shower
from server.pages.fill import fill
from server.pages.page import page
from server.pages.query_page import shower_of
from server.speech import language_of

router = APIRouter(tags=["changes"])
RDF_FORMATS = (*FORMATS, TRIG, NQUADS)
# Changed things that the page and the feed show; the stream has them all.
SHOWN, FED = 50, 300
# A page of the stream never changes; but what was erased must not stay in caches for long.
LASTING = "max-age=86400, immutable"
SAID = """
CONSTRUCT { ?thing ?property ?value } WHERE { VALUES ?thing { UNDEF } ?thing ?property ?value }"""
WAYS = {"created": _("new"), "updated": _("changed"), "removed": _("removed")}


@dataclass(frozen=True)
class Told:
    """A release that is kept, and what it says that it changed."""

    release: Release
    summary: Summary

    @property
    def pages(self) -> int:
        """How many pages of the stream it takes."""
        return stream.pages(self.summary.things)

    def as_json(self) -> dict[str, object]:
        """Return what the list in JSON says of it."""
        first = f"/changes/ldes/{self.release.id}/1" if self.pages else None
        return {
            "id": self.release.id, "created": self.release.manifest.created.isoformat(),
            **asdict(self.summary), "stream": first,
        }  # fmt: skip


def kept(request: Request) -> list[Told]:
    """Return the releases that are kept, newest first; one that is damaged says nothing."""
    archive: Archive = request.app.state.archive
    found = []
    for release in archive.kept():
        with suppress(ReleaseError, OSError):
            found.append(Told(release, changes.summary(release)))
    return found


def latest(told: Iterable[Told], most: int) -> list[tuple[Release, Thing]]:
    """Return the last things that changed, those of the newest release first."""
    found: list[tuple[Release, Thing]] = []
    for one in told:
        if one.pages and len(found) < most:
            with suppress(ReleaseError, OSError):
                listed = changes.things(one.release, 0, most - len(found))
                found += [(one.release, thing) for thing in listed]
    return found


@router.get("/changes", summary="What each release changed")
async def changed(request: Request, pool: PoolDep) -> Response:
    """Return how much each kept release changed, and the last things that changed."""
    media = choose(request.headers.get("accept"), (HTML, JSON))
    told = await asyncio.to_thread(kept, request)
    given = headers(pool.snapshot)
    if media == JSON:
        return JSONResponse({"releases": [one.as_json() for one in told]}, headers=given)
    things = await asyncio.to_thread(latest, told, SHOWN)
    shower = await while_connected(request, named(request, pool, things))
    return page(
        request, "changes.html", 200, given, told=told, things=things, ways=WAYS, shower=shower,
        more=max(0, sum(one.summary.things for one in told) - len(things)),
    )  # fmt: skip


async def named(request: Request, pool: Pool, things: Sequence[tuple[Release, Thing]]) -> Shower:
    """Return what shows things by their names; one that was removed has none any more."""
    async with pool.lease() as lease:
        shower = shower_of(request, lease)
        await learn_labels(lease, shower, [thing.iri for _release, thing in things])
        return shower


@router.get("/changes.atom", summary="What changed, as a feed")
async def atom(request: Request, pool: PoolDep) -> Response:
    """Return an entry for each kept release, and for the last things that changed."""
    told = await asyncio.to_thread(kept, request)
    things = await asyncio.to_thread(latest, told, FED)
    shower = await while_connected(request, named(request, pool, things))
    speech, root = language_of(request), root_of(request)
    newest = max((one.release.manifest.created for one in told), default=None)
    made = newest or pool.snapshot.release.manifest.created
    head = Feed(
        f"{root}changes.atom", f"{root}changes", f"Maillage: {speech.gettext(_('What changed'))}",
        "Maillage", speech.code, made.isoformat(),
    )  # fmt: skip
    entries = [
        *(release_entry(one, root, speech) for one in told),
        *(thing_entry(release, thing, root, shower) for release, thing in things),
    ]
    given = headers(pool.snapshot) | {"Content-Type": f"{feed.MEDIA}; charset=utf-8"}
    return with_addresses(request, Response(feed.written(head, entries), headers=given))


def release_entry(told: Told, root: str, speech: Language) -> Entry:
    """Return the entry of a release."""
    counts = told.summary.changes.items()
    parts = [f"{speech.gettext(WAYS[way])}: {speech.number(count)}" for way, count in counts]
    if not told.summary.complete:
        parts = [speech.gettext(_("a new beginning: take the dump"))]
    name = told.release.id
    title = speech.gettext(_("Release %(release)s")) % {"release": name}
    return Entry(
        f"{told.release.manifest.base}changes/{name}", title, f"{root}changes#{name}",
        told.release.manifest.created.isoformat(), ", ".join(parts),
    )  # fmt: skip


def thing_entry(release: Release, thing: Thing, root: str, shower: Shower) -> Entry:
    """Return the entry of a thing that a release changed."""
    text = shower.iri(thing.iri).text
    way = shower.speech.gettext(WAYS[thing.change])
    return Entry(
        stream.version(release, thing.iri).value, f"{text}: {way}",
        root + thing.iri.removeprefix(release.manifest.base),
        release.manifest.created.isoformat(),
    )  # fmt: skip


@router.get("/changes/ldes", summary="The stream of changes (LDES)")
async def view(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the view of the event stream: the pages of each kept release, and how long."""
    media = choose(request.headers.get("accept"), RDF_FORMATS)
    told = await asyncio.to_thread(kept, request)
    listed = [one.release for one in reversed(told) if one.pages]
    triples = list(stream.describe_view(root_of(request), listed))
    body = write(triples, media, snapshot.base)
    given = headers(snapshot) | {"Content-Type": content_type(media), "Cache-Control": "no-cache"}
    return with_addresses(request, Response(body, headers=given))


@router.get("/changes/ldes/{release}/{number}", summary="One page of the stream of changes")
async def members(request: Request, release: str, number: str, snapshot: SnapshotDep) -> Response:
    """Return versions of things that a release changed, as they are in it; it never changes."""
    media = choose(request.headers.get("accept"), RDF_FORMATS)
    archive: Archive = request.app.state.archive
    found = await asyncio.to_thread(archive.named, release)
    summary = await asyncio.to_thread(changes.summary, found)
    last = stream.pages(summary.things)
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= last < 10**9):
        detail = _("The release %(release)s has %(count)s pages of changes, counted from 1.")
        raise ProblemError("not-found", detail, release=found.id, count=last)
    asked = Page(found, int(number), last)
    given = lasting(request, asked, media, snapshot)
    if has_it(request, given["ETag"]):
        return Response(status_code=304, headers=given)
    triples = await while_connected(request, versions(request, asked))
    body = await asyncio.to_thread(write, triples, media, found.manifest.base)
    return Response(body, headers=given | {"Content-Type": content_type(media)})


def has_it(request: Request, entity: str) -> bool:
    """Tell whether a client has an answer already; compressed, it had a weak tag."""
    known = request.headers.get("if-none-match", "").split(",")
    return any(one.strip().removeprefix("W/") in (entity, "*") for one in known)


def lasting(request: Request, asked: Page, media: str, snapshot: Snapshot) -> dict[str, str]:
    """Return the headers of a page, which is always the same under one address of the server."""
    root = root_of(request)
    name = f"{root} {asked.release.id} {asked.number} {media}"
    digest = hashlib.blake2b(name.encode(), digest_size=12).hexdigest()
    given = headers(snapshot, f'"{digest}"') | {"X-Release": asked.release.id}
    # What repeats the address that a client wrote may not reach another one.
    shared = "public" if request.app.state.settings.public else "private"
    return given | {"Cache-Control": f"{shared}, {LASTING}"}


async def versions(request: Request, asked: Page) -> list[Triple]:
    """Return a page of the stream, with what the release says of its things."""
    start = (asked.number - 1) * PAGE
    things = await asyncio.to_thread(lambda: list(changes.things(asked.release, start, PAGE)))
    there = [NamedNode(thing.iri) for thing in things if thing.change != "removed"]
    said: dict[str, list[Triple]] = {}
    if there:
        text = fill(SAID, asked.release.manifest.base, thing=there)
        question = Question(text, triples="application/n-triples")
        said = stream.by_subject(await answered(request, asked.release, question))
    return list(stream.describe_page(root_of(request), asked, things, said))


async def answered(request: Request, release: Release, question: Question) -> bytes:
    """Ask the public part of a release, whether it is the one being served or an older one."""
    served: Pool = request.app.state.pool
    if served.snapshot.id == release.id:
        found = await served.ask(question)
        if found.snapshot.id == release.id:
            return found.body
    archive: Archive = request.app.state.archive
    async with archive.opened(release) as pool:
        return (await pool.ask(question)).body
