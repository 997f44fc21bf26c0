"""What a query answers, in a form in which two answers can be compared."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from tests.conformance.manifest import PUBLISHED

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
CSV = "text/csv"
TURTLE = "text/turtle"
XML = "application/sparql-results+xml"
# The format in which an answer is asked for, by the suffix of what is expected.
MEDIA = {
    ".srx": XML,
    ".srj": "application/sparql-results+json",
    ".csv": CSV,
    ".tsv": "text/tab-separated-values",
}
XSD = "http://www.w3.org/2001/XMLSchema#"
# Values of one datatype are compared as such: "1.0" and "1" are the same xsd:decimal.
VALUES: dict[str, Callable[[str], object]] = {
    f"{XSD}integer": int,
    f"{XSD}decimal": lambda text: Decimal(text).normalize(),
    f"{XSD}float": float,
    f"{XSD}double": float,
    f"{XSD}boolean": {"0": "false", "1": "true", "false": "false", "true": "true"}.__getitem__,
}
Term = NamedNode | BlankNode | Literal | Triple
Row = dict[str, Term]


@dataclass(frozen=True)
class Table:
    """The solutions of a SELECT query; a row leaves out what is not bound."""

    variables: frozenset[str]
    rows: tuple[Row, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Statements:
    """The triples of a CONSTRUCT or DESCRIBE query."""

    triples: tuple[Triple, ...]


Result = bool | Table | Statements


def expected(place: Path) -> tuple[str, Result]:
    """Return what a test expects, and the media type in which to ask for it."""
    content = place.read_bytes()
    if media := MEDIA.get(place.suffix):
        return media, read(content, media)
    form = RdfFormat.from_extension(place.suffix[1:])
    assert form is not None, place
    triples = [quad.triple for quad in parse(content, form, base_iri=address(place))]
    table = result_set(triples)
    return (TURTLE, Statements(tuple(triples))) if table is None else (XML, table)


def address(place: Path) -> str:
    """Return where a file of the suite is published."""
    parts = place.parts
    start = len(parts) - parts[::-1].index("sparql") - 1
    return PUBLISHED + "/".join(parts[start:])


def read(content: bytes, media: str) -> Result:
    """Read an answer; raises SyntaxError or ValueError where it breaks its format."""
    if media == CSV:
        return read_csv(content)
    if media == TURTLE:
        return Statements(tuple(q.triple for q in parse(content, RdfFormat.TURTLE)))
    form = QueryResultsFormat.from_media_type(media)
    assert form is not None, media
    found = parse_query_results(content, form)
    if isinstance(found, QueryBoolean):
        return bool(found)
    names = [variable.value for variable in found.variables]
    rows = tuple(
        {name: by_value(value) for name in names if (value := solution[name]) is not None}
        for solution in found
    )
    return Table(frozenset(names), rows)


def read_csv(content: bytes) -> Table:
    """Read CSV results, in which a term has lost its kind but blank nodes keep theirs."""
    lines = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    header, *rest = lines
    if any(len(line) != len(header) for line in rest):
        raise ValueError("a row of the CSV has not as many cells as its header")
    rows = tuple({n: csv_term(v) for n, v in zip(header, line, strict=True)} for line in rest)
    return Table(frozenset(header), rows)


def csv_term(text: str) -> Term:
    """Return a cell as a term."""
    return BlankNode(text[2:]) if text.startswith("_:") else Literal(text)


def result_set(triples: Sequence[Triple]) -> Result | None:
    """Return the result set that a graph describes; None when it is a plain graph."""
    objects: dict[tuple[str, str], list[Term]] = {}
    for triple in triples:
        name = triple.predicate.value.removeprefix(RS)
        objects.setdefault((str(triple.subject), name), []).append(triple.object)
    kind = NamedNode(f"{RS}ResultSet")
    whole = next((str(t.subject) for t in triples if t.object == kind), None)
    if whole is None:
        return None
    for value in objects.get((whole, "boolean"), []):
        return isinstance(value, Literal) and value.value == "true"
    names = frozenset(text(value) for value in objects.get((whole, "resultVariable"), []))
    rows: list[tuple[int, Row]] = []
    for solution in map(str, objects.get((whole, "solution"), [])):
        bound = [str(one) for one in objects.get((solution, "binding"), [])]
        row = {
            text(objects[one, "variable"][0]): by_value(objects[one, "value"][0]) for one in bound
        }
        index = objects.get((solution, "index"))
        rows.append((int(text(index[0])) if index else 0, row))
    ordered = any(index for index, _row in rows)
    rows.sort(key=lambda one: one[0])
    return Table(names, tuple(row for _index, row in rows), ordered)


def by_value(term: Term) -> Term:
    """Return a number or truth value in one way of writing it; any other term as it is."""
    if isinstance(term, Literal) and (value := VALUES.get(term.datatype.value)):
        with suppress(ValueError, KeyError, InvalidOperation):
            return Literal(str(value(term.value)), datatype=term.datatype)
    if isinstance(term, Triple):
        subject, value_of = by_value(term.subject), by_value(term.object)
        return Triple(subject, term.predicate, value_of)  # type: ignore[arg-type]
    return term


def text(term: Term) -> str:
    """Return the text of a literal."""
    assert isinstance(term, Literal)
    return term.value


def difference(wanted: Result, found: Result, *, lax: bool = False) -> str | None:
    """Return in words how an answer differs from what is expected; None when it does not."""
    if isinstance(wanted, Table) and isinstance(found, Table):
        return table_difference(wanted, found, lax)
    if isinstance(wanted, Statements) and isinstance(found, Statements):
        one, other = canonical_triples(wanted.triples), canonical_triples(found.triples)
        return None if one == other else f"{len(other)} triples, not the {len(one)} expected"
    return None if wanted is found else f"{shown(found)}, not {shown(wanted)}"


def shown(result: Result) -> str:
    """Return an answer in a few words."""
    return str(result).lower() if isinstance(result, bool) else type(result).__name__.lower()


def table_difference(wanted: Table, found: Table, lax: bool) -> str | None:
    """Compare two tables as bags, or as lists where the expected one is numbered."""
    if wanted.variables != found.variables:
        names = (", ".join(sorted(one.variables)) for one in (found, wanted))
        return "variables {}, not {}".format(*names)
    if lax:
        most, given = Counter(map(key, wanted.rows)), Counter(map(key, found.rows))
        fits = most.keys() == given.keys() and all(given[row] <= most[row] for row in given)
        return None if fits else "not the rows that REDUCED may leave"
    one, other = (canonical_rows(t.rows, ordered=wanted.ordered) for t in (wanted, found))
    if one == other:
        return None
    if len(wanted.rows) != len(found.rows):
        return f"{len(found.rows)} rows, not {len(wanted.rows)}"
    missing, more = (
        list((Counter(a) - Counter(b)).elements()) for a, b in ((one, other), (other, one))
    )
    return f"found {more[0].strip()}, not {missing[0].strip()}"[:300] if more else "order of rows"


def key(row: Row) -> str:
    """Return a row as text."""
    return " ".join(f"?{name} {row[name]}" for name in sorted(row))


def canonical_rows(rows: Sequence[Row], *, ordered: bool) -> list[str]:
    """Return rows as sorted lines in which blank nodes have names that depend on the rows only."""
    if not any(holds_blank(term) for row in rows for term in row.values()):
        lines = [key(row) for row in rows]
        return [f"{n} {line}" for n, line in enumerate(lines)] if ordered else sorted(lines)
    quads = []
    for number, row in enumerate(rows):
        solution = BlankNode(f"solution{number}")
        quads += [Quad(solution, NamedNode(f"row:{name}"), row[name]) for name in row]
        if ordered:
            quads.append(Quad(solution, NamedNode("row:"), Literal(number)))
    return canonical(quads)


def holds_blank(term: Term) -> bool:
    """Tell whether a term is or holds a blank node."""
    if isinstance(term, Triple):
        return any(holds_blank(part) for part in (term.subject, term.object))
    return isinstance(term, BlankNode)


def canonical_triples(triples: Iterable[Triple]) -> list[str]:
    """Return the distinct triples as sorted lines with canonical blank nodes."""
    return canonical(Quad(t.subject, t.predicate, by_value(t.object)) for t in triples)


def canonical(quads: Iterable[Quad]) -> list[str]:
    """Return statements as sorted lines with the blank node labels of RDFC-1.0."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(str(quad) for quad in dataset)
