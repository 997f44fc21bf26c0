"""Failures as messages of SDMX, for clients that asked for SDMX-ML by name."""

from __future__ import annotations

from server.sdmx.elements import LANG, Namespaces, Version, writable, written
from server.sdmx.media import wishes

# What the web services call each failure, by its status.
CODES = {
    204: "100", 400: "140", 401: "110", 403: "110", 404: "100", 406: "140", 413: "510",
    414: "140", 422: "150", 429: "130", 500: "500", 501: "501", 503: "503",
}  # fmt: skip
XML = "application/xml"


def error_message(accept: str | None, status: int, text: str) -> tuple[bytes, str]:
    """Return a failure as a message, and its media type."""
    named = " ".join(f"{one.media} {one.version}" for one in wishes(accept or "")[:1])
    version: Version = "2.1" if "2.1" in named else "3.1" if "3.1" in named else "3.0"
    names = Namespaces(version)
    said = names.com("Text", writable(text), {LANG: "en"})
    inner = names.mes("ErrorMessage", said, code=CODES.get(status, "500"))
    return written(names.mes("Error", inner)), XML
