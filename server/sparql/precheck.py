"""Judges the text of a query before a worker sees it: a clear refusal costs nothing.

The worker process is the real wall; what passes here may still be killed there.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urljoin

from server.errors import ProblemError
from server.language import mark as _
from server.sparql.glance import Judged, glance
from server.sparql.tokens import Token, place, tokens

LONGEST_QUERY = 65_536
DEEPEST = 64
MOST_TOKENS = 5_000
MOST_ROWS = 10_000
MOST_NEGATIONS = 16

# Questions that are asked again need not be judged again: some megabytes of them at most.
REMEMBERED, LONGEST_REMEMBERED = 512, 8_000

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = (
    "INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "ADD", "MOVE", "COPY", "WITH",
)  # fmt: skip
CHANGING = ("NOW", "RAND", "UUID", "BNODE")
OPENING, CLOSING = "([{", ")]}"
# What takes the engine seconds to plan even on an empty store, and how much of it is allowed.
LIMITS = {
    "patterns": (128, _("%(limit)s triple patterns")),
    "operators": (250, _("%(limit)s operators in one path or expression")),
    "optionals": (96, _("%(limit)s OPTIONAL or MINUS parts")),
    "groups": (400, _("%(limit)s groups in braces")),
    "tokens": (MOST_TOKENS, _("%(limit)s words and signs")),
}
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def judge(query: str) -> Judged:
    """Return what a query is; raises ProblemError for one that is not accepted."""
    if found := glance(query):
        return found
    return remembered(query) if len(query) <= LONGEST_REMEMBERED else examine(query)


@lru_cache(REMEMBERED)
def remembered(query: str) -> Judged:
    """Judge a query as before, where it was accepted before."""
    return examine(query)


def examine(query: str) -> Judged:
    """Judge a query in full, by its tokens."""
    check_text(query)
    found = list(tokens(query))
    judged = Judged(form=form_of(query, found))
    check_structure(query, found)
    check_federation(query, found, read_prologue(found, judged))
    judged.graphs = [resolve(judged.base, iri) for iri in dataset(found, judged.prefixes)]
    # The engine reads keywords that run together with the one before, as FILTERNOW().
    judged.changing = any(
        token.kind == "word" and any(name in token.text.upper() for name in CHANGING)
        for token in found
    )
    return judged


def check_text(query: str) -> None:
    """Refuse a text that is too long or that holds a NUL."""
    if len(query) > LONGEST_QUERY:
        detail = _("The query has %(length)s characters; at most %(limit)s are read.")
        raise ProblemError("query-too-long", detail, length=len(query), limit=LONGEST_QUERY)
    if "\0" in query:
        line, column = place(query, query.index("\0"))
        detail = _("The query holds a NUL character.")
        raise ProblemError("control-character", detail, line=line, column=column)


def form_of(query: str, found: list[Token]) -> str:
    """Return the first keyword after the prologue."""
    if not found:
        raise ProblemError("query-syntax", _("The query is empty."), line=1, column=1)
    skipped = 0
    for token in found:
        if token.is_word("BASE", "PREFIX", "VERSION"):
            skipped = {"PREFIX": 2}.get(token.text.upper(), 1)
        elif skipped:
            skipped -= 1
        elif token.is_word(*UPDATES):
            raise refusal("updates-refused", query, token, _("Updates are not accepted here."))
        elif token.is_word(*FORMS):
            return token.text.upper()
        else:
            break
    detail = _("A query starts with SELECT, ASK, CONSTRUCT or DESCRIBE, after its prefixes.")
    raise refusal("query-syntax", query, token, detail)


def read_prologue(found: list[Token], judged: Judged) -> int:
    """Note the base and the prefixes that a query declares; return how many tokens they take."""
    place = 0
    while place < len(found):
        word, *rest = found[place : place + 3]
        kinds = [token.kind for token in rest]
        if word.is_word("BASE") and kinds[:1] == ["iri"]:
            judged.base = resolve(judged.base, rest[0].text[1:-1])
            place += 2
        elif word.is_word("PREFIX") and kinds == ["name", "iri"] and rest[0].text[-1] == ":":
            judged.prefixes[rest[0].text[:-1]] = resolve(judged.base, rest[1].text[1:-1])
            place += 3
        elif word.is_word("VERSION") and kinds[:1] == ["string"]:
            place += 2
        else:
            break
    return place


def resolve(base: str, iri: str) -> str:
    """Return an IRI read against a base; it stays relative where the base is.

    >>> resolve("http://example.org/a", "b#")
    'http://example.org/b#'
    """
    if _SCHEME.match(iri):
        return iri
    try:
        found = urljoin(base, iri)
    except ValueError:
        return iri
    # urljoin forgets an empty fragment, with which most prefixes end.
    return found.removesuffix("#") + "#" * iri.endswith("#")


@dataclass
class Counts:
    """What has been counted so far in a query."""

    open: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    negations: int = 0
    values_depth: int | None = None
    rows: int = 0

    def take(self, token: Token) -> None:
        """Count one token."""
        if token.is_word("VALUES"):
            self.values_depth = len(self.open)
        if token.kind == "mark" and token.text in OPENING:
            self.open.append(token.text)
        elif token.kind == "mark" and token.text in CLOSING and self.open:
            self.open.pop()
        if self.values_depth is None:
            self.count_part(token)
        else:
            self.count_row(token, self.values_depth)
        self.negations = self.negations + 1 if token.text == "!" else 0

    def count_row(self, token: Token, depth: int) -> None:
        """Count the rows of VALUES: a bare term, or what a bracket closes."""
        if self.open[depth:] == ["{"] and token.text != "{":
            self.rows += 1
        elif token.text == "}":
            self.values_depth = None

    def count_part(self, token: Token) -> None:
        """Count what makes planning slow."""
        self.seen["tokens"] += 1
        if token.kind == "mark":
            self.count_mark(token.text)
        elif token.is_word("OPTIONAL", "MINUS", "EXISTS"):
            self.seen["optionals"] += 1

    def count_mark(self, text: str) -> None:
        """Count a separator or an operator."""
        inside = self.open[-1] if self.open else ""
        if text in (".", ";") or (text == "," and inside in ("{", "[")):
            self.seen["patterns"] += 1
        if text == "{":
            self.seen["groups"] += 1
        if text in (".", ";", "{", "}"):
            self.seen["operators"] = 0
        elif text in ("/", "|", "||", "&&", "^", "+", "-", "*"):
            self.seen["operators"] += 1


def check_structure(query: str, found: list[Token]) -> None:
    """Refuse what is nested too deep or has too many parts."""
    counts = Counts()
    for token in found:
        counts.take(token)
        if len(counts.open) > DEEPEST:
            detail = _("Brackets are nested more than %(limit)s deep.")
            raise refusal("too-deep", query, token, detail, limit=DEEPEST)
        if counts.negations > MOST_NEGATIONS:
            detail = _("More than %(limit)s negations follow each other.")
            raise refusal("too-deep", query, token, detail, limit=MOST_NEGATIONS)
        if counts.rows > MOST_ROWS:
            detail = _("VALUES holds more than %(limit)s rows.")
            raise refusal("query-too-long", query, token, detail, limit=MOST_ROWS)
        check_parts(query, token, counts)


def check_parts(query: str, token: Token, counts: Counts) -> None:
    """Refuse a query at the token where one of its parts becomes too many."""
    for part, (limit, what) in LIMITS.items():
        if counts.seen[part] > limit:
            detail = _("The query has more than %(what)s.")
            raise refusal("query-too-complex", query, token, detail, what=what, limit=limit)


def check_federation(query: str, found: list[Token], prologue: int) -> None:
    """Refuse every way to write SERVICE that the engine would read as such.

    The engine reads keywords without looking for the end of the word, and decides by context
    whether < opens an IRI: `1SERVICE<…>` and `?a <?b&&?c!='>')SERVICE<…>` do call out. Only in
    the prologue, the first tokens, is < never anything else.
    """
    around = zip([None, *found], found, [*found[1:], None], strict=False)
    for number, (before, token, after) in enumerate(around):
        text = token.text.lower()
        called = token.kind == "word" and "service" in text
        if token.kind == "name" and "service" in text.partition(":")[0]:
            graph = before is not None and before.is_word("GRAPH")
            called = after is not None and after.text == "{" and not graph
        if called:
            detail = _("SERVICE is not available here: a query reads this platform only.")
            raise refusal("federation-disabled", query, token, detail)
        sure = number < prologue or _ABSOLUTE.match(token.text)
        if token.kind == "iri" and not sure and set(text) & set("'#"):
            detail = _("An IRI with # or ' is written in full, from http:// on.")
            raise refusal("query-syntax", query, token, detail)


def dataset(found: list[Token], known: dict[str, str]) -> Iterator[str]:
    """Yield the graphs that FROM and FROM NAMED name."""
    for number, token in enumerate(found):
        if not token.is_word("FROM"):
            continue
        rest = [one for one in found[number + 1 : number + 3] if not one.is_word("NAMED")]
        if rest and rest[0].kind == "iri":
            yield rest[0].text[1:-1]
        elif rest and rest[0].kind == "name":
            prefix, _colon, local = rest[0].text.partition(":")
            yield known.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)


def refusal(slug: str, query: str, token: Token, detail: str, **values: object) -> ProblemError:
    """Return the refusal of a query at one of its tokens."""
    line, column = place(query, token.start)
    return ProblemError(slug, detail, line=line, column=column).having(values)
