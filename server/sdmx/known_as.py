"""By what a client knows an answer again: its entity tag, and the moment of its last change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from queries.release import Home, Release
from server.answers.caching import VARY, headers, unchanged
from server.engine.published import Snapshot


@dataclass(frozen=True)
class KnownAs:
    """The name of an answer, and when it last became another, where that is known."""

    snapshot: Snapshot
    entity: str
    changed: datetime | None = None

    def headers(self, vary: str = VARY) -> dict[str, str]:
        """Return the headers by which a client may know the answer again."""
        found = headers(self.snapshot, self.entity, vary)
        if self.changed:
            found["Last-Modified"] = format_datetime(self.changed, usegmt=True)
        return found

    def unchanged(self, request: Request) -> Response | None:
        """Return the short answer to a client that has this very answer already.

        The name counts more than the moment, as HTTP has it.
        """
        if "if-none-match" in request.headers:
            return unchanged(request, self.snapshot, self.entity)
        since = moment(request.headers.get("if-modified-since", ""))
        if self.changed is None or since is None or since < self.changed:
            return None
        return Response(status_code=304, headers=self.headers())


def moment(text: str) -> datetime | None:
    """Return a moment as HTTP writes it, or as the description of the services does.

    >>> moment("Wed, 21 Oct 2015 07:28:00 GMT") == moment("2015-10-21T09:28:00+02:00")
    True
    >>> moment("yesterday")
    """
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def published_at(home: Home, release: Release) -> datetime | None:
    """Return since when a release is the current one, in whole seconds, which HTTP counts in.

    A release that is current again, after one that was taken back, is so since then. None where
    another one is current already.
    """
    try:
        if home.current.readlink().name != release.id:
            return None
        swapped = datetime.fromtimestamp(int(home.current.lstat().st_mtime), UTC)
    except OSError:
        return None
    return max(swapped, release.manifest.created.replace(microsecond=0))
