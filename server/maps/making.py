"""Makes the picture that is wanted of a map that a release keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TypeVar

from queries.maps import stored
from queries.maps.filters import apply
from queries.maps.folding import cap, fold
from queries.maps.graph import Map
from queries.maps.stored import FOLDER, Stored
from queries.maps.view import View, words
from queries.release import ReleaseError
from server.engine.pool import Pool
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.maps.picture import Picture, Source
from server.maps.wishes import MapWish

Result = TypeVar("Result")


def kept(snapshot: Snapshot, view: View) -> Stored:
    """Return a map of a release; ProblemError when it was made before there were maps."""
    try:
        return stored.kept(snapshot.release.path / FOLDER / f"{view.id}.json")
    except ReleaseError:
        detail = _("The release %(release)s holds no map %(name)s.")
        raise ProblemError("not-found", detail, release=snapshot.id, name=view.id) from None


def picture_of(
    found: Stored, view: View, wish: MapWish, snapshot: Snapshot, language: str
) -> Picture:
    """Return what is wanted of a map, ready to be written in any format."""
    chosen = apply(found.map, wish.wanted, isolated=view.isolated)
    drawn = placed(cap(fold(chosen, view, words()), view), found)
    query = wish.query()
    return Picture(
        view, wish.wanted, drawn, found.places, language, snapshot.id,
        snapshot.release.manifest.created.date(),
        f"{snapshot.base}maps/{view.id}{'?' if query else ''}{query}",
        view.title[language], view.text[language],
        tuple(sources(found.sources, snapshot, language)), found.codes, theme=wish.theme,
    )  # fmt: skip


def placed(drawn: Map, found: Stored) -> Map:
    """Return the part of a map that has places: bundles of which little is left included."""
    return drawn.within(name for name in drawn.nodes if name in found.places.points)


def sources(graphs: Iterable[str], snapshot: Snapshot, language: str) -> Iterable[Source]:
    """Yield the graphs that a map rests on, with their titles and licences."""
    known = {graph.iri: graph for graph in snapshot.release.graphs}
    for iri in graphs:
        graph = known.get(iri)
        if graph is not None and graph.visibility == "public":
            title = (graph.title_fr if language == "fr" else None) or graph.title
            yield Source(iri, title, graph.publisher, graph.licence)


async def work(pool: Pool, task: Callable[[], Result]) -> Result:
    """Do work beside the loop, and charge it to the one who asked."""
    pool.admit()
    start, failed = perf_counter(), True
    try:
        result = await asyncio.to_thread(task)
        failed = False
        return result
    finally:
        pool.charge(perf_counter() - start, failed=failed)
