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
from rdflib.term import Variable

from queries.service import Kind, Names
from server.engine.parse import FEDERATED, parts
from server.engine.process import Question
from server.errors import ProblemError
from server.language import mark as _
from server.sparql.tokens import tokens

ROWS = ("SelectQuery", "AskQuery")


@dataclass(frozen=True)
class Put:
    """A query as it is sent; whether rows or triples answer it, and whether any row is a yes."""

    form: dict[str, str | list[str]]
    answers_rows: bool
    counts_as_yes: bool = False


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
    if not kind.confines:
        refuse_graphs(question, tree, found, set(named))
    start = f"BASE <{question.base}> " if question.base else ""
    if tree[1].name == "DescribeQuery":
        start = kind.describing + start
    selecting = None if kind.confines else as_select(question.query, tree)
    form = names.form(start + (selecting or question.query), defaults, named)
    return Put(form, tree[1].name in ROWS, counts_as_yes=selecting is not None)


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


def refuse_graphs(question: Question, tree: list, found: list[object], named: set[str]) -> None:  # type: ignore[type-arg]
    """Refuse a graph that is named in a query and not in its dataset."""
    prologue = translatePrologue(tree[0], question.base)
    for part in found:
        if not isinstance(part, CompValue) or part.name != "GraphGraphPattern":
            continue
        graph = part.term if isinstance(part.term, Variable) else prologue.absolutize(part.term)
        if not isinstance(graph, Variable) and str(graph) not in named:
            detail = _("There is no graph %(graph)s in this release.")
            raise ProblemError("unknown-graph", detail, graph=str(graph)[:200])


def as_select(query: str, tree: list) -> str | None:  # type: ignore[type-arg]
    """Return an ASK as a SELECT of one row; None for what is none, or has no such form."""
    found = list(tokens(query))
    plain = found[-1].text == "}" and any(token.kind == "variable" for token in found)
    if tree[1].name != "AskQuery" or not plain:
        return None
    word = next(token for token in found if token.is_word("ASK"))
    return f"{query[: word.start]}SELECT *{query[word.start + 3 :]}\nLIMIT 1"


def refuse_extensions(query: str, kind: Kind) -> None:
    """Refuse the functions by which an engine runs programs or opens addresses."""
    for token in tokens(expandUnicodeEscapes(query)):
        prefix = token.text.lstrip("<").partition(":")[0].lower()
        if token.kind in ("iri", "name") and prefix in kind.extensions:
            detail = _("Functions and properties in %(prefix)s: are not available here.")
            raise ProblemError("query-unsupported", detail, prefix=prefix)
