"""The parameters of named questions as OpenAPI describes them, codes of short lists included."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyoxigraph import NamedNode

from queries.binding import LONGEST
from queries.catalogue import NamedQuery, Parameter
from server.engine.pool import Lease
from server.language import LANGUAGES
from server.pages.description import asked
from server.questions.paging import LARGEST
from server.questions.reserved import DIALECTS, FORMATS

MOST_CODES = 60
TYPES: Mapping[str, dict[str, Any]] = {
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer", "format": "int64"},
    "iri": {"type": "string", "format": "uri", "maxLength": LONGEST},
    "concept": {"type": "string", "maxLength": LONGEST},
    "text": {"type": "string", "maxLength": LONGEST},
}
# The codes of those lists that are short; the values of a long one are looked up at /code.
CODES = f"""
SELECT ?scheme ?thing WHERE {{
  {{ SELECT ?scheme (COUNT(DISTINCT ?one) AS ?codes) WHERE {{
      VALUES ?scheme {{ UNDEF }}
      ?one skos:inScheme ?scheme
    }} GROUP BY ?scheme HAVING (COUNT(DISTINCT ?one) <= {MOST_CODES}) }}
  ?thing skos:inScheme ?scheme
}}"""


def common(name: str, about: str, schema: dict[str, Any], example: object) -> dict[str, Any]:
    """Return a parameter that every question takes."""
    return {
        "name": name, "in": "query", "required": False, "description": about, "schema": schema,
        "example": example,
    }  # fmt: skip


COMMON: Mapping[str, dict[str, Any]] = {
    str(one["name"]): one
    for one in (
        common(
            "limit", "rows of a page; without it the whole answer comes at once",
            {"type": "integer", "minimum": 1, "maximum": LARGEST}, 100,
        ),
        {
            "name": "after", "in": "query", "required": False, "schema": {"type": "string"},
            "description": "token of the page before, as the header Link gives it",
        },
        common(
            "format", "format of the answer, instead of Accept or a suffix",
            {"type": "string", "enum": list(FORMATS)}, "csv",
        ),
        common(
            "dialect", "CSV for Excel in French",
            {"type": "string", "enum": list(DIALECTS)}, DIALECTS[0],
        ),
        common(
            "lang", "language of pages and of the second sheet of a workbook",
            {"type": "string", "enum": list(LANGUAGES)}, LANGUAGES[0],
        ),
        {
            "name": "release", "in": "query", "required": False, "schema": {"type": "string"},
            "description": "a release of /releases that answers instead of the one being served",
        },
    )
}  # fmt: skip


async def short_lists(lease: Lease, queries: Sequence[NamedQuery]) -> dict[str, list[str]]:
    """Return the codes of the short lists that parameters of questions name."""
    start = f"{lease.snapshot.base}code/"
    named = sorted({one.scheme for query in queries for one in query.parameters if one.scheme})
    schemes = [NamedNode(start + scheme) for scheme in named]
    found: dict[str, list[str]] = {}
    for row in await asked(lease, CODES, scheme=schemes):
        scheme = row["scheme"]["value"]
        code = row["thing"]["value"].removeprefix(f"{scheme}/")
        found.setdefault(scheme.removeprefix(start), []).append(code)
    return {scheme: sorted(set(codes)) for scheme, codes in found.items()}


def parameter(one: Parameter, codes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return a parameter of a question."""
    return {
        "name": one.name,
        "in": "query",
        "required": not one.optional,
        "description": about(one),
        "schema": schema(one, codes),
        "example": example(one),
    }


def about(one: Parameter) -> str:
    """Return what a parameter is; for a code, where the codes are listed."""
    return f"{one.about} (a code of /code/{one.scheme}, or its IRI)" if one.scheme else one.about


def schema(one: Parameter, codes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the values that a parameter takes."""
    found = dict(TYPES[one.type])
    if one.scheme and one.scheme in codes:
        return {"type": "string", "enum": list(codes[one.scheme])}
    if one.minimum is not None:
        found["minimum"] = one.minimum
    if one.maximum is not None:
        found["maximum"] = one.maximum
    return found


def example(one: Parameter) -> str | int:
    """Return a value that works, in the type of the parameter; of a concept, its code."""
    if one.type == "integer":
        return int(one.example)
    return one.example.rpartition("/")[2] if one.scheme else one.example
