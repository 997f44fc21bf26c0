"""Asks a question of a SPARQL endpoint elsewhere, with the client that the field uses."""

from typing import Any
from urllib.error import URLError

from SPARQLWrapper import JSON, POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from queries.binding import Values, bind
from queries.catalogue import NamedQuery

AGENT = "maillage"
PATIENCE = 120


class ElsewhereError(Exception):
    """An endpoint that does not answer a question: which one, and what it said."""

    def __init__(self, endpoint: str, said: object) -> None:
        lines = str(said).strip().splitlines() or ["no reason given"]
        super().__init__(f"{endpoint}: no answer ({lines[0][:300]}); is it a SPARQL endpoint?")


def run(endpoint: str, query: NamedQuery, values: Values = ()) -> list[dict[str, str | None]]:
    """Return the rows of an answer as text, by column, as the same question asked of a store.

    Raises ElsewhereError when the endpoint cannot be reached, refuses, or answers something else.
    """
    client = SPARQLWrapper(endpoint, returnFormat=JSON, agent=AGENT)
    client.setMethod(POST)
    client.setTimeout(PATIENCE)
    client.setQuery(bind(query, values))
    try:
        answer: Any = client.queryAndConvert()
        found = answer["results"]["bindings"]
    except (SPARQLWrapperException, URLError, OSError, ValueError, KeyError, TypeError) as error:
        raise ElsewhereError(endpoint, getattr(error, "reason", error)) from error
    return [
        {column: row[column]["value"] if column in row else None for column in query.columns}
        for row in found
    ]
