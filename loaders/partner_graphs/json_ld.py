"""JSON-LD made fit for parsing: what a parser would drop in silence is refused or shows itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from pyoxigraph import NamedNode, Quad

from loaders.partner_graphs.context import ADDRESS, context
from loaders.partner_graphs.refusal import Refusal

DEEPEST = 100
# Under these, what no context maps and what no base completes becomes visible statements.
UNMAPPED = "urn:maillage:unmapped:"
RELATIVE = "https://relative.invalid/"
KEYWORDS = frozenset({
    "@base", "@container", "@context", "@direction", "@graph", "@id", "@import", "@included",
    "@index", "@json", "@language", "@list", "@nest", "@none", "@prefix", "@propagate",
    "@protected", "@reverse", "@set", "@type", "@value", "@version", "@vocab",
})  # fmt: skip
TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)
NO_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
SURROGATE = re.compile("[\ud800-\udfff]")
NAMED = 5


@dataclass
class Terms:
    """What the contexts of a document define, wherever they stand in it."""

    defined: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)
    containers: set[str] = field(default_factory=set)

    def learn(self, definitions: dict[str, Any]) -> None:
        """Add the terms of one context."""
        for term, definition in definitions.items():
            self.defined.add(term)
            said = definition if isinstance(definition, dict) else {"@id": definition}
            if isinstance(said.get("@id"), str) and said["@id"].startswith("@"):
                self.aliases[term] = said["@id"]
            if said.get("@type") == "@id":
                self.references.add(term)
            if "@container" in said or said.get("@type") == "@json":
                self.containers.add(term)


def prepare(content: bytes) -> bytes:
    """Return a document in which keys that no context maps become statements.

    ``refuse_lost`` finds them. Refuses doubled keys, numbers that are none, deep nesting, contexts
    from elsewhere and references that are no IRIs. Only our own context is known by its address.
    """
    check_depth(content)
    document = load(content)
    terms = Terms()
    whole = with_contexts(document, terms)
    for node in whole if isinstance(whole, list) else [whole]:
        if isinstance(node, dict):
            check_node(node, terms)
            node["@context"] = [{"@vocab": UNMAPPED}, *listed(node.get("@context", []))]
    return json.dumps(whole, ensure_ascii=False).encode()


def check_depth(content: bytes) -> None:
    """Refuse what is nested too deep for any reader."""
    depth = 0
    for token in TOKENS.finditer(content):
        if token[0] in (b"{", b"["):
            depth += 1
            if depth > DEEPEST:
                line = content.count(b"\n", 0, token.start()) + 1
                reason = f"objects are nested more than {DEEPEST} deep; give inner ones an @id"
                raise Refusal("too-deep", reason, line)
        elif token[0] in (b"}", b"]"):
            depth -= 1


def load(content: bytes) -> Any:
    """Return a JSON document, read strictly."""
    try:
        return json.loads(content, object_pairs_hook=unique, parse_constant=no_number)
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at column {error.colno}; is the file whole?"
        raise Refusal("syntax", reason, error.lineno) from None
    except ValueError as error:
        raise Refusal("syntax", f"{error}") from None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; refuses a key that stands twice in it, or is no text."""
    found = dict(pairs)
    if len(found) < len(pairs):
        doubled = next(key for key, n in Counter(key for key, _ in pairs).items() if n > 1)
        raise Refusal("duplicate-key", f"the key {doubled!r} stands twice in one object; keep one")
    if any(SURROGATE.search(key) for key in found):
        raise Refusal("character", "a key holds half of a surrogate pair (\\uD800 to \\uDFFF)")
    return found


def no_number(name: str) -> NoReturn:
    """Refuse what JSON has no number for."""
    raise Refusal("not-a-number", f"{name} is no number of JSON; leave the value out")


def listed(value: Any) -> list[Any]:
    """Return a value as a list."""
    return value if isinstance(value, list) else [value]


def with_contexts(value: Any, terms: Terms) -> Any:
    """Return a value with our context in the place of its address; refuses all others."""
    if isinstance(value, list):
        return [with_contexts(entry, terms) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        key: own_context(entry, terms) if key == "@context" else with_contexts(entry, terms)
        for key, entry in value.items()
    }


def own_context(given: Any, terms: Terms) -> list[Any]:
    """Return a context of which nothing must be fetched, and learn its terms."""
    found = []
    for entry in listed(given):
        if entry == ADDRESS:
            found.append(context())
            terms.learn(context())
        elif isinstance(entry, dict):
            found.append(inner_context(entry, terms))
        elif entry is None:
            raise Refusal("context-null", "a context of null would lose keys in silence; remove it")
        else:
            reason = f"the context {entry!r} is not fetched; write it out in the file, or use"
            raise Refusal("context-not-allowed", f"{reason} {ADDRESS}")
    return found


def inner_context(given: dict[str, Any], terms: Terms) -> dict[str, Any]:
    """Return the terms that a context defines, with the contexts that hold inside some of them."""
    if "@import" in given:
        reason = f"@import of {given['@import']!r} is not fetched; write the context out"
        raise Refusal("context-not-allowed", reason)
    if "@vocab" in given and given["@vocab"] is None:
        raise Refusal("context-null", "@vocab of null would lose keys in silence; remove it")
    if isinstance(given.get("@base"), str) and NO_IRI.search(given["@base"]):
        raise Refusal("iri", f"@base {given['@base']!r} is no IRI")
    terms.learn({key: entry for key, entry in given.items() if not key.startswith("@")})
    return {key: with_contexts(entry, terms) for key, entry in given.items()}


def check_node(value: Any, terms: Terms, *, free: bool = False) -> None:
    """Refuse what a parser drops in silence; the keys of ``free`` objects are data."""
    for entry in listed(value):
        if isinstance(entry, str):
            check_text(entry)
        if not isinstance(entry, dict):
            continue
        for key, inner in entry.items():
            if key == "@context":
                continue
            if not free:
                check_key(key, inner, terms)
            check_node(inner, terms, free=key in terms.containers)


def check_text(text: str) -> None:
    """Refuse half of a surrogate pair, which no encoding can hold."""
    if SURROGATE.search(text):
        raise Refusal("character", "a text holds half of a surrogate pair (\\uD800 to \\uDFFF)")


def check_key(key: str, value: Any, terms: Terms) -> None:
    """Refuse a key that cannot become an IRI, and values of it that should be some and are not."""
    meaning = terms.aliases.get(key, key)
    if meaning.startswith("@"):
        if meaning not in KEYWORDS:
            raise Refusal("unmapped-key", f"{key!r} is no keyword of JSON-LD; it would be lost")
    elif key not in terms.defined and NO_IRI.search(key):
        raise Refusal("unmapped-key", f"1 keys produced no triple: {key!r}; map it in @context")
    if meaning == "@language" and not (isinstance(value, str) and LANGUAGE.fullmatch(value)):
        raise Refusal("language", f"{value!r} is no language tag; write one like fr or nl-BE")
    if meaning in ("@id", "@type") or key in terms.references:
        for entry in listed(value):
            if isinstance(entry, str) and NO_IRI.search(entry):
                raise Refusal("iri", f"{key}: {entry[:120]!r} is no IRI; encode what it holds")


def refuse_lost(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield statements; when all were read, refuse those that only ``prepare`` made visible."""
    lost: Counter[str] = Counter()
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, NamedNode) and term.value.startswith(RELATIVE):
                reason = f"{term.value.removeprefix(RELATIVE)!r} is relative and nothing says to"
                raise Refusal("relative-iri", f"{reason} what; write whole IRIs, or give an @base")
            if isinstance(term, NamedNode) and term.value.startswith(UNMAPPED):
                lost[term.value.removeprefix(UNMAPPED)] += 1
        yield quad
    if lost:
        names = ", ".join(sorted(lost)[:NAMED]) + (", …" if len(lost) > NAMED else "")
        reason = f"{len(lost)} keys produced no triple: {names}; map them in @context"
        raise Refusal("unmapped-key", f"{reason}, to null where they mean nothing")
