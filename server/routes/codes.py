"""`/code`: the code lists, each with its version, and their codes."""

from typing import Any

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import Response

from ontology.outside import DCTERMS, RDF, RDFS, SKOS, XKOS
from server.answers.caching import headers, tag, unchanged
from server.answers.negotiate import HTML, choose, split_suffix
from server.answers.patience import while_connected
from server.answers.rdf import FORMATS
from server.answers.responses import graph_answer
from server.dependencies import PoolDep
from server.engine.pool import Lease, Pool
from server.engine.process import Question
from server.errors import ProblemError
from server.language import mark as _
from server.pages.description import Row, asked, iris, learn_labels, said_anyway
from server.pages.display import Shower
from server.pages.fill import fill
from server.pages.page import page
from server.pages.query_page import shower_of
from server.routes.things import SUFFIXES, thing_answer
from server.speech import language_of, prefix_of

router = APIRouter(tags=["codes"])
DEEPEST = 5
NAMING = {SKOS.prefLabel.value, DCTERMS.title.value, RDFS.label.value}
# The page is the list itself; its levels are for programs.
UNSHOWN = NAMING | {one.value for one in (RDF.type, SKOS.hasTopConcept, XKOS.levels)}

SCHEMES = """
SELECT ?thing (SAMPLE(?versions) AS ?version) (COUNT(?code) AS ?codes) WHERE {
  ?thing a skos:ConceptScheme .
  OPTIONAL { ?thing owl:versionInfo ?versions }
  OPTIONAL { ?code skos:inScheme ?thing }
} GROUP BY ?thing"""
LABELS = """
SELECT ?thing ?label WHERE {
  ?thing a skos:ConceptScheme ; skos:prefLabel|dcterms:title|rdfs:label ?label
}"""
HEAD = """
SELECT ?property ?value WHERE { VALUES ?thing { UNDEF } ?thing ?property ?value }"""
CODES = """
SELECT ?thing ?notation ?broader ?label WHERE {
  VALUES ?scheme { UNDEF }
  ?thing skos:inScheme ?scheme .
  OPTIONAL { ?thing skos:notation ?notation }
  OPTIONAL { ?thing skos:broader ?broader }
  OPTIONAL { ?thing skos:prefLabel ?label }
}"""
WHOLE = """
CONSTRUCT { ?thing ?property ?value } WHERE {
  { VALUES ?thing { UNDEF } ?thing ?property ?value }
  UNION
  { VALUES ?scheme { UNDEF } ?thing skos:inScheme ?scheme ; ?property ?value }
  UNION
  { VALUES ?scheme { UNDEF } ?code skos:inScheme ?scheme ; skos:definition ?thing .
    ?thing ?property ?value }
}"""


@router.get("/code", summary="All code lists")
async def schemes(request: Request, pool: PoolDep) -> Response:
    """Return the code lists with their versions and sizes."""
    snapshot = pool.snapshot
    entity = tag(snapshot, "schemes", language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short

    async def work() -> Response:
        async with pool.lease() as lease:
            shower = shower_of(request, lease)
            shower.learn(await asked(lease, LABELS))
            rows = await asked(lease, SCHEMES)
        lines = sorted(
            (line(row, shower) for row in rows), key=lambda one: one["shown"].text.casefold()
        )
        given = headers(lease.snapshot, entity)
        return page(request, "schemes.html", 200, given, lines=lines, snapshot=lease.snapshot)

    return await while_connected(request, work())


def line(row: Row, shower: Shower) -> dict[str, Any]:
    """Return what is shown of one code list."""
    version = row.get("version")
    return {
        "shown": shower.iri(row["thing"]["value"]),
        "version": version["value"] if version else "",
        "codes": int(row["codes"]["value"]),
    }


@router.get("/code/{scheme}", summary="One code list")
async def scheme(request: Request, scheme: str, pool: PoolDep) -> Response:
    """Return a code list with all its codes."""
    name, suffixed = split_suffix(scheme, *SUFFIXES)
    media = suffixed or choose(request.headers.get("accept"), (HTML, *FORMATS))
    snapshot = pool.snapshot
    try:
        iri = NamedNode(f"{snapshot.base}code/{name}")
    except ValueError as error:
        raise unknown(name) from error
    entity = tag(snapshot, iri, media, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    return await while_connected(request, scheme_answer(request, pool, iri, media, entity))


async def scheme_answer(
    request: Request, pool: Pool, iri: NamedNode, media: str, entity: str
) -> Response:
    """Ask one worker for a code list."""
    async with pool.lease() as lease:
        head = await asked(lease, HEAD, thing=iri)
        if not head:
            raise unknown(iri.value.rpartition("/")[2])
        given = headers(lease.snapshot, entity)
        if media != HTML:
            text = fill(WHOLE, lease.snapshot.base, scheme=iri, thing=iri)
            found = await lease.ask(Question(text, triples="application/n-triples"))
            return await graph_answer(found, media, given)
        values = await scheme_view(request, lease, iri, head)
    return page(request, "scheme.html", 200, given, snapshot=lease.snapshot, **values)


async def scheme_view(
    request: Request, lease: Lease, iri: NamedNode, head: list[Row]
) -> dict[str, object]:
    """Return what the page of a code list shows: its codes, each below its broader one."""
    shower = shower_of(request, lease)
    rows = await asked(lease, CODES, scheme=iri)
    shower.learn(rows)
    await learn_labels(lease, shower, iris(head))
    shower.learn(
        [
            {"thing": {"value": iri.value}, "label": row["value"]}
            for row in head
            if row["property"]["value"] in NAMING
        ]
    )
    facts = [
        (shower.iri(row["property"]["value"]), shower.term(row["value"]))
        for row in head
        if row["property"]["value"] not in UNSHOWN and not said_anyway(row["property"]["value"])
    ]
    return {
        "iri": iri.value,
        "data_path": "/" + iri.value.removeprefix(lease.snapshot.base),
        "shown": shower.iri(iri.value),
        "facts": facts,
        "codes": ordered(rows, shower),
    }


def ordered(rows: list[Row], shower: Shower) -> list[dict[str, Any]]:
    """Return the codes in the order of their hierarchy, with their depth."""
    notations: dict[str, str] = {}
    below: dict[str, set[str]] = {}
    for row in rows:
        thing = row["thing"]["value"]
        notations[thing] = (
            row["notation"]["value"] if "notation" in row else thing.rpartition("/")[2]
        )
        below.setdefault(row["broader"]["value"] if "broader" in row else "", set()).add(thing)
    tops = set(below.get("", ())) | {
        one for broader, narrower in below.items() if broader not in notations for one in narrower
    }
    found: list[dict[str, Any]] = []
    pending = [(one, 0) for one in sorted(tops, key=lambda one: notations[one], reverse=True)]
    seen: set[str] = set()
    while pending:
        thing, depth = pending.pop()
        if thing in seen:
            continue
        seen.add(thing)
        found.append(
            {"shown": shower.iri(thing), "notation": notations[thing], "depth": min(depth, DEEPEST)}
        )
        narrower = sorted(below.get(thing, ()), key=lambda one: notations[one], reverse=True)
        pending += [(one, depth + 1) for one in narrower]
    return found


def unknown(name: str) -> ProblemError:
    """Return the refusal of a code list that is not in the release."""
    detail = _("There is no code list %(name)s; the lists are at /code.")
    return ProblemError("not-found", detail, name=name[:100])


@router.get("/code/{scheme}/{code:path}", summary="One code")
async def code(request: Request, scheme: str, code: str, pool: PoolDep) -> Response:
    """Return what the release says of a code."""
    return await thing_answer(request, pool, f"code/{scheme}/{code}")
