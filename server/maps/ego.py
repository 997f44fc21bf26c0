"""The map around one thing, asked of the engine when it is wanted: one to three ties away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from ontology import terms as se
from ontology.outside import RDF
from queries.catalogue import rebase
from queries.maps import reading
from queries.maps.filters import apply
from queries.maps.folding import assign, cap, fold
from queries.maps.graph import Map
from queries.maps.reading import PersonError, Read
from queries.maps.stored import Places, Stored
from queries.maps.view import View, words
from server.engine.pool import Lease, Pool
from server.engine.process import Question
from server.errors import ProblemError
from server.language import mark as _
from server.maps.making import sources, work
from server.maps.picture import Picture
from server.maps.rings import lay_out
from server.maps.wishes import MapWish

# Things that are asked further about, at each step; and rows of one answer, as the view says.
MOST_ASKED, MOST_ROWS = 150, 2_000
THING = re.compile(r"VALUES \?thing \{[^{}]*\}")


async def around(pool: Pool, view: View, wish: MapWish, language: str) -> tuple[Picture, Stored]:
    """Return the picture around a thing, and the map that it is a part of."""
    async with pool.lease() as lease:
        snapshot = lease.snapshot
        centre = f"{snapshot.base}id/{wish.of}"
        found, cut, clipped = await gathered(lease, view, centre, wish.depth)
    if centre not in found.map.nodes:
        raise ProblemError(
            "not-found", _("The release says nothing of %(path)s."), path=f"id/{wish.of}"[:200]
        )
    stored = await work(pool, partial(composed, found, view, wish, centre, cut, clipped=clipped))
    name = stored.map.nodes[centre].label(language)[1]
    query = wish.query()
    whole = fold(apply(stored.map, wish.wanted, isolated=False, always=(centre,)), view, words())
    drawn = cap(whole, view, (centre,))
    drawn = drawn.within(one for one in drawn.nodes if one in stored.places.points)
    return Picture(
        view, wish.wanted, drawn, stored.places, language, snapshot.id,
        snapshot.release.manifest.created.date(), f"{snapshot.base}maps/{view.id}?{query}",
        name, view.text[language], tuple(sources(found.sources, snapshot, language)),
        found.codes, centre, wish.theme,
    ), stored  # fmt: skip


async def gathered(
    lease: Lease, view: View, centre: str, depth: int
) -> tuple[Read, tuple[str, ...], bool]:
    """Return what is so many ties away from a thing, and what has more ties than were read.

    The last value tells whether there is more further away than was asked or answered.
    """
    base = lease.snapshot.base
    triples: list[Triple] = [Triple(NamedNode(centre), RDF.type, se.Organisation)]
    known, ring, cut, clipped = {centre}, [centre], set[str](), False
    for step in range(depth):
        answer = await asked(lease, asking(view, ring[:MOST_ASKED], base))
        full = sum(1 for one in answer if one.predicate == RDF.subject) >= MOST_ROWS - 1
        cut.update(ring if full and step == 0 else ())
        clipped |= step > 0 and (full or len(ring) > MOST_ASKED)
        triples += renamed(answer, step)
        reached = ends(answer, base)
        ring = sorted(reached - known)
        known |= reached
    found = reading.read(view, triples, base)
    try:
        text = next(found)
        while True:
            text = found.send(await asked(lease, text))
    except StopIteration as end:
        read: Read = end.value
        return read, tuple(sorted(cut)), clipped
    except PersonError:
        detail = _("The map of %(path)s cannot be drawn.")
        raise ProblemError("not-found", detail, path=centre[:200]) from None


def asking(view: View, names: Iterable[str], base: str) -> str:
    """Return the question of a view about some things."""
    terms = " ".join(str(NamedNode(name)) for name in names)
    return THING.sub(lambda _match: f"VALUES ?thing {{ {terms} }}", rebase(view.query, base))


async def asked(lease: Lease, text: str) -> list[Triple]:
    """Return the triples of an answer."""
    answer = await lease.ask(Question(text, triples="application/n-triples"))
    return [quad.triple for quad in parse(answer.body, format=RdfFormat.N_TRIPLES)]


def renamed(triples: Iterable[Triple], step: int) -> Iterable[Triple]:
    """Yield triples whose blank nodes are of this answer only."""
    for subject, name, value in triples:
        own = BlankNode(f"s{step}x{subject.value}") if isinstance(subject, BlankNode) else subject
        yield Triple(own, name, value)


def ends(triples: Iterable[Triple], base: str) -> set[str]:
    """Return the things at the ends of ties."""
    ways = (RDF.subject, RDF.object)
    found: set[str] = set()
    for subject, name, value in triples:
        if not isinstance(value, NamedNode):
            continue
        if name in ways:
            found.add(value.value)
        elif isinstance(subject, NamedNode):
            found |= {subject.value, value.value}
    return {one for one in found if one.startswith(base)}


def composed(
    found: Read, view: View, wish: MapWish, centre: str, cut: tuple[str, ...], *, clipped: bool
) -> Stored:
    """Return the map around a thing, laid out."""
    whole = assign(found.map, view)
    drawn = cap(fold(whole, view, words()), view, (centre,))
    points = lay_out(drawn, centre)
    names = {name for name, node in whole.nodes.items() if (node.bundle or name) in drawn.nodes}
    kept = whole.within(names)
    shown = Map(kept.nodes, kept.edges, drawn.left_out, cut, clipped)
    return Stored(f"{view.id} {wish.of}", shown, Places(points), found.codes, found.sources)
