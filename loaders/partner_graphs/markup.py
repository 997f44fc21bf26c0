"""RDF/XML before it is parsed: no document type, no other encoding, no bottomless nesting."""

from __future__ import annotations

import re
from xml.parsers import expat

from loaders.partner_graphs.refusal import Refusal

DEEPEST = 100
# What may stand before a document type: the declaration, comments and instructions.
PROLOG = re.compile(rb"(?:\s|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""")


def check(content: bytes) -> None:
    """Refuse XML that could make a parser open files, swell or break down."""
    prolog = PROLOG.match(content)
    end = prolog.end() if prolog else 0
    if content[end : end + 9].upper() == b"<!DOCTYPE":
        line = content.count(b"\n", 0, end) + 1
        reason = "a document type is refused: it can reach for files and swell; take it out"
        raise Refusal("doctype-not-allowed", reason, line)
    declared = ENCODING.match(content)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise Refusal("encoding", f"declares {declared[1].decode()}; save it as UTF-8", 1)
    walk(content)


def walk(content: bytes) -> None:
    """Read through the elements, which opens nothing, and refuse nesting that is too deep."""
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def begin(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            reason = f"elements are nested more than {DEEPEST} deep; give inner nodes IRIs"
            raise Refusal("too-deep", reason, parser.CurrentLineNumber)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def document_type(*_declared: object) -> None:
        raise Refusal("doctype-not-allowed", "a document type is refused; take it out")

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.StartDoctypeDeclHandler = document_type
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        text = expat.ErrorString(error.code)
        reason = f"{text} at column {error.offset + 1}; is the file whole?"
        raise Refusal("syntax", reason, error.lineno) from None
