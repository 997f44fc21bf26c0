"""GROUP_CONCAT of what is not all bound: what is missing is left out, and IRIs are texts.

The engine leaves the whole text unbound as soon as one value is, or is an IRI. Other engines leave
such values out, and clients rely on it: visualize.admin.ch reads the themes of a cube so, which
most cubes do not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from server.sparql.tokens import Token, tokens

# Characters that no text has: they stand for a value that is missing, and between two values.
MISSING, BETWEEN = "\\uE000", "\\uE001"
# What is missing goes with one of the separators around it.
GAPS = f"({MISSING}{BETWEEN})|({BETWEEN}{MISSING})+$|{MISSING}$"
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)


def without_gaps(query: str) -> str:
    """Return a query whose concatenations leave out what is missing; others as they are."""
    if "group_concat" not in query.casefold():
        return query
    found = [*tokens(query), Token("mark", "", len(query))]
    pieces, done = [], 0
    for first, last in calls(found):
        if found[first].start < done:
            continue
        if written := rewritten(query, found[first : last + 1]):
            pieces += [query[done : found[first].start], written]
            done = found[last].start + 1
    return "".join([*pieces, query[done:]])


def calls(found: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield where each call of GROUP_CONCAT begins and ends, by the number of the token."""
    for number, (word, bracket) in enumerate(pairwise(found)):
        if not (word.is_word("GROUP_CONCAT") and bracket.text == "("):
            continue
        depth = 0
        for place, token in enumerate(found[number + 1 :], number + 1):
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                yield number, place
                break


def rewritten(query: str, call: Sequence[Token]) -> str | None:
    """Return a call as one that leaves out what is missing; None for what is no such call."""
    inside = call[2:-1]
    distinct = bool(inside) and inside[0].is_word("DISTINCT")
    inside = inside[distinct:]
    end, separator = len(inside), " "
    match inside:
        case [*_, Token(text=";"), word, Token(text="="), Token(kind="string", text=written)]:
            if word.is_word("SEPARATOR"):
                end, separator = len(inside) - 4, value(written)
    if end == 0 or set(separator) & set("$\\"):
        # REPLACE would read such a separator as more than a text.
        return None
    after = inside[end].start if end < len(inside) else call[-1].start
    each = query[inside[0].start : after]
    # A comment before the bracket would take the bracket with it.
    whole = (
        f'GROUP_CONCAT({"DISTINCT " if distinct else ""}COALESCE(STR({each}\n), "{MISSING}"); '
        f'SEPARATOR = "{BETWEEN}")'
    )
    return f'REPLACE(REPLACE({whole}, "{GAPS}", ""), "{BETWEEN}", {quoted(separator)})'


def value(written: str) -> str:
    """Return the text that a string of SPARQL stands for."""
    size = 3 if written[:3] in ('"""', "'''") and len(written) >= 6 else 1

    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else ESCAPES.get(match[3], match[3])

    return ESCAPED.sub(plain, written[size:-size])


def quoted(text: str) -> str:
    """Return a text as a string of SPARQL."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    return f'"{text}"'
