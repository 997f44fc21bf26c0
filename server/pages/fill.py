"""Puts terms into the queries that the pages themselves ask."""

import re
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode

from ontology import prefixes
from queries.binding import escape
from queries.catalogue import VALUES_ROW, rebase

Term = NamedNode | Literal


def fill(text: str, base: str, **terms: Term | Iterable[Term]) -> str:
    """Return a query whose VALUES rows hold the given terms, escaped."""
    rows = {
        name: " ".join(escape(term) for term in as_list(given)) for name, given in terms.items()
    }
    return prologue(text) + VALUES_ROW.sub(
        lambda match: f"VALUES ?{match['name']} {{ {rows[match['name']]} }}", rebase(text, base)
    )


def prologue(text: str) -> str:
    """Return the prefixes that a query uses."""
    used = set(re.findall(r"\b([a-z]+):[A-Za-z]", text))
    return "".join(
        f"PREFIX {name}: <{start}>\n" for name, start in prefixes().items() if name in used
    )


def as_list(given: Term | Iterable[Term]) -> list[Term]:
    """Return one term as a list of one."""
    return [given] if isinstance(given, NamedNode | Literal) else list(given)
