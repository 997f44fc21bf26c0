"""Asks a question of an open store, for the command line and for tests."""

from collections.abc import Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple

from queries.binding import Values, bind
from queries.catalogue import NamedQuery

Term = NamedNode | BlankNode | Literal | Triple


def solutions(
    store: Store, query: NamedQuery, values: Values = ()
) -> Iterator[Mapping[str, Term | None]]:
    """Yield the rows of an answer as terms, by column."""
    answer = store.query(bind(query, values))
    if not isinstance(answer, QuerySolutions):
        raise TypeError(f"{query.name} is not a SELECT query")
    for row in answer:
        yield {column: row[column] for column in query.columns}


def run(store: Store, query: NamedQuery, values: Values = ()) -> list[dict[str, str | None]]:
    """Return the rows of an answer as text, by column; None where there is no value."""
    return [
        {column: _text(term) for column, term in row.items()}
        for row in solutions(store, query, values)
    ]


def _text(term: Term | None) -> str | None:
    if term is None or isinstance(term, Triple):
        return None if term is None else str(term)
    return term.value
