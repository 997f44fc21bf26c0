"""Failures as messages of SDMX, for clients that asked for SDMX-ML by name."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response

from server.answers.caching import VARY
from server.errors import ProblemError
from server.language import mark as _
from server.problems import PROGRAM_LANGUAGE
from server.sdmx.elements import LANG, Namespaces, Version, writable, written
from server.sdmx.media import wants_xml, wishes
from server.speech import language_of

# What the web services call each failure, by its status.
CODES = {
    204: "100", 400: "140", 401: "110", 403: "110", 404: "100", 406: "140", 413: "510",
    414: "140", 422: "150", 429: "130", 500: "500", 501: "501", 503: "503",
}  # fmt: skip
XML = "application/xml"
log = logging.getLogger("maillage.server")


def error_message(accept: str | None, status: int, text: str) -> tuple[bytes, str]:
    """Return a failure as a message, and its media type."""
    named = " ".join(f"{one.media} {one.version}" for one in wishes(accept or "")[:1])
    version: Version = "2.1" if "2.1" in named else "3.1" if "3.1" in named else "3.0"
    names = Namespaces(version)
    said = names.com("Text", writable(text), {LANG: "en"})
    inner = names.mes("ErrorMessage", said, code=CODES.get(status, "500"))
    return written(names.mes("Error", inner)), XML


def unreadable(error: Exception) -> ProblemError:
    """Return what cannot be read as a failure of the service, which is logged."""
    log.error("statistics cannot be read: %s", error)
    return ProblemError("not-ready", _("The statistics cannot be read at the moment."))


def failed(request: Request, error: ProblemError) -> Response:
    """Return a failure in the form of SDMX where the client asked for that; else raise it."""
    accept = request.headers.get("accept")
    if not wants_xml(accept):
        raise error
    said = language_of(request, PROGRAM_LANGUAGE).say(error.detail, error.values)
    body, kind = error_message(accept, error.problem.status, said)
    given = {**error.headers, "Cache-Control": "no-store", "Vary": VARY}
    return Response(body, error.problem.status, given, kind)
