"""`/id/<kind>/<key>`: one thing, as a page or as data."""

import asyncio
import re

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import RedirectResponse, Response

from queries.changes import gone_since
from server.answers.caching import headers, tag, unchanged
from server.answers.negotiate import HTML, choose, split_suffix
from server.answers.patience import while_connected
from server.answers.rdf import FORMATS
from server.answers.responses import graph_answer, query_address
from server.dependencies import PoolDep
from server.engine.pool import Lease, Pool
from server.engine.process import Question
from server.errors import ProblemError
from server.language import mark as _
from server.pages.description import MOST_INCOMING, Description, asked, describe
from server.pages.display import Shower
from server.pages.fill import fill
from server.pages.page import page
from server.pages.thing_page import Arrangement
from server.speech import language_of, prefix_of

router = APIRouter(tags=["things"])
NUMBERED = re.compile(r"id/[^/]+/kbo(?:-establishment)?-(\d+)", re.ASCII)
LONGEST_NUMBER = 40
SUFFIXES = (".ttl", ".jsonld", ".nt", ".rdf", ".html")

ALIVE = """
SELECT ?replacement ?erased WHERE {
  { VALUES ?thing { UNDEF } ?thing ?property ?value }
  UNION
  { VALUES ?thing { UNDEF } ?from ?property ?thing }
  OPTIONAL { ?thing dcterms:isReplacedBy ?replacement }
  OPTIONAL { ?thing prov:invalidatedAtTime ?erased }
} LIMIT 1"""
POINTING = f"""
SELECT ?from WHERE {{ VALUES ?thing {{ UNDEF }} ?from ?property ?thing }}
LIMIT {MOST_INCOMING + 1}"""
# With what defines it, where that is a thing of its own.
OUTGOING = """
CONSTRUCT { ?thing ?property ?value . ?note ?says ?text } WHERE {
  { VALUES ?thing { UNDEF } ?thing ?property ?value }
  UNION
  { VALUES ?thing { UNDEF } ?thing skos:definition ?note . ?note ?says ?text }
}"""
BOTH = """
CONSTRUCT { ?thing ?property ?value . ?note ?says ?text . ?from ?way ?thing } WHERE {
  { VALUES ?thing { UNDEF } ?thing ?property ?value }
  UNION
  { VALUES ?thing { UNDEF } ?thing skos:definition ?note . ?note ?says ?text }
  UNION
  { VALUES ?thing { UNDEF } ?from ?way ?thing }
}"""
INCOMING_SHOWN = """
SELECT ?from ?property WHERE { VALUES ?thing { UNDEF } ?from ?property ?thing }"""


@router.get("/id/{kind}/{key:path}", summary="One thing")
async def thing(request: Request, kind: str, key: str, pool: PoolDep) -> Response:
    """Return what the release says of a thing: page, Turtle, JSON-LD, N-Triples, RDF/XML."""
    return await thing_answer(request, pool, f"id/{kind}/{key}")


async def thing_answer(request: Request, pool: Pool, path: str) -> Response:
    """Return the description of the thing at a path under the base."""
    path, suffixed = split_suffix(path, *SUFFIXES)
    media = suffixed or choose(request.headers.get("accept"), (HTML, *FORMATS))
    snapshot = pool.snapshot
    try:
        iri = NamedNode(snapshot.base + path)
    except ValueError as error:
        raise unknown(path) from error
    entity = tag(snapshot, iri, media, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    return await while_connected(request, answer(request, pool, iri, media))


async def answer(request: Request, pool: Pool, iri: NamedNode, media: str) -> Response:
    """Ask one worker all there is to ask of a thing."""
    async with pool.lease() as lease:
        rows = await asked(lease, ALIVE, thing=iri)
        if not rows:
            await refuse_removed(lease, iri)
            raise unknown(iri.value.removeprefix(lease.snapshot.base))
        if "replacement" in rows[0]:
            return moved(request, lease, rows[0]["replacement"]["value"])
        if "erased" in rows[0]:
            raise gone(iri.value.removeprefix(lease.snapshot.base), rows[0]["erased"]["value"])
        entity = tag(lease.snapshot, iri, media, language_of(request).code, prefix_of(request))
        given = headers(lease.snapshot, entity)
        if media == HTML:
            return await html(request, lease, iri, given)
        return await data(lease, iri, media, given)


def moved(request: Request, lease: Lease, iri: str) -> Response:
    """Send a client to the IRI under which a thing is known now."""
    target = lease.snapshot.local(iri)
    suffix = next((one for one in SUFFIXES if request.url.path.endswith(one)), "")
    address = prefix_of(request) + target + suffix if target else iri
    return RedirectResponse(address, 308, headers(lease.snapshot))


def gone(path: str, moment: str) -> ProblemError:
    """Return the refusal of a thing of which a release only says that it was erased, and when."""
    detail = _("%(path)s was erased on %(day)s.")
    return ProblemError("gone", detail, path=path[:200], day=moment[:10])


async def refuse_removed(lease: Lease, iri: NamedNode) -> None:
    """Refuse a thing that an earlier release had and that is not there any more."""
    release = lease.snapshot.release
    by = await asyncio.to_thread(gone_since, release, iri.value)
    if by is not None:
        path = iri.value.removeprefix(lease.snapshot.base)[:200]
        detail = _("%(path)s was removed by the release %(release)s: no source names it any more.")
        raise ProblemError("gone", detail, path=path, release=by)


def unknown(path: str) -> ProblemError:
    """Return the refusal of a thing that is not in the release."""
    number = NUMBERED.fullmatch(path)
    if number and not has_check_digits(number[1]):
        detail = _(
            "%(number)s is not a number of the register: its check digits are wrong (ten digits, "
            "the last two being 97 minus the remainder of the first eight divided by 97). "
            "Compare it with the source."
        )
        return ProblemError("bad-parameter", detail, number=number[1][:LONGEST_NUMBER])
    return ProblemError("not-found", _("The release says nothing of %(path)s."), path=path[:200])


def has_check_digits(number: str) -> bool:
    """Tell whether a number of the Belgian register is written as the register writes it.

    >>> has_check_digits("0200065765"), has_check_digits("0200065766"), has_check_digits("1")
    (True, False, False)
    """
    return len(number) == 10 and 97 - int(number[:8]) % 97 == int(number[8:])


async def data(lease: Lease, iri: NamedNode, media: str, given: dict[str, str]) -> Response:
    """Return the statements of a thing, and those about it unless they are very many."""
    pointing = await asked(lease, POINTING, thing=iri)
    few = len(pointing) <= MOST_INCOMING
    text = fill(BOTH if few else OUTGOING, lease.snapshot.base, thing=iri)
    if not few:
        # None of them rather than some: the link gives them all, page by page.
        more = query_address(fill(INCOMING_SHOWN, lease.snapshot.base, thing=iri))
        given = {**given, "Link": f'<{more}>; rel="related"; title="incoming statements"'}
    found = await lease.ask(Question(text, triples="application/n-triples"))
    return await graph_answer(found, media, given)


async def html(request: Request, lease: Lease, iri: NamedNode, given: dict[str, str]) -> Response:
    """Return the page of a thing."""
    shower = Shower(lease.snapshot, language_of(request), prefix_of(request))
    found = await describe(lease, iri, shower)
    if found is None:
        raise unknown(iri.value)
    values = view(found, shower)
    return page(request, "thing.html", 200, given, snapshot=lease.snapshot, **values)


def view(found: Description, shower: Shower) -> dict[str, object]:
    """Return what the template of a thing shows."""
    base = shower.snapshot.base
    return {
        "iri": found.iri,
        "data_path": "/" + found.iri.removeprefix(base),
        "arranged": Arrangement(found, shower),
        "truncated": found.truncated,
        "limit": MOST_INCOMING,
        "all_incoming": query_address(fill(INCOMING_SHOWN, base, thing=NamedNode(found.iri))),
        "shower": shower,
    }
