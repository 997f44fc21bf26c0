"""N-Triples lines put together from text, in the form in which a store gives them back.

Registers have too many statements for an object each. What stands in a line is either a constant,
an IRI made by ``loaders.records.identify``, or a literal that is escaped here.
"""

from __future__ import annotations

import re

from pyoxigraph import Literal, NamedNode

from loaders.records import identify

ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f\ufffe\uffff]')
DATE = "^^<http://www.w3.org/2001/XMLSchema#date>"
ANY_URI = "^^<http://www.w3.org/2001/XMLSchema#anyURI>"


def text(value: str, language: str = "") -> str:
    r"""Return a literal of N-Triples, with a language where there is one.

    >>> text('dit "le Mail"', "fr")
    '"dit \\"le Mail\\""@fr'
    """
    if ESCAPED.search(value):
        return str(Literal(value, language=language or None))
    return f'"{value}"@{language}' if language else f'"{value}"'


def predicate(term: NamedNode) -> str:
    """Return a predicate as it stands between subject and object."""
    return f" {term} "


def statement(term: NamedNode, value: NamedNode) -> str:
    """Return all of a line but its subject, for statements that many subjects share."""
    return f" {term} {value} ."


def stem(kind: str) -> str:
    """Return how the IRIs of one kind of thing begin; a number of the register and ``>`` follow.

    >>> stem("address")
    '<https://w3id.org/maillage/id/address/kbo-'
    """
    return f"<{identify.thing(kind, 'kbo', '').value}"
