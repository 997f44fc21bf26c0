"""Cuts the text of a SPARQL query into tokens, so that limits are judged on what is code."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from server.errors import ProblemError

# Every alternative reads on without looking back, and what is never closed takes the rest: the
# time grows with the length of the text and no faster.
_TOKEN = re.compile(
    r"""
      (?P<space>\s+|\#[^\n\r]*+)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*+(?:\"{3}|\"{0,2}\\?\Z)
        | '{3}(?:'{0,2}(?:[^'\\]|\\.))*+(?:'{3}|'{0,2}\\?\Z)
        | \"(?:[^"\\\n\r]|\\.)*+(?:\"|\\?\Z|(?=[\n\r]))
        | '(?:[^'\\\n\r]|\\.)*+(?:'|\\?\Z|(?=[\n\r])))
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*+)
    | (?P<blank>_:\w(?:[\w.-]*\w)?)
    | (?P<name>(?:[^\W\d_][\w.-]{0,254}+(?<!\.))?:(?:[\w:-]|\.(?=[\w:%\\.-])|%[0-9A-Fa-f]{2}|\\.)*+)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>\w+)
    | (?P<mark>\|\||&&|\^\^|!=|<=|>=|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One piece of a query and where it starts."""

    kind: str
    text: str
    start: int

    def is_word(self, *words: str) -> bool:
        """Tell whether this is one of some keywords, written in capitals here."""
        return self.kind == "word" and self.text.upper() in words


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query; white space and comments are left out."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "mark"
        if kind != "space":
            yield Token(kind, match[0], match.start())


def place(query: str, start: int) -> tuple[int, int]:
    """Return the line and the column of a position, both from 1."""
    line = query.count("\n", 0, start) + 1
    return line, start - query.rfind("\n", 0, start)


def quoting(error: ProblemError, query: str | None) -> ProblemError:
    """Return a problem with what is written at the place that it names."""
    if query and error.line and error.column:
        error.having({"excerpt": excerpt(query, error.line, error.column)})
    return error


def excerpt(query: str, line: int, column: int) -> str:
    """Return what is written around a place, on one line."""
    lines = query.splitlines() or [""]
    text = lines[min(line, len(lines)) - 1]
    first = max(0, column - 40)
    return text[first : first + 80].strip()
