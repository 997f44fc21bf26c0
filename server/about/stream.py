"""The stream of changes as Linked Data Event Streams and TREE describe it, in RDF."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ontology.outside import AS, DCTERMS, LDES, RDF, RDFS, SH, TREE, XSD
from queries.changes import Thing
from queries.release import Release

# Members of one page.
PAGE = 250
RELATION = TREE.GreaterThanOrEqualToRelation


@dataclass(frozen=True)
class Page:
    """One page of the changes of a release, counted from 1."""

    release: Release
    number: int
    last: int


def pages(things: int) -> int:
    """Return how many pages so many changed things take.

    >>> pages(0), pages(250), pages(251)
    (0, 1, 2)
    """
    return -(-things // PAGE)


def address(root: str, release: str = "", number: int = 0) -> NamedNode:
    """Return where the view is, or a page."""
    return NamedNode(f"{root}changes/ldes" + (f"/{release}/{number}" if release else ""))


def moment(release: Release) -> Literal:
    """Return when a release was made."""
    return Literal(release.manifest.created.isoformat(), datatype=XSD.dateTime)


def describe_stream(root: str, node: NamedNode) -> Iterator[Triple]:
    """Yield what every page says: the stream, how its members are made, and the page itself."""
    stream, shape = NamedNode(f"{address(root).value}#stream"), member_shape(root)
    yield Triple(stream, RDF.type, LDES.EventStream)
    yield Triple(stream, LDES.timestampPath, DCTERMS.created)
    yield Triple(stream, LDES.versionOfPath, DCTERMS.isVersionOf)
    yield Triple(stream, LDES.versionDeleteObject, AS.Delete)
    yield Triple(stream, TREE.shape, shape)
    yield Triple(stream, TREE.view, node)
    yield Triple(node, RDF.type, TREE.Node)
    yield Triple(shape, RDF.type, SH.NodeShape)
    for path, constraint, value in (
        (DCTERMS.created, SH.datatype, XSD.dateTime), (DCTERMS.isVersionOf, SH.nodeKind, SH.IRI)
    ):  # fmt: skip
        part = NamedNode(f"{shape.value}-{path.value.rpartition('/')[2]}")
        yield Triple(shape, SH.property, part)
        yield Triple(part, SH.path, path)
        yield Triple(part, constraint, value)
        for bound in (SH.minCount, SH.maxCount):
            yield Triple(part, bound, Literal("1", datatype=XSD.integer))


def member_shape(root: str) -> NamedNode:
    """Return the name of the shape that every member has."""
    return NamedNode(f"{address(root).value}#member")


def describe_view(root: str, listed: Sequence[Release]) -> Iterator[Triple]:
    """Yield the view: the first page of each release that has some, and how long they are kept."""
    node = address(root)
    yield from describe_stream(root, node)
    for release in listed:
        yield from relation(node, address(root, release.id, 1), release)
    if listed:
        policy = NamedNode(f"{node.value}#retention")
        yield Triple(node, LDES.retentionPolicy, policy)
        yield Triple(policy, RDF.type, LDES.RetentionPolicy)
        oldest = min(listed, key=lambda one: one.manifest.created)
        yield Triple(policy, LDES.startingFrom, moment(oldest))


def relation(node: NamedNode, target: NamedNode, release: Release) -> Iterator[Triple]:
    """Yield the relation to a page that has nothing older than a release."""
    # Names instead of blank nodes: a page has the same bytes each time.
    found = NamedNode(f"{node.value}#to-{release.id}")
    yield Triple(node, TREE.relation, found)
    yield Triple(found, RDF.type, RELATION)
    # Said again here, so that a page can be judged without the vocabulary of TREE.
    yield Triple(RELATION, RDFS.subClassOf, TREE.Relation)
    yield Triple(found, TREE.path, DCTERMS.created)
    yield Triple(found, TREE.value, moment(release))
    yield Triple(found, TREE.node, target)


def describe_page(
    root: str, page: Page, things: Iterable[Thing], said: Mapping[str, Sequence[Triple]]
) -> Iterator[Triple]:
    """Yield a page: each thing as a version of itself, with what the release says of it."""
    release = page.release
    node = address(root, release.id, page.number)
    yield from describe_stream(root, node)
    if page.number < page.last:
        yield from relation(node, address(root, release.id, page.number + 1), release)
    stream = NamedNode(f"{address(root).value}#stream")
    for thing in things:
        member = version(release, thing.iri)
        yield Triple(stream, TREE.member, member)
        yield Triple(member, DCTERMS.isVersionOf, NamedNode(thing.iri))
        yield Triple(member, DCTERMS.created, moment(release))
        if thing.change == "removed":
            yield Triple(member, RDF.type, AS.Delete)
        for triple in said.get(thing.iri, ()):
            yield Triple(member, triple.predicate, triple.object)


def version(release: Release, iri: str) -> NamedNode:
    """Return the name of a thing as it is in a release, wherever the release is served."""
    base = release.manifest.base
    return NamedNode(f"{base}changes/ldes/{release.id}#{iri.removeprefix(f'{base}id/')}")


def by_subject(ntriples: bytes) -> dict[str, list[Triple]]:
    """Return statements by what they are about."""
    found: dict[str, list[Triple]] = {}
    for quad in parse(ntriples, format=RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, NamedNode):
            found.setdefault(quad.subject.value, []).append(quad.triple)
    return found
