"""Where the query of a constraint looks: the steps from its focus node to all that it may read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product

from rdflib import Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import translateGroupGraphPattern
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node, URIRef

# A property as N-Triples writes it, and whether it is walked from object to subject.
Step = tuple[bytes, bool]
Chain = tuple[Step, ...]
Reached = dict[Node, frozenset[Chain]]
START: frozenset[Chain] = frozenset({()})
NESTED = ("Project", "Distinct", "Reduced", "OrderBy", "Slice", "Extend", "ToMultiSet")


class UnboundedError(Exception):
    """A query that looks at more than can be reached from its focus node in some steps."""


@lru_cache(maxsize=256)
def chains(select: str, shared: frozenset[bytes] = frozenset()) -> frozenset[Chain]:
    """Return the chains of steps from ``$this`` along which a query may find its triples.

    Every triple that takes part in a solution is the last step of one of the chains, followed in
    the data. ``shared`` are properties whose values very many things share, which are walked
    backwards only where nothing else leads on. UnboundedError for a query that asks for
    something that no chain from ``$this`` leads to, or for paths of any length.
    """
    walk = Walk(shared)
    walk.group(prepareQuery(select).algebra.p, {Variable("this"): START})
    return frozenset(walk.found)


class Walk:
    """One walk over the algebra of a query, collecting chains."""

    def __init__(self, shared: frozenset[bytes]) -> None:
        self.shared = shared
        self.found: set[Chain] = set()

    def group(self, node: CompValue, reached: Reached) -> Reached:
        """Follow a graph pattern; return where its certainly bound variables are found."""
        match node.name:
            case "BGP":
                return self.patterns(node.triples, reached)
            case "Join":
                return self.group(node.p2, self.group(node.p1, reached))
            case "LeftJoin":
                certain = self.group(node.p1, reached)
                self.conditions(node.expr, self.group(node.p2, certain))
                return certain
            case "Union":
                return either(self.group(node.p1, reached), self.group(node.p2, reached))
            case "Filter":
                certain = self.group(node.p, reached)
                self.conditions(node.expr, certain)
                return certain
            case name if name in NESTED:
                self.conditions(node.get("expr"), reached)
                return self.group(node.p, reached)
            case name:
                raise UnboundedError(f"uses {name}, which cannot be followed from $this")

    def conditions(self, expression: object, reached: Reached) -> None:
        """Follow the patterns of EXISTS and NOT EXISTS within an expression."""
        if isinstance(expression, CompValue):
            if expression.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
                self.group(translateGroupGraphPattern(expression.graph), reached)
                return
            for value in expression.values():
                self.conditions(value, reached)
        elif isinstance(expression, list):
            for value in expression:
                self.conditions(value, reached)

    def patterns(self, triples: Iterable[tuple[Node, Node, Node]], reached: Reached) -> Reached:
        """Follow triple patterns, each as soon as something leads to it."""
        known, left = dict(reached), list(triples)
        while left:
            chosen = next(iter(sorted(left, key=lambda one: self.cost(one, known))))
            if self.cost(chosen, known) > len(COSTS):
                raise UnboundedError(f"asks for {text(chosen)}, to which no step from $this leads")
            left.remove(chosen)
            self.pattern(chosen, known)
        return known

    def cost(self, triple: tuple[Node, Node, Node], known: Mapping[Node, object]) -> int:
        """Return how gladly a pattern is followed next: forwards first, unreachable last."""
        subject, predicate, value = triple
        if subject in known:
            return 0
        if value not in known:
            return len(COSTS) + 1
        backwards = (step for chain in expand(predicate) for step in chain)
        return 2 if any(name in self.shared for name, _ in backwards) else 1

    def pattern(self, triple: tuple[Node, Node, Node], known: Reached) -> None:
        """Follow one triple pattern from the end that is reached."""
        subject, predicate, value = triple
        ways = expand(predicate)
        forwards = subject in known
        origin, goal = (subject, value) if forwards else (value, subject)
        steps = ways if forwards else frozenset(turned(way) for way in ways)
        ends = frozenset(before + way for before, way in product(known[origin], steps))
        self.found |= ends
        if isinstance(goal, Variable):
            known.setdefault(goal, ends)


COSTS = ("forwards", "backwards", "backwards from what many share")


def either(one: Reached, other: Reached) -> Reached:
    """Return what is reached whichever of two patterns matches."""
    return {node: places | other[node] for node, places in one.items() if node in other}


def turned(chain: Chain) -> Chain:
    """Return a chain walked from its end."""
    return tuple((name, not inverse) for name, inverse in reversed(chain))


def expand(path: Node | Path) -> frozenset[Chain]:
    """Return all ways along a property path; UnboundedError when they have no end."""
    match path:
        case URIRef():
            return frozenset({((f"<{path}>".encode(), False),)})
        case InvPath():
            return frozenset(turned(way) for way in expand(path.arg))
        case SequencePath():
            ways = product(*(expand(part) for part in path.args))
            return frozenset(tuple(step for part in way for step in part) for way in ways)
        case AlternativePath():
            return frozenset(way for part in path.args for way in expand(part))
        case MulPath() if path.mod == "?":
            return START | expand(path.path)
    raise UnboundedError(f"walks {path}, which cannot be followed in a known number of steps")


def text(triple: tuple[Node, Node, Node]) -> str:
    """Return a triple pattern as a message shows it."""
    return " ".join(str(part) for part in written(triple))


def written(triple: tuple[Node, Node, Node]) -> Iterator[str]:
    """Yield the terms of a pattern, variables with their mark."""
    for term in triple:
        yield f"?{term}" if isinstance(term, Variable) else str(term)
