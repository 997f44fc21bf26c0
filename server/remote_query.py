"""A question as it is put to a SPARQL service elsewhere: judged by a real parse, with a dataset.

There is no empty network around such a service, and it may have functions that reach beyond the
data: what a query would call is looked for in its syntax tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyparsing import ParseException
from rdflib.plugins.sparql.algebra import translatePrologue
from rdflib.plugins.sparql.parser import expandUnicodeEscapes, parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from queries.service import Kind, Names
from server.errors import ProblemError
from server.language import mark as _
from server.parse import FEDERATED, parts
from server.process import Question
from server.tokens import tokens

ROWS = ("SelectQuery", "AskQuery")


@dataclass(frozen=True)
class Put:
    """A query as it is sent, and whether rows or triples answer it."""

    form: dict[str, str | list[str]]
    answers_rows: bool


def put(question: Question, names: Names, graphs: frozenset[str], kind: Kind) -> Put:
    """Return how a question is put; raises ProblemError for one that is not."""
    tree = parsed(question.query)
    found = list(parts(tree))
    if any(getattr(part, "name", None) in FEDERATED for part in found):
        detail = _("SERVICE is not available here: a query reads this platform only.")
        raise ProblemError("federation-disabled", detail)
    refuse_extensions(question.query, kind)
    defaults, named = dataset(question, tree, found)
    if not defaults and not named:
        defaults, named = [names.union], sorted(graphs)
    if len(defaults) > 1 and not kind.merges:
        detail = _("The engine behind this server takes one default graph at a time.")
        raise ProblemError("query-unsupported", detail)
    start = f"BASE <{question.base}> " if question.base else ""
    form = names.form(start + question.query, defaults, named)
    return Put(form, answers_rows=tree[1].name in ROWS)


def parsed(query: str) -> list:  # type: ignore[type-arg]
    """Return the syntax tree of a query; raises ProblemError where it has none."""
    try:
        return parseQuery(query)  # type: ignore[return-value]
    except ParseException as error:
        raise ProblemError(
            "query-syntax", "%(message)s", line=error.lineno, column=error.column,
            message=str(error.msg)[:200],
        ) from error  # fmt: skip
    except RecursionError as error:
        raise ProblemError("too-deep", _("The query is nested too deep to be judged.")) from error


def dataset(question: Question, tree: list, found: list[object]) -> tuple[list[str], list[str]]:  # type: ignore[type-arg]
    """Return the default and the named graphs that a question chooses; none for all there are."""
    if question.default_graphs is not None or question.named_graphs is not None:
        return list(question.default_graphs or ()), list(question.named_graphs or ())
    prologue = translatePrologue(tree[0], question.base)
    clauses = [
        part for part in found if isinstance(part, CompValue) and part.name == "DatasetClause"
    ]

    def chosen(role: str) -> Iterator[str]:
        for clause in clauses:
            if iri := dict.get(clause, role):  # its own get() returns the name of what is absent
                yield str(prologue.absolutize(iri))

    return sorted(chosen("default")), sorted(chosen("named"))


def refuse_extensions(query: str, kind: Kind) -> None:
    """Refuse the functions by which an engine runs programs or opens addresses."""
    for token in tokens(expandUnicodeEscapes(query)):
        prefix = token.text.lstrip("<").partition(":")[0].lower()
        if token.kind in ("iri", "name") and prefix in kind.extensions:
            detail = _("Functions and properties in %(prefix)s: are not available here.")
            raise ProblemError("query-unsupported", detail, prefix=prefix)
