"""Puts terms into the queries that the pages themselves ask."""

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode
from queries.binding import escape
from queries.catalogue import VALUES_ROW, rebase

PREFIXES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX se: <https://w3id.org/maillage/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
Term = NamedNode | Literal


def fill(text: str, base: str, **terms: Term | Iterable[Term]) -> str:
    """Return a query whose VALUES rows hold the given terms, escaped."""
    rows = {
        name: " ".join(escape(term) for term in as_list(given)) for name, given in terms.items()
    }
    return PREFIXES + VALUES_ROW.sub(
        lambda match: f"VALUES ?{match['name']} {{ {rows[match['name']]} }}", rebase(text, base)
    )


def as_list(given: Term | Iterable[Term]) -> list[Term]:
    """Return one term as a list of one."""
    return [given] if isinstance(given, NamedNode | Literal) else list(given)
