"""Which release answers a request: the one being served, one that is named, or that of a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from queries.release import Release
from server.access.caller import current_caller
from server.engine.archive import Archive
from server.engine.pool import Pool
from server.errors import ProblemError
from server.language import mark as _
from server.sparql.protocol import FORM, pairs
from server.speech import prefix_of

NAME = "release"
EXAMPLE = "Sun, 01 Nov 2026 10:00:00 GMT"
Work = Callable[[Pool], Awaitable[Response]]


async def in_time(request: Request, pool: Pool, work: Work) -> Response:
    """Have a request answered from the release that it is about (RFC 7089)."""
    names = named(request.scope["query_string"])
    if request.method == "POST" and media_type(request) == FORM:
        names += named(await request.body())
    if len(names) > 1:
        detail = _("The parameter %(parameter)s is given more than once.")
        raise ProblemError("duplicate-parameter", detail, parameter=NAME)
    archive: Archive = request.app.state.archive
    if names:
        release = await asyncio.to_thread(archive.named, names[0])
        return await from_release(request, pool, release, work)
    asked = request.headers.get("accept-datetime")
    if asked is not None and request.method in ("GET", "HEAD"):
        return await gate(request, archive, asked)
    return varied(await work(pool))


def named(content: bytes) -> list[str]:
    """Return the releases that parameters name."""
    # Most are a query and nothing else, which need not be read twice.
    if content.startswith(b"query=") and b"&" not in content:
        return []
    return [value for name, value in pairs(content) if name == NAME]


def media_type(request: Request) -> str:
    """Return what the body of a request is said to be."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def from_release(request: Request, pool: Pool, release: Release, work: Work) -> Response:
    """Answer from a release that is named, the one being served or an older one."""
    request.scope["state"][NAME] = release.id
    answer = await work(pool) if release.id == pool.snapshot.id else None
    # Another release may have taken its place meanwhile; the answer is of the one named.
    if answer is None or answer.headers.get("X-Release", release.id) != release.id:
        archive: Archive = request.app.state.archive
        async with archive.opened(release, current_caller().tier) as older:
            request.scope["state"]["snapshot"] = older.snapshot
            answer = await work(older)
    if answer.status_code < 400:
        answer.headers["Memento-Datetime"] = http_date(release)
        answer.headers["Link"] = joined(answer.headers.get("Link"), original(request))
    return answer


async def gate(request: Request, archive: Archive, asked: str) -> Response:
    """Lead to the same address in the release that was the last at a moment."""
    release = await asyncio.to_thread(archive.at, moment(asked))
    if release is None:
        raise ProblemError("not-ready", _("No release has been opened yet."))
    given = [*pairs(request.scope["query_string"]), (NAME, release.id)]
    headers = {"Link": original(request), "Cache-Control": "no-cache"}
    location = f"{path_of(request)}?{urlencode(given)}"
    return varied(RedirectResponse(location, 302, headers))


def moment(asked: str) -> datetime:
    """Read a moment as HTTP writes it."""
    try:
        found = parsedate_to_datetime(asked)
    except (ValueError, OverflowError, IndexError, TypeError):
        detail = _("Accept-Datetime: not a date of HTTP; for example: %(example)s")
        raise ProblemError("bad-request", detail, example=EXAMPLE) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def http_date(release: Release) -> str:
    """Return when a release was made, as HTTP writes it."""
    return format_datetime(release.manifest.created.astimezone(UTC), usegmt=True)


def original(request: Request) -> str:
    """Return the link to the address without a release, which also leads to any of them."""
    given = [one for one in pairs(request.scope["query_string"]) if one[0] != NAME]
    query = f"?{urlencode(given)}" if given else ""
    return f'<{path_of(request)}{query}>; rel="original timegate"'


def path_of(request: Request) -> str:
    """Return the path as the client sent it."""
    return quote(prefix_of(request) + request.scope["path"])


def joined(*links: str | None) -> str:
    """Return several links as one header."""
    return ", ".join(link for link in links if link)


def varied(answer: Response) -> Response:
    """Say that the answer depends on the moment asked for."""
    answer.headers.add_vary_header("Accept-Datetime")
    return answer
