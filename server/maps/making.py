"""Makes the picture that is wanted of a map that a release keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from queries.maps import stored
from queries.maps.filters import Filter, apply
from queries.maps.folding import cap, fold
from queries.maps.graph import Map
from queries.maps.measures import Measure, measures
from queries.maps.stored import FOLDER, Stored
from queries.maps.view import View, views, words
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
        return stored.kept(file_of(snapshot, view))
    except ReleaseError:
        detail = _("The release %(release)s holds no map %(name)s.")
        raise ProblemError("not-found", detail, release=snapshot.id, name=view.id) from None


def picture_of(
    found: Stored, view: View, wish: MapWish, snapshot: Snapshot, language: str
) -> Picture:
    """Return what is wanted of a map, ready to be written in any format."""
    drawn = drawn_of(file_of(snapshot, view), view.id, wish.wanted)
    query = wish.query()
    return Picture(
        view, wish.wanted, drawn, found.places, language, snapshot.id,
        snapshot.release.manifest.created.date(),
        f"{snapshot.base}maps/{view.id}{'?' if query else ''}{query}",
        view.title[language], view.text[language],
        tuple(sources(found.sources, snapshot, language)), found.codes, theme=wish.theme,
    )  # fmt: skip


def file_of(snapshot: Snapshot, view: View) -> Path:
    """Return where a release keeps a map."""
    return snapshot.release.path / FOLDER / f"{view.id}.json"


@lru_cache(maxsize=32)
def drawn_of(file: Path, name: str, wanted: Filter) -> Map:
    """Return what is drawn of a map with a filter, kept for the next who asks for it."""
    found, view = stored.kept(file), views()[name]
    chosen = apply(found.map, wanted, isolated=view.isolated)
    return placed(cap(fold(chosen, view, words()), view), found)


def measured(snapshot: Snapshot, picture: Picture) -> Mapping[str, Measure]:
    """Return the measures of a picture: as the release keeps them, or reckoned of what is drawn.

    What is reckoned for a filter is kept for the next who asks for it.
    """
    if picture.centre is not None:
        return measures(picture.map)
    return kept_measures(file_of(snapshot, picture.view), picture.view.id, picture.wanted)


@lru_cache(maxsize=128)
def kept_measures(file: Path, name: str, wanted: Filter) -> Mapping[str, Measure]:
    """Return the measures of a view of a release with a filter."""
    found, drawn = stored.kept(file), drawn_of(file, name, wanted)
    if found.measures.keys() == drawn.nodes.keys() and wanted == Filter():
        return found.measures
    return measures(drawn)


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
