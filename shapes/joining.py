"""Where the query of a constraint would read all data again for each focus node.

The compiled engine knows the focus node and, within EXISTS, what the group around it has bound. A
pattern that begins or ends there is looked up. Any other pattern of a group is joined: it is read
from all the data, for each focus node, so that the time grows with the square of the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from rdflib import BNode, Variable
from rdflib.paths import InvPath, Path, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from shapes.following import expand, turned
from shapes.naming import short

Pattern = tuple[Node, Node | Path, Node]
Bound = frozenset[Node]
THIS: Bound = frozenset({Variable("this")})
PARTS = ("p", "p1", "p2")
EXISTS = ("Builtin_EXISTS", "Builtin_NOTEXISTS")


def joined(select: str, shared: frozenset[bytes] = frozenset()) -> list[str]:
    """Return the patterns of a query that are joined instead of looked up, as a message shows them.

    ``shared`` are properties, as N-Triples writes them, whose values very many things share: to
    look for what has such a value is no better than to read everything. UnboundedError for paths
    of any length.
    """
    patterns = group(prepareQuery(select).algebra.p, THIS, shared)
    return sorted({shown(pattern) for pattern in patterns})


def group(node: CompValue, given: Bound, shared: frozenset[bytes]) -> Iterator[Pattern]:
    """Yield the patterns of a group, and of the groups within it, that are joined."""
    if node.name == "BGP":
        for triple in node.triples:
            if not all(looked_up(piece, given, shared) for piece in apart(triple)):
                yield triple
        return
    around = given.union(*(certain(node[key]) for key in PARTS if key in node))
    for key, part in node.items():
        if key in PARTS:
            yield from group(part, given, shared)
        else:
            for inner in exists(part):
                yield from group(inner, around, shared)


def apart(triple: Pattern) -> Iterator[Pattern]:
    """Yield the patterns that an engine makes of one: a sequence of steps is one pattern each."""
    subject, predicate, value = triple
    match predicate:
        case InvPath():
            yield from apart((value, predicate.arg, subject))
        case SequencePath():
            nodes = [subject, *(BNode() for _ in predicate.args[1:]), value]
            steps = zip(nodes, predicate.args, nodes[1:], strict=False)
            yield from chain.from_iterable(apart(step) for step in steps)
        case _:
            yield triple


def looked_up(triple: Pattern, given: Bound, shared: frozenset[bytes]) -> bool:
    """Tell whether a pattern begins or ends at what is bound, and is walked to few things."""
    subject, predicate, value = triple
    ways = expand(predicate)
    if subject not in given:
        if value not in given:
            return False
        ways = frozenset(turned(way) for way in ways)
    return not any(inverse and name in shared for way in ways for name, inverse in way)


def shown(triple: Pattern) -> str:
    """Return a pattern as a message shows it."""
    terms = (term.n3() for term in triple)
    return re.sub("<([^<>]*)>", lambda found: short(found[1]), " ".join(terms))


def certain(node: CompValue) -> Bound:
    """Return the variables that a group binds in each of its solutions."""
    match node.name:
        case "BGP":
            return frozenset(term for triple in node.triples for term in triple
                             if isinstance(term, Variable))  # fmt: skip
        case "Join":
            return certain(node.p1) | certain(node.p2)
        case "LeftJoin":
            return certain(node.p1)
        case "Union":
            return certain(node.p1) & certain(node.p2)
        case _:
            return certain(node.p) if "p" in node else frozenset()


def exists(expression: object) -> Iterator[CompValue]:
    """Yield the groups of the EXISTS and NOT EXISTS of an expression."""
    if isinstance(expression, CompValue):
        if expression.name in EXISTS:
            yield expression.graph
            return
        for value in expression.values():
            yield from exists(value)
    elif isinstance(expression, list):
        for value in expression:
            yield from exists(value)
