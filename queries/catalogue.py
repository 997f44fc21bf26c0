"""The named questions: reads every `.rq` file with its header, ready to be bound and asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, get_args

from pyoxigraph import QuerySolutions, Store

from ontology import DEFAULT_BASE
from queries.header import Header, QueryFileError, read_header

CHECKS = "checks"
# What maps are drawn from is not asked by name.
APART = frozenset({"maps"})

ParameterType = Literal["iri", "text", "date", "integer", "concept"]

VALUES_ROW = re.compile(r"VALUES\s+\?(?P<name>\w+)\s*\{\s*(?P<term>[^{}]*?)\s*\}")
_TERM = re.compile(
    r'<(?P<iri>[^<>]*)>|"(?P<text>[^"\\]*)"(?:\^\^(?:xsd:date|<[^<>]*#date>))?'
    r"|(?P<number>-?\d+)|UNDEF"
)
# The vocabulary and the shapes keep their names wherever the data live.
_OWN_IRI = re.compile(rf"<{re.escape(DEFAULT_BASE)}(?!(?:ns|shapes)[#>])(?P<rest>[^<>\s]*)>")


@dataclass(frozen=True)
class Parameter:
    """One blank of a question."""

    name: str
    type: ParameterType
    optional: bool
    example: str
    about: str
    about_fr: str
    scheme: str | None = None
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class NamedQuery:
    """One question of the platform; its text runs as it stands."""

    name: str
    topic: str
    summary: str
    summary_fr: str
    tags: tuple[str, ...]
    questions: tuple[int, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    text: str
    base: str = DEFAULT_BASE

    def example_values(self) -> dict[str, str]:
        """Values that give an answer on the bundled sources."""
        return {parameter.name: parameter.example for parameter in self.parameters}


@cache
def catalogue(base: str = DEFAULT_BASE) -> dict[str, NamedQuery]:
    """Return every question by name, written for a base IRI."""
    return {query.name: query for query in _read_all(base) if query.topic != CHECKS}


@cache
def checks(base: str = DEFAULT_BASE) -> dict[str, NamedQuery]:
    """Return the quality rules by name: each row of an answer is a defect."""
    return {query.name: query for query in _read_all(base) if query.topic == CHECKS}


def rebase(text: str, base: str) -> str:
    """Rewrite the IRIs of our things, codes and graphs to another base."""
    if base == DEFAULT_BASE:
        return text
    return _OWN_IRI.sub(lambda match: f"<{base}{match['rest']}>", text)


def read_query(text: str, name: str, topic: str, base: str = DEFAULT_BASE) -> NamedQuery:
    """Read one query file; raises QueryFileError where it breaks the rules."""
    where = f"{topic}/{name}.rq"
    header = read_header(text, where)
    text = rebase(text, base)
    examples = _examples(text, where)
    missing = [key for key in ("summary", "summary_fr") if key not in header.texts]
    if missing or not header.lists.get("tags"):
        raise QueryFileError(where, 1, f"the header lacks {', '.join(missing) or 'tags'}")
    if unknown := set(examples) ^ set(header.parameters):
        what = f"in the header or in a VALUES row, not in both: {', '.join(sorted(unknown))}"
        raise QueryFileError(where, 1, what)
    parameters = (
        _parameter(one, described, examples[one], where, base)
        for one, described in header.parameters.items()
    )
    return NamedQuery(
        name=name,
        topic=topic,
        summary=header.texts["summary"],
        summary_fr=header.texts["summary_fr"],
        tags=header.lists["tags"],
        questions=_questions(header, where),
        parameters=tuple(parameters),
        columns=_columns(text, where),
        text=text,
        base=base,
    )


def _read_all(base: str) -> Iterator[NamedQuery]:
    seen: set[str] = set()
    for topic, entry in _files():
        name = entry.name.removesuffix(".rq")
        if name in seen:
            raise QueryFileError(f"{topic}/{entry.name}", 1, "another topic has this name")
        seen.add(name)
        yield read_query(entry.read_text(encoding="utf-8"), name, topic, base)


def _files() -> Iterator[tuple[str, Traversable]]:
    entries = files("queries").iterdir()
    topics = (entry for entry in entries if entry.is_dir() and entry.name not in APART)
    for topic in sorted(topics, key=lambda entry: entry.name):
        for entry in sorted(topic.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".rq"):
                yield topic.name, entry


def _examples(text: str, where: str) -> dict[str, str | None]:
    """Return the example of each VALUES row; None where the row holds UNDEF."""
    found: dict[str, str | None] = {}
    for row in VALUES_ROW.finditer(text):
        line = text.count("\n", 0, row.start()) + 1
        if row["name"] in found:
            raise QueryFileError(where, line, f"two VALUES rows for ?{row['name']}")
        term = _TERM.fullmatch(row["term"])
        if term is None:
            what = f"?{row['name']} takes one full IRI, text, date, number or UNDEF"
            raise QueryFileError(where, line, what)
        values = (term["iri"], term["text"], term["number"])
        found[row["name"]] = next((value for value in values if value is not None), None)
    return found


def _parameter(
    name: str, described: dict[str, str], example: str | None, where: str, base: str
) -> Parameter:
    kind = _parameter_type(described.get("type"))
    optional = described.get("optional", "false")
    if kind is None or optional not in {"true", "false"}:
        raise QueryFileError(where, 1, f"{name}: unknown type, or optional is not true or false")
    if (kind == "concept") != ("scheme" in described):
        raise QueryFileError(where, 1, f"{name}: a concept, and nothing else, has a scheme")
    if optional == "false" and example is None:
        raise QueryFileError(where, 1, f"{name}: only an optional parameter may hold UNDEF")
    if missing := [key for key in ("about", "about_fr") if not described.get(key)]:
        raise QueryFileError(where, 1, f"{name}: lacks {', '.join(missing)}")
    shown = rebase(f"<{described['example']}>", base)[1:-1] if "example" in described else example
    if shown is None:
        raise QueryFileError(where, 1, f"{name}: UNDEF needs an example in the header")
    return Parameter(
        name=name,
        type=kind,
        optional=optional == "true",
        example=shown,
        about=described["about"],
        about_fr=described["about_fr"],
        scheme=described.get("scheme"),
        minimum=int(described["min"]) if "min" in described else None,
        maximum=int(described["max"]) if "max" in described else None,
    )


def _parameter_type(name: str | None) -> ParameterType | None:
    return next((kind for kind in get_args(ParameterType) if kind == name), None)


def _questions(header: Header, where: str) -> tuple[int, ...]:
    numbers = header.lists.get("cq", ())
    if not all(number.isdecimal() for number in numbers):
        raise QueryFileError(where, 1, "cq holds numbers of competency questions")
    return tuple(int(number) for number in numbers)


def _columns(text: str, where: str) -> tuple[str, ...]:
    try:
        answer = Store().query(text)
    except SyntaxError as error:
        place = re.search(r"error at (\d+):", str(error))
        raise QueryFileError(where, int(place[1]) if place else 1, str(error)) from error
    if not isinstance(answer, QuerySolutions):
        raise QueryFileError(where, 1, "only SELECT answers rows")
    return tuple(variable.value for variable in answer.variables)
