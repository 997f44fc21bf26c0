"""`/catalogue`, VoID and the examples: what programs read before they ask anything."""

import asyncio
from collections.abc import Iterable

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from starlette.responses import Response

from ontology.outside import RDF, SCHEMA, SH, VOID
from queries.describe import declare, describe
from server.about.catalogue import describe_catalogue, file_of
from server.address import root_of, with_addresses
from server.answers.caching import headers, tag, unchanged
from server.answers.negotiate import HTML, choose, split_suffix
from server.answers.rdf import FORMATS, write
from server.answers.responses import content_type
from server.dependencies import SnapshotDep
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.pages.page import page
from server.routes.dumps import WHOLE, checksums, public_files
from server.routes.things import SUFFIXES
from server.speech import language_of, prefix_of

router = APIRouter(tags=["descriptions"])


@router.get("/void", summary="How much there is of what, in VoID")
@router.get("/.well-known/void", include_in_schema=False)
@router.get("/void.{suffix}", include_in_schema=False)
async def void(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the statistics of the release, by class and by property."""
    return await data(request, snapshot, "void")


@router.get("/.well-known/sparql-examples", summary="The named questions, for editors")
async def examples(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the prefixes and the named questions as SHACL executables."""
    return await data(request, snapshot, "examples")


@router.get("/catalogue", summary="The catalogue, in DCAT-AP")
@router.get("/catalogue.{suffix}", include_in_schema=False)
async def catalogue(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the graphs of the release as datasets with their files, as a page or as data."""
    _path, suffixed = split_suffix(request.url.path, *SUFFIXES)
    media = suffixed or choose(request.headers.get("accept"), (HTML, *FORMATS))
    if media != HTML:
        return await data(request, snapshot, "catalogue", media)
    entity = tag(snapshot, "catalogue", language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    places = {iri: (name, place) for name, place, iri in public_files(snapshot) if iri}
    return page(
        request, "catalogue.html", 200, headers(snapshot, entity), files=places,
        sizes={iri: place.stat().st_size for iri, (_name, place) in places.items()},
    )  # fmt: skip


async def data(
    request: Request, snapshot: Snapshot, what: str, media: str | None = None
) -> Response:
    """Return a description in the format that the client reads."""
    _path, suffixed = split_suffix(request.url.path, *SUFFIXES)
    if suffixed == HTML and media is None:
        suffixed = None
    media = media or suffixed or choose(request.headers.get("accept"), FORMATS)
    root = root_of(request)
    entity = tag(snapshot, what, media, root)
    if short := unchanged(request, snapshot, entity):
        return with_addresses(request, short)
    body = await asyncio.to_thread(said, what, root, snapshot, media)
    given = headers(snapshot, entity) | {"Content-Type": content_type(media)}
    return with_addresses(request, Response(body, headers=given))


def said(what: str, root: str, snapshot: Snapshot, media: str) -> bytes:
    """Return a description written in a format."""
    return write(list(SAYING[what](root, snapshot)), media, snapshot.base)


def statistics(root: str, snapshot: Snapshot) -> Iterable[Triple]:
    """Yield what the build counted, with where to ask and what to take."""
    try:
        content = snapshot.release.statistics.read_bytes()
    except FileNotFoundError as error:
        detail = _("This release was built without statistics.")
        raise ProblemError("not-found", detail) from error
    whole = NamedNode(f"{snapshot.base}graph/void#dataset")
    document = NamedNode(f"{root}.well-known/void")
    yield Triple(document, RDF.type, VOID.DatasetDescription)
    yield Triple(whole, VOID.sparqlEndpoint, NamedNode(f"{root}sparql"))
    yield Triple(whole, VOID.dataDump, NamedNode(f"{root}dumps/{WHOLE}"))
    for quad in parse(content, format=RdfFormat.TURTLE):
        yield quad.triple


def questions(root: str, snapshot: Snapshot) -> Iterable[Triple]:
    """Yield the prefixes and the named questions, with where to ask them."""
    yield from declare(snapshot.base)
    for triple in describe(snapshot.queries.values()):
        yield triple
        if triple.predicate == SH.select:
            yield Triple(triple.subject, SCHEMA.target, NamedNode(f"{root}sparql"))


def datasets(root: str, snapshot: Snapshot) -> Iterable[Triple]:
    """Return the catalogue with the files that are there."""
    digests = checksums(snapshot)
    files = [
        file_of(iri, name, place, digests) for name, place, iri in public_files(snapshot) if iri
    ]
    return describe_catalogue(root, snapshot, files)


SAYING = {"void": statistics, "examples": questions, "catalogue": datasets}
