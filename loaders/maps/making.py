"""The maps of a release: each view read from its store, laid out, and kept beside it.

Things that the parent release drew keep their places, so that people find them again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from pyoxigraph import QueryTriples, Store

from loaders.durable import link_or_copy
from loaders.errors import LoadError
from loaders.maps import boxes, layers, network
from queries.maps import reading, stored
from queries.maps.folding import assign, cap, fold
from queries.maps.graph import Map
from queries.maps.measures import measures
from queries.maps.reading import PersonError, Read
from queries.maps.stored import FOLDER, Places, Stored
from queries.maps.view import EGO, View, views, words
from queries.release import Release, ReleaseError

INDEX = "index.json"
# Beyond so many things, a map keeps what its bundles count and not each thing in them.
MOST = 20_000
# A picture is laid out anew when more than this share of its things is new or gone.
CHANGED = 0.1
# To be counted up where a layout itself changes.
PLAN = 2


class Layout(Protocol):
    """What each way of laying out can do."""

    def lay_out(self, drawn: Map, view: View, /) -> Places:
        """Return the places of all things."""

    def extend(self, drawn: Map, view: View, old: Places, /) -> Places:
        """Return the places of all things, those that are known where they were."""


LAYOUTS: Mapping[str, Layout] = {"boxes": boxes, "layers": layers, "network": network}


class Known(Protocol):
    """What maps need to know of a graph."""

    @property
    def iri(self) -> str:
        """Its name."""

    @property
    def source(self) -> str:
        """The source that it is of."""

    @property
    def visibility(self) -> str:
        """Who may see it."""

    @property
    def sha256(self) -> str:
        """The digest of what it says."""


def write(
    folder: Path, store: Store, base: str, graphs: Iterable[Known], parent: Release | None
) -> None:
    """Write the maps of a release into its folder; LoadError where a view would show a person."""
    place = folder / FOLDER
    place.mkdir()
    digest = inputs(base, graphs)
    if parent is not None and taken_over(place, parent, digest):
        return
    for view in views().values():
        if view.id != EGO:
            before = before_in(parent, view)
            (place / f"{view.id}.json").write_bytes(stored.write(draw(view, store, base, before)))
    (place / INDEX).write_text(json.dumps({"inputs": digest}) + "\n", encoding="utf-8")


def inputs(base: str, graphs: Iterable[Known]) -> str:
    """Return the digest of all that maps are made from."""
    read = sorted(
        (graph.iri, graph.sha256)
        for graph in graphs
        if graph.visibility == "public" and graph.source not in ("provenance", "void")
    )
    files = [view.model_dump_json() for view in views().values()]
    folders = (Path(__file__).parent, Path(stored.__file__).parent)
    code = [path.read_text("utf-8") for one in folders for path in sorted(one.glob("*.py"))]
    content = json.dumps([stored.VERSION, base, read, files, code])
    return hashlib.sha256(content.encode()).hexdigest()


def taken_over(place: Path, parent: Release, digest: str) -> bool:
    """Take the maps of the parent where they were made from the same; tell whether they were."""
    try:
        known = json.loads((parent.path / FOLDER / INDEX).read_bytes())
    except (OSError, ValueError):
        return False
    if known.get("inputs") != digest:
        return False
    for file in sorted((parent.path / FOLDER).iterdir()):
        link_or_copy(file, place / file.name)
    return True


def before_in(parent: Release | None, view: View) -> Places | None:
    """Return where the parent release drew the things of a view, if it did."""
    if parent is None:
        return None
    try:
        return stored.read(parent.path / FOLDER / f"{view.id}.json").places
    except ReleaseError:
        return None


def draw(view: View, store: Store, base: str, before: Places | None = None) -> Stored:
    """Return one view of a store, laid out."""
    try:
        found = read(view, store, base)
    except PersonError as error:
        raise LoadError(f"the map {view.id} cannot be drawn: {error}") from None
    return composed(view, found, before)


def composed(view: View, found: Read, before: Places | None = None) -> Stored:
    """Return one view of what was read, laid out."""
    whole = found.map if view.isolated else found.map.within(found.map.tied())
    whole = assign(whole, view)
    shown = cap(fold(whole, view, words()), view)
    places = lay_out(shown, view, before)
    kept = kept_of(whole, shown)
    return Stored(view.id, kept, places, found.codes, found.sources, measures(shown))


def read(view: View, store: Store, base: str) -> Read:
    """Return what a store has for a view."""
    asking = reading.read(view, ask(store, reading.question(view, base)), base)
    try:
        text = next(asking)
        while True:
            text = asking.send(list(ask(store, text)))
    except StopIteration as end:
        result: Read = end.value
        return result


def ask(store: Store, text: str) -> QueryTriples:
    """Return the triples that a store has for a question."""
    found = store.query(text)
    if not isinstance(found, QueryTriples):
        raise LoadError("the question of a map is a CONSTRUCT")
    return found


def lay_out(shown: Map, view: View, before: Places | None) -> Places:
    """Return where things are drawn: where they were, unless too much has changed since."""
    layout, plan = LAYOUTS[view.layout], plan_of(view)
    if before is None or before.plan != plan or not before.points or much_changed(shown, before):
        return replace(layout.lay_out(shown, view), plan=plan)
    return replace(layout.extend(shown, view, before), plan=plan)


def plan_of(view: View) -> str:
    """Return what tells a way of laying out from others: where it changes, all is laid out anew."""
    groups = [(one.id, one.rank, one.place, one.fold) for one in view.groups]
    content = json.dumps([PLAN, view.layout, view.limit, groups])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def much_changed(shown: Map, before: Places) -> bool:
    """Tell whether so many things came since a picture was laid out that it has lost its form."""
    known = sum(1 for name in shown.nodes if name in before.points)
    fresh, gone = len(shown.nodes) - known, len(before.points) - known
    grown = len(shown.nodes) - before.since
    return max(fresh, gone, grown) > max(2, CHANGED * len(shown.nodes))


def kept_of(whole: Map, shown: Map) -> Map:
    """Return what a release keeps of a map: each thing that is drawn, those in bundles included.

    Of very large maps, bundles are kept as what they count.
    """
    if len(whole.nodes) > MOST:
        return shown
    names = {name for name, node in whole.nodes.items() if (node.bundle or name) in shown.nodes}
    kept = whole.within(names)
    return Map(kept.nodes, kept.edges, shown.left_out, shown.cut)
