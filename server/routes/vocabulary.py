"""`/ns`: every class and property of the vocabulary, as a page and as data."""

from collections import defaultdict
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import Response

from ontology import NAMESPACE
from ontology.outside import OWL, RDF, RDFS, SCHEMA
from server.answers.caching import headers, tag, unchanged
from server.answers.negotiate import HTML, choose, split_suffix
from server.answers.patience import while_connected
from server.answers.rdf import FORMATS
from server.answers.responses import graph_answer
from server.dependencies import PoolDep
from server.engine.pool import Pool
from server.engine.process import Question
from server.pages.description import Row, asked
from server.pages.display import Shower, Shown
from server.pages.fill import fill
from server.pages.page import page
from server.pages.query_page import shower_of
from server.routes.things import SUFFIXES
from server.speech import language_of, prefix_of

router = APIRouter(tags=["vocabulary"])

TERMS = """
SELECT ?term ?property ?value WHERE { VALUES ?ontology { UNDEF }
  ?term rdfs:isDefinedBy ?ontology ; ?property ?value }"""
WHOLE = """
CONSTRUCT { ?term ?property ?value } WHERE {
  { VALUES ?term { UNDEF } ?term ?property ?value }
  UNION
  { VALUES ?ontology { UNDEF } ?term rdfs:isDefinedBy ?ontology ; ?property ?value }
}"""
ONTOLOGY = NamedNode(NAMESPACE.removesuffix("#"))
LABEL, COMMENT = RDFS.label.value, RDFS.comment.value
SHOWN = (
    RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, SCHEMA.domainIncludes, RDFS.range,
    SCHEMA.rangeIncludes, OWL.inverseOf, NamedNode(f"{NAMESPACE}codeScheme"),
)  # fmt: skip


@dataclass
class Term:
    """One term as the page shows it."""

    name: str
    shown: Shown
    labels: list[tuple[str, str]] = field(default_factory=list)
    comment: tuple[str, str] | None = None
    facts: list[tuple[Shown, list[Shown]]] = field(default_factory=list)


@router.get("/ns", summary="The vocabulary")
@router.get("/ns.{suffix}", include_in_schema=False)
async def vocabulary(request: Request, pool: PoolDep) -> Response:
    """Return the vocabulary of the release, each term with an anchor."""
    _path, suffixed = split_suffix(request.url.path, *SUFFIXES)
    media = suffixed or choose(request.headers.get("accept"), (HTML, *FORMATS))
    snapshot = pool.snapshot
    entity = tag(snapshot, "ns", media, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    return await while_connected(request, answer(request, pool, media, entity))


async def answer(request: Request, pool: Pool, media: str, entity: str) -> Response:
    """Ask one worker for the vocabulary."""
    async with pool.lease() as lease:
        given = headers(lease.snapshot, entity)
        if media != HTML:
            text = fill(WHOLE, lease.snapshot.base, ontology=ONTOLOGY, term=ONTOLOGY)
            found = await lease.ask(Question(text, triples="application/n-triples"))
            return await graph_answer(found, media, given)
        rows = await asked(lease, TERMS, ontology=ONTOLOGY)
        shower = shower_of(request, lease)
    classes, properties = arranged(rows, shower)
    values = {"classes": classes, "properties": properties, "snapshot": lease.snapshot}
    return page(request, "vocabulary.html", 200, given, **values)


def arranged(rows: list[Row], shower: Shower) -> tuple[list[Term], list[Term]]:
    """Return the classes and the properties by name."""
    said: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        said[row["term"]["value"]][row["property"]["value"]].append(row["value"])
    classes: list[Term] = []
    properties: list[Term] = []
    for iri in sorted(said, key=str.casefold):
        kinds = {value["value"] for value in said[iri][RDF.type.value]}
        is_class = kinds & {OWL.Class.value, RDFS.Class.value}
        (classes if is_class else properties).append(term(iri, said[iri], shower))
    return classes, properties


def term(iri: str, said: dict[str, list[Row]], shower: Shower) -> Term:
    """Return one term."""
    by_rank = lambda value: shower.rank(value.get("xml:lang", ""))  # noqa: E731
    labels = [(one.get("xml:lang", ""), one["value"]) for one in sorted(said[LABEL], key=by_rank)]
    comments = sorted(said[COMMENT], key=by_rank)
    facts = []
    for known in SHOWN:
        values = [shower.term(value) for value in said.get(known.value, ())]
        if values:
            name = Shown(known.value.rpartition("#")[2].rpartition("/")[2], title=known.value)
            facts.append((name, sorted(values, key=lambda one: one.text)))
    comment = (comments[0].get("xml:lang", ""), comments[0]["value"]) if comments else None
    return Term(iri.removeprefix(NAMESPACE), shower.iri(iri), labels, comment, facts)
