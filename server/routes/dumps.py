"""`/dumps`: the public release as files, whole and per graph, with their checksums."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from server.caching import headers, tag, unchanged
from server.dependencies import SnapshotDep
from server.errors import ProblemError
from server.language import mark as _
from server.pages import page
from server.published import Snapshot
from server.speech import language_of, prefix_of

router = APIRouter(tags=["graphs"])
WHOLE = "public.nq.gz"
CHECKSUMS = "SHA256SUMS"


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
    entity = tag(snapshot, "dump", name)
    if short := unchanged(request, snapshot, entity):
        return short
    if name == CHECKSUMS:
        known = checksums(snapshot)
        lines = (f"{known[one]}  {one}\n" for one, _place, _graph in public_files(snapshot)
                 if one in known)  # fmt: skip
        return PlainTextResponse("".join(lines), headers=headers(snapshot, entity))
    for known_name, place, _graph in public_files(snapshot):
        if known_name == name:
            return FileResponse(
                place, headers=headers(snapshot, entity), media_type="application/gzip",
                filename=Path(name).name,
            )  # fmt: skip
    detail = _("There is no public file %(name)s; the files are listed at /dumps.")
    raise ProblemError("not-found", detail, name=name[:100])


def public_files(snapshot: Snapshot) -> list[tuple[str, Path, str | None]]:
    """Return the files that may be given away: the whole, then one per public graph."""
    folder = snapshot.release.dumps
    found: list[tuple[str, Path, str | None]] = [(WHOLE, folder / WHOLE, None)]
    for iri, graph in snapshot.graphs.items():
        if graph and graph.file and Path(graph.file).name == graph.file:
            found.append((f"graphs/{graph.file}", folder / "graphs" / graph.file, iri))
    return [one for one in found if one[1].is_file()]


def checksums(snapshot: Snapshot) -> dict[str, str]:
    """Return the checksums that were written with the files."""
    try:
        text = (snapshot.release.dumps / CHECKSUMS).read_text(encoding="ascii")
    except FileNotFoundError:
        return {}
    pairs = (line.split(maxsplit=1) for line in text.splitlines())
    return {name.strip().lstrip("*"): digest for digest, name in pairs}
