"""IRIs and literals that may enter: of known schemes, readable as they look, and not endless."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from loaders.partner_graphs.refusal import Refusal
from ontology import vocabulary
from ontology.outside import RDFS, SKOS, XSD

SCHEMES = ("http", "https", "urn", "mailto", "tel")
LONGEST_IRI = 4096
LONGEST_LITERAL = 1 << 20
# Control characters, halves of surrogate pairs, what turns the direction of text, what has no
# width, and what is no character. Joiners stay: some scripts need them.
UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200b\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\uffff]"
)
NUMERIC = frozenset(
    f"http://www.w3.org/2001/XMLSchema#{name}"
    for name in ("integer", "decimal", "double", "float", "int", "long", "short", "byte",
                 "nonNegativeInteger", "positiveInteger", "unsignedInt", "unsignedLong")
)  # fmt: skip

Term = NamedNode | BlankNode | Literal | Triple


def check(quad: Quad) -> None:
    """Refuse a statement with a term that may not enter."""
    if isinstance(quad.subject, Triple) or isinstance(quad.object, Triple):
        reason = "statements about statements (triple terms) are not read; use a node of its own"
        raise Refusal("triple-term", reason)
    where = f"{shown(quad.subject)} {shown(quad.predicate)}"
    for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
        if isinstance(term, NamedNode):
            check_iri(term.value)
        elif isinstance(term, Literal):
            check_literal(term, where)
    if isinstance(quad.object, Literal) and quad.predicate in strings():
        check_string(quad.object, where)


def check_iri(iri: str) -> None:
    """Refuse an IRI that is too long, of another scheme or not readable as it looks."""
    if len(iri) > LONGEST_IRI:
        reason = f"an IRI of {len(iri):,} characters, at most {LONGEST_IRI:,} are read"
        raise Refusal("iri-too-long", f"{reason}: {iri[:80]}…")
    scheme = iri.partition(":")[0].lower()
    if scheme not in SCHEMES:
        reason = f"<{short(iri)}> begins with {scheme}:, which is none of {', '.join(SCHEMES)}"
        raise Refusal("scheme", reason)
    if found := UNREADABLE.search(iri):
        raise Refusal("character", f"<{short(iri)}> holds {name(found[0])}; take it out")


def check_literal(literal: Literal, where: str) -> None:
    """Refuse a text that is too long or not readable as it looks."""
    size = len(literal.value)
    if size > LONGEST_LITERAL // 4 and len(literal.value.encode()) > LONGEST_LITERAL:
        reason = f"{where}: a text of {size:,} characters; at most 1 MB is read"
        raise Refusal("literal-too-long", f"{reason}, link to long documents instead")
    if found := UNREADABLE.search(literal.value):
        raise Refusal("character", f"{where}: the text holds {name(found[0])}; take it out")


def check_string(literal: Literal, where: str) -> None:
    """Refuse a number where the vocabulary wants text: leading zeros would be lost."""
    if literal.datatype.value in NUMERIC:
        reason = f"{where}: {literal.value} is given as a number; write it as text, in quotes"
        raise Refusal("must-be-string", f"{reason}, with its leading zeros")


@cache
def strings() -> frozenset[NamedNode]:
    """Return the properties whose values are plain texts: numbers of registers among them."""
    said = (t for t in vocabulary() if t.predicate == RDFS.range and t.object == XSD.string)
    return frozenset(
        {SKOS.notation, *(t.subject for t in said if isinstance(t.subject, NamedNode))}
    )


def name(character: str) -> str:
    """Return the number of a character as Unicode writes it."""
    return f"the character U+{ord(character):04X}"


def shown(term: Term) -> str:
    """Return a subject or predicate for a message."""
    return f"<{short(term.value)}>" if isinstance(term, NamedNode) else "a blank node"


def short(iri: str) -> str:
    """Return an IRI as a message can hold it, with nothing that cannot be seen."""
    plain = UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", iri)
    return plain if len(plain) <= 120 else f"{plain[:120]}…"


def as_stored(triple: Triple) -> Triple:
    """Return a statement with its value written as a store gives it back: 100 for 100.00."""
    value = triple.object
    if not isinstance(value, Literal) or value.datatype == XSD.string or value.language:
        return triple
    return Triple(triple.subject, triple.predicate, stored(value))


@lru_cache(maxsize=1 << 16)
def stored(value: Literal) -> Literal:
    """Return a value as a store gives it back."""
    store = Store()
    store.add(Quad(RDFS.Resource, RDFS.seeAlso, value))
    (quad,) = store
    return quad.object if isinstance(quad.object, Literal) else value
