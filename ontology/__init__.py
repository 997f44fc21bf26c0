"""The vocabulary everything else speaks: its terms, prefixes, alignments and worked examples."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

NAMESPACE: Final = "https://w3id.org/maillage/ns#"
DEFAULT_BASE: Final = "https://w3id.org/maillage/"

_SUBCLASS_OF: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
_PREFIX: Final = NamedNode("http://www.w3.org/ns/shacl#prefix")
_PREFIX_NAMESPACE: Final = NamedNode("http://www.w3.org/ns/shacl#namespace")


@cache
def vocabulary() -> tuple[Triple, ...]:
    """Return every triple of the vocabulary: header and modules."""
    return tuple(_read_folder("vocabulary"))


@cache
def alignments() -> tuple[Triple, ...]:
    """Return the links from our terms to other vocabularies."""
    return tuple(_read(_folder() / "alignments.ttl"))


@cache
def examples() -> dict[str, tuple[Triple, ...]]:
    """Return the worked examples, by file name without suffix."""
    return {
        resource.name.removesuffix(".ttl"): tuple(_read(resource))
        for resource in _turtle_files("examples")
    }


@cache
def prefixes() -> dict[str, str]:
    """Return the table of prefixes, in alphabetical order."""
    names: dict[object, str] = {}
    namespaces: dict[object, str] = {}
    for triple in _read(_folder() / "prefixes.ttl"):
        target = {_PREFIX: names, _PREFIX_NAMESPACE: namespaces}.get(triple.predicate)
        if target is not None and isinstance(triple.object, Literal):
            target[triple.subject] = triple.object.value
    return dict(sorted((name, namespaces[entry]) for entry, name in names.items()))


@cache
def superclasses(cls: NamedNode) -> tuple[NamedNode, ...]:
    """Return the classes of the vocabulary above a class, the nearest first."""
    found: list[NamedNode] = []
    level = [cls]
    while level:
        above = (parent for child in level for parent in _parents().get(child, ()))
        level = [parent for parent in dict.fromkeys(above) if parent not in found]
        found += level
    return tuple(found)


@cache
def _parents() -> dict[NamedNode, tuple[NamedNode, ...]]:
    parents: dict[NamedNode, tuple[NamedNode, ...]] = {}
    for triple in vocabulary():
        child, parent = triple.subject, triple.object
        if triple.predicate != _SUBCLASS_OF or not isinstance(child, NamedNode):
            continue
        if isinstance(parent, NamedNode) and parent.value.startswith(NAMESPACE):
            parents[child] = (*parents.get(child, ()), parent)
    return parents


def _folder() -> Traversable:
    return files(__name__)


def _turtle_files(name: str) -> list[Traversable]:
    entries = (_folder() / name).iterdir()
    return sorted((e for e in entries if e.name.endswith(".ttl")), key=lambda e: e.name)


def _read_folder(name: str) -> Iterator[Triple]:
    for resource in _turtle_files(name):
        yield from _read(resource)


def _read(resource: Traversable) -> Iterator[Triple]:
    for quad in parse(resource.read_bytes(), format=RdfFormat.TURTLE):
        yield quad.triple
