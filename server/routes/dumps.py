"""`/dumps`: the release as files, whole and per graph, with their checksums."""

import re
from contextlib import suppress
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from server.access.caller import current_caller
from server.answers.caching import headers, tag, unchanged
from server.dependencies import SnapshotDep
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.layers.access import need_partner
from server.pages.page import page
from server.speech import language_of, prefix_of

router = APIRouter(tags=["graphs"])
WHOLE = "public.nq.gz"
# Beside the public files, in a folder of their own; whether there are any, nobody else learns.
OF_PARTNERS = "partner.nq.gz"
CHECKSUMS = "SHA256SUMS"
PART = r"(\d{1,18}-(\d{1,18})?|-\d{1,18})"
RANGE = re.compile(rf"bytes={PART}(\s*,\s*{PART}){{0,9}}", re.ASCII)


@router.get("/dumps", summary="The files of the release")
async def dumps(request: Request, snapshot: SnapshotDep) -> Response:
    """List the dumps with their sizes and checksums."""
    entity = tag(snapshot, "dumps", language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    sums = checksums(snapshot)
    files = [
        {"name": name, "size": place.stat().st_size, "sha256": sums.get(name, ""), "graph": graph}
        for name, place, graph in public_files(snapshot)
    ]
    return page(request, "dumps.html", 200, headers(snapshot, entity), files=files)


@router.get("/dumps/{name:path}", summary="One file of the release")
async def dump(request: Request, name: str, snapshot: SnapshotDep) -> Response:
    """Return a dump, in parts if the client asks so, or the checksums of all."""
    if name == CHECKSUMS:
        entity = tag(snapshot, "dump", name)
        if short := unchanged(request, snapshot, entity):
            return short
        known = checksums(snapshot)
        lines = (f"{known[one]}  {one}\n" for one, _place, _graph in public_files(snapshot)
                 if one in known)  # fmt: skip
        return PlainTextResponse("".join(lines), headers=headers(snapshot, entity))
    for known_name, place, _graph in public_files(snapshot):
        if known_name == name:
            return file_answer(request, snapshot, name, place)
    if name == OF_PARTNERS:
        need_partner(current_caller())
    detail = _("There is no public file %(name)s; the files are listed at /dumps.")
    raise ProblemError("not-found", detail, name=name[:100])


def file_answer(request: Request, snapshot: Snapshot, name: str, place: Path) -> Response:
    """Return a file, or the parts of it that the client asks for and can rely on."""
    digest = checksums(snapshot).get(name)
    entity = f'"{digest}"' if digest else tag(snapshot, "dump", name)
    if short := unchanged(request, snapshot, entity):
        return short
    size = place.stat().st_size
    if fresh(request, entity) and beyond(request.headers.get("range", ""), size):
        raise ProblemError(
            "range-not-satisfiable", _("The file has %(size)s bytes."), size=size,
            headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"},
        )  # fmt: skip
    given = headers(snapshot, entity) | {"Accept-Ranges": "bytes"}
    readable = parts(request.headers.get("range", ""), size)
    kind = HeldFile if readable else WholeFile
    return kind(place, headers=given, media_type="application/gzip", filename=Path(name).name)


class HeldFile(FileResponse):
    """A file that is open before its head is sent: its release may be removed meanwhile."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file."""
        with Path(self.path).open("rb") as held:
            self.path = f"/proc/self/fd/{held.fileno()}"
            await super().__call__(scope, receive, send)


class WholeFile(HeldFile):
    """A file that is sent whole: a Range header that cannot be read is ignored."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file without looking at the Range header."""
        kept = [(name, value) for name, value in scope["headers"] if name != b"range"]
        await super().__call__({**scope, "headers": kept}, receive, send)


def fresh(request: Request, entity: str) -> bool:
    """Tell whether the parts that a client has are of the file as it is."""
    return request.headers.get("if-range", entity) == entity


def beyond(asked: str, size: int) -> bool:
    """Tell whether a part that is asked for does not exist.

    >>> beyond("bytes=0-9", 10), beyond("bytes=10-", 10), beyond("bytes=-0", 10)
    (False, True, True)
    """
    return any(first >= size for first, _last in parts(asked, size))


def parts(asked: str, size: int) -> list[tuple[int, int]]:
    """Return the first and last bytes of the parts asked for; none for what cannot be read."""
    if not RANGE.fullmatch(asked):
        return []
    found = []
    for part in asked.partition("=")[2].split(","):
        first, _dash, last = part.strip().partition("-")
        start = int(first) if first else max(size - int(last), 0)
        found.append((start, int(last) if first and last else max(start, size - 1)))
    return found if all(start <= end for start, end in found) else []


def public_files(snapshot: Snapshot) -> list[tuple[str, Path, str | None]]:
    """Return the files that the tier may have: what is whole, then one per graph."""
    places = folders(snapshot)
    found: list[tuple[str, Path, str | None]] = [
        (f"{tier}.nq.gz", folder / f"{tier}.nq.gz", None) for tier, folder in places.items()
    ]
    for iri, graph in snapshot.graphs.items():
        folder = places.get(graph.visibility) if graph else None
        if graph and folder and graph.file and Path(graph.file).name == graph.file:
            found.append((f"graphs/{graph.file}", folder / "graphs" / graph.file, iri))
    return [one for one in found if one[1].is_file()]


def folders(snapshot: Snapshot) -> dict[str, Path]:
    """Return where the dumps are that a tier may have, by the visibility of what they hold."""
    release = snapshot.release
    found = {"public": release.dumps}
    if snapshot.tier == "partner":
        found["partner"] = release.path / "partner" / "dumps"
    return found


def checksums(snapshot: Snapshot) -> dict[str, str]:
    """Return the checksums that were written with the files."""
    found: dict[str, str] = {}
    for folder in folders(snapshot).values():
        with suppress(FileNotFoundError):
            for line in (folder / CHECKSUMS).read_text(encoding="ascii").splitlines():
                digest, name = line.split(maxsplit=1)
                found[name.strip().lstrip("*")] = digest
    return found
