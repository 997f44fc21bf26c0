"""Invented maps for tests: what they hold, and what files say that they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from queries.maps.filters import Filter
from queries.maps.folding import assign, cap, fold
from queries.maps.graph import Edge, Fact, Map, Node, build
from queries.maps.stored import Places
from queries.maps.view import View, views, words
from server.maps.picture import Picture, Source

BASE = "https://w3id.org/maillage/"
RELEASE = "20261130T000000000Z-00000000"
Triple = tuple[str, str, str]
EVERYTHING = Filter()


def thing(name: object) -> str:
    """Return the IRI of an invented thing."""
    return f"{BASE}id/organisation/invented-{name}"


def node(name: object, label: str = "", group: str = "federations", **given: object) -> Node:
    """Return an invented thing."""
    return Node(thing(name), {"fr": label or f"Chose {name}"}, group, ("Federation",), **given)  # type: ignore[arg-type]


def edge(first: object, last: object, relation: str = "member", *facts: Fact) -> Edge:
    """Return an invented tie."""
    return Edge(thing(first), thing(last), relation, facts or (Fact(f"{BASE}id/fact/{first}"),))


def drawn(whole: Map, view: View) -> Map:
    """Return a map as it would be drawn."""
    return cap(fold(assign(whole, view), view, words()), view)


def picture(
    shown: Map, view: str = "ties", *, points: Mapping[str, tuple[float, float]] | None = None,
    wanted: Filter = EVERYTHING, language: str = "fr",
) -> Picture:  # fmt: skip
    """Return the picture of a map, its things in one line unless points are given."""
    known = views()[view]
    line = {name: (number * 160.0, (number % 3) * 70.0) for number, name in enumerate(shown.nodes)}
    return Picture(
        known, wanted, shown, Places(points or line), language, RELEASE, date(2026, 11, 30),
        f"{BASE}maps/{view}", known.title[language], known.text[language],
        (Source(f"{BASE}graph/invented/2026", "Invented source", "Nobody", "https://licence.example/"),),
    )  # fmt: skip


def simple(labels: Iterable[str] = ("Un", "Deux", "Trois")) -> Map:
    """Return a small map: a chain of things, with one tie more."""
    nodes = [node(number, label) for number, label in enumerate(labels)]
    edges = [edge(number, number + 1) for number in range(len(nodes) - 1)]
    return build(nodes, [*edges, edge(0, len(nodes) - 1, "work")] if len(nodes) > 1 else edges)


def keys(shown: Map) -> set[Triple]:
    """Return what tells the ties of a map apart."""
    return {one.key for one in shown.edges}
