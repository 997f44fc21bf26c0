"""`/search`: things by a part of their name, or by their number."""

import re
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pyoxigraph import Literal, NamedNode
from starlette.responses import Response

from ontology.outside import SKOS
from queries.binding import escape
from server.answers.caching import headers, tag, unchanged
from server.answers.patience import while_connected
from server.dependencies import PoolDep
from server.engine.pool import Lease
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.pages.description import STATEMENTS, Row, asked, kind_of, learn_labels
from server.pages.display import Shower, Shown
from server.pages.page import page
from server.pages.query_page import shower_of
from server.sparql.protocol import pairs
from server.speech import language_of, prefix_of

router = APIRouter(tags=["things"])
IN_SCHEME = SKOS.inScheme.value
LONGEST = 200
MOST_WORDS = 6
MOST_FOUND = 400
MOST_SHOWN = 50
PARAMETERS = [
    {
        "name": "q", "in": "query", "schema": {"type": "string", "maxLength": LONGEST},
        "description": "words of a name, or a number", "example": "fédération",
    }
]  # fmt: skip
# Each letter stands for itself with any accent, so that « fédération » is found as it is typed.
VARIANTS = {
    "a": "[aàâäáãå]", "c": "[cç]", "e": "[eéèêë]", "i": "[iîïíì]", "n": "[nñ]",
    "o": "[oôöóòõ]", "u": "[uùûüú]", "y": "[yÿý]", "œ": "(?:œ|oe)", "æ": "(?:æ|ae)",
    "'": "['’ʼ]", "’": "['’ʼ]",
}  # fmt: skip
BASES = {letter: plain for plain, group in VARIANTS.items() for letter in group if letter.isalpha()
         and plain.isascii()}  # fmt: skip
BY_NUMBER = """
SELECT DISTINCT ?thing ?label WHERE {
  VALUES ?number { UNDEF }
  ?identifier skos:notation ?number . ?thing se:identifiedBy ?identifier .
  BIND(?number AS ?label)
} LIMIT 50"""


@dataclass(frozen=True)
class Found:
    """One thing that fits."""

    thing: Shown
    matched: str | None
    kind: Shown | None


@router.get("/search", summary="Search by name or number", openapi_extra={"parameters": PARAMETERS})
async def search(request: Request, pool: PoolDep) -> Response:
    """Return the things whose name has all the words of q, or that have the number q."""
    wanted = wanted_text(request)
    snapshot = pool.snapshot
    entity = tag(snapshot, "search", wanted, language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short

    async def work() -> Response:
        found: list[Found] = []
        total = 0
        async with pool.lease() as lease:
            if wanted:
                shower = shower_of(request, lease)
                rows = await matches(lease, wanted)
                total = len({row["thing"]["value"] for row in rows})
                found = await presented(lease, shower, ranked(rows, wanted))
        return page(
            request, "search.html", 200, headers(lease.snapshot, entity), wanted=wanted,
            found=found, total=total, more=len(found) < total, capped=total >= MOST_FOUND,
            snapshot=lease.snapshot,
        )  # fmt: skip

    return await while_connected(request, work())


def wanted_text(request: Request) -> str:
    """Return what is searched for."""
    given = dict(pairs(request.scope["query_string"]))
    text = " ".join(given.get("q", "").split())
    if len(text) > LONGEST or "\0" in text:
        detail = _("q is a text of at most %(limit)s characters, for example %(example)s.")
        raise ProblemError("bad-parameter", detail, limit=LONGEST, example="fédération")
    return text


async def matches(lease: Lease, wanted: str) -> list[Row]:
    """Return things and the labels by which they fit."""
    number = re.sub(r"[\s.\-/]", "", wanted)
    found: list[Row] = []
    if re.fullmatch(r"[A-Za-z]{0,3}\d{4,}[A-Za-z]?", number):
        texts = {wanted, number, number.upper(), re.sub(r"^[A-Za-z]+", "", number)}
        found = await asked(lease, BY_NUMBER, number=[Literal(text) for text in sorted(texts)])
    return found or await asked(lease, by_label(wanted))


def by_label(wanted: str) -> str:
    """Return the query for labels in which all words occur."""
    patterns = [pattern(word) for word in wanted.split()[:MOST_WORDS]]
    filters = " && ".join(f"REGEX(STR(?label), {escape(Literal(one))}, 'i')" for one in patterns)
    return f"""
SELECT DISTINCT ?thing ?label WHERE {{
  {{ ?thing skos:prefLabel ?label }}
  UNION {{ ?thing skos:altLabel ?label }}
  UNION {{ ?thing skos:notation ?label }}
  FILTER({filters})
}} LIMIT {MOST_FOUND}"""


def pattern(word: str) -> str:
    """Return a regular expression for a word, whatever its accents."""
    plain = (BASES.get(letter, letter) for letter in word.casefold())
    return "".join(VARIANTS.get(letter, re.escape(letter)) for letter in plain)


def ranked(rows: list[Row], wanted: str) -> dict[str, str]:
    """Return things with the label that fits best, the closest first."""
    whole = re.compile(pattern(wanted), re.IGNORECASE)

    def distance(row: Row) -> tuple[bool, bool, bool, int, str, str]:
        text, thing = row["label"]["value"], row["thing"]["value"]
        differs, elsewhere = not whole.fullmatch(text), not whole.match(text)
        return (differs, "/code/" in thing, elsewhere, len(text), text.casefold(), thing)

    best: dict[str, str] = {}
    for row in sorted(rows, key=distance):
        best.setdefault(row["thing"]["value"], row["label"]["value"])
    return best


async def presented(lease: Lease, shower: Shower, best: dict[str, str]) -> list[Found]:
    """Return the first things with their names and what they are."""
    first = dict(list(best.items())[:MOST_SHOWN])
    if not first:
        return []
    said: dict[str, list[Row]] = {}
    for row in await asked(lease, STATEMENTS, thing=[NamedNode(iri) for iri in first]):
        said.setdefault(row["thing"]["value"], []).append(row)
    natures = {iri: nature(said.get(iri, []), lease.snapshot) for iri in first}
    await learn_labels(lease, shower, [*first, *filter(None, natures.values())])
    found = []
    for iri, label in first.items():
        shown, kind = shower.iri(iri), natures[iri]
        matched = label if label != shown.text else None
        found.append(Found(shown, matched, shower.iri(kind) if kind else None))
    return found


def nature(rows: list[Row], snapshot: Snapshot) -> str | None:
    """Return the class of a thing, or the list of a code."""
    lists = (row["value"]["value"] for row in rows if row["property"]["value"] == IN_SCHEME)
    return next(lists, None) or kind_of(rows, snapshot)
