"""The neighbourhood of focus nodes: all that their shapes read, and who reads a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from shapes.facts import Statement, View
from shapes.reach import SUBCLASS, Place, Reach

Spot = tuple[bytes, Place]


class TooManyError(Exception):
    """More nodes are concerned than can be looked at one by one."""


def collect(nodes: Iterable[bytes], view: View, reach: Reach) -> Iterator[Statement]:
    """Yield all statements that the shapes read to judge some nodes, once per graph or oftener.

    What the shapes read is all there, and nothing else than statements of the view.
    """
    seen: set[Spot] = set()
    ahead: list[Spot] = [(node, reach.focus) for node in nodes]
    while ahead:
        spot = ahead.pop()
        if spot in seen:
            continue
        seen.add(spot)
        for one, next_spot in around(spot, view):
            yield one
            if next_spot is not None and next_spot[1].leads_on:
                ahead.append(next_spot)
    yield from view.using(SUBCLASS)


def around(spot: Spot, view: View) -> Iterator[tuple[Statement, Spot | None]]:
    """Yield the statements read at one spot, and where each one leads on."""
    node, place = spot
    if not node.startswith(b'"'):
        # Of the focus node everything is read, elsewhere what the steps say.
        names = [None] if place.number == 0 or len(place.forward) > FEW else list(place.forward)
        for name in names:
            for one in view.of(node, name):
                follow = place.forward.get(one.predicate)
                if follow is not None or place.number == 0:
                    yield one, None if follow is None else (one.object, follow)
        for name, follow in place.backward.items():
            for one in view.to(node, name):
                yield one, (one.subject, follow)


# Up to so many properties are looked up one by one, more of them by reading all of a node.
FEW = 3


def readers(changed: Iterable[Statement], view: View, reach: Reach, limit: int) -> set[bytes]:
    """Return the focus nodes whose shapes read some statements, as the view leads to them.

    The statements need not be of the view. TooManyError when there are more than a limit.
    """
    entry = entries(reach)
    seen: set[Spot] = set()
    ahead: list[Spot] = []
    for _graph, subject, predicate, value in changed:
        seen.add((subject, reach.focus))
        for place, inverse in entry.get(predicate, ()):
            ahead.append((value if inverse else subject, place))
    towards = remembered(view, limit)
    while ahead:
        spot = ahead.pop()
        if spot in seen:
            continue
        seen.add(spot)
        if len(seen) > limit:
            raise TooManyError
        ahead.extend(above(spot, view, towards))
    return {node for node, place in seen if place is reach.focus}


def entries(reach: Reach) -> dict[bytes, list[tuple[Place, bool]]]:
    """Return for each property the places, but for the focus, that read it, and from which end."""
    found: dict[bytes, list[tuple[Place, bool]]] = {}
    for place in reach.places:
        for name in place.forward if place is not reach.focus else ():
            found.setdefault(name, []).append((place, False))
        for name in place.backward:
            found.setdefault(name, []).append((place, True))
    return found


def above(
    spot: Spot, view: View, towards: Callable[[bytes], dict[bytes, list[bytes]]]
) -> Iterator[Spot]:
    """Yield the spots from which shapes come to a spot."""
    node, place = spot
    for parent, name in place.arrived_backward:
        yield from ((one.object, parent) for one in view.of(node, name))
    if place.arrived_forward:
        for name, subjects in towards(node).items():
            for parent in place.arrived_forward.get(name, ()):
                yield from ((subject, parent) for subject in subjects)


def remembered(view: View, limit: int) -> Callable[[bytes], dict[bytes, list[bytes]]]:
    """Return a look-up of who speaks of a node, by property, that remembers its answers."""
    known: dict[bytes, dict[bytes, list[bytes]]] = {}

    def towards(node: bytes) -> dict[bytes, list[bytes]]:
        if (found := known.get(node)) is None:
            found = known[node] = {}
            for number, one in enumerate(view.to(node)):
                if number > limit:
                    raise TooManyError
                found.setdefault(one.predicate, []).append(one.subject)
        return found

    return towards
