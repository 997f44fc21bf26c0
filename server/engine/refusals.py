"""What a worker reports, or how it ended, as the problem that a client is told."""

import re
from collections.abc import Mapping

from server.access.caller import Bounds
from server.engine.process import WorkerDiedError
from server.errors import ProblemError
from server.language import mark as _
from server.settings import Settings

MOST_ALTERNATIVES = 6
# What the parser would have taken: a sign in quotes, a class of characters, or a keyword.
ALTERNATIVE = re.compile(
    r"""(?P<sign>"(?:\\.|[^"\\])*")|(?P<class>\[(?:'(?:\\.|[^'\\])*'|[^\]'])*\])|(?P<word>[^,\s\["][^,]*)"""
)
ANY = "[_]"


def death(error: WorkerDiedError, settings: Settings) -> ProblemError:
    """Return the problem of a query that ended its worker."""
    if error.out_of_memory:
        return memory_problem(settings)
    return ProblemError("query-crashed", _("The worker ended while it ran this query."))


def memory_problem(settings: Settings) -> ProblemError:
    """Return the problem of a query that needs too much memory."""
    detail = _("The query needs more than %(limit)s megabytes.")
    return ProblemError("query-memory", detail, limit=settings.memory)


def refusal(outcome: Mapping[str, str], settings: Settings, bounds: Bounds) -> ProblemError:
    """Return the problem that a worker reports."""
    match outcome["outcome"]:
        case "syntax":
            return syntax_problem(outcome["message"])
        case "too-large":
            detail = _("The answer has more than %(limit)s bytes.")
            limit = bounds.result_cap
            return ProblemError("result-too-large", detail, limit=limit, dumps="/dumps")
        case "memory":
            return memory_problem(settings)
    return ProblemError("query-unsupported", "%(message)s", message=outcome["message"])


def syntax_problem(message: str) -> ProblemError:
    """Return what the parser says as a problem."""
    found = re.match(r"error at (\d+):(\d+): ", message)
    line, column = (int(found[1]), int(found[2])) if found else (None, None)
    said = briefly(message.removeprefix(found[0] if found else ""))
    return ProblemError("query-syntax", "%(message)s", line=line, column=column, message=said)


def briefly(said: str) -> str:
    r"""Return what the parser would have taken, in words and as a few alternatives.

    >>> briefly("expected one of \",\", HAVING, ['0'..='9'], [_]")
    'expected one of ",", HAVING, a digit'
    >>> briefly("expected [_]")
    'expected something else'
    """
    if not said.startswith("expected "):
        return said
    listed = said.removeprefix("expected ").removeprefix("one of ")
    named = [one for one in ALTERNATIVE.finditer(listed) if one[0] != ANY]
    # A fault that the parser knows by name stands among them, as words.
    for one in named:
        if one.lastgroup == "word" and " " in one[0].strip():
            return one[0].strip()
    # What is written as it stands says more than what kind of character may come.
    named.sort(key=lambda one: one.lastgroup == "class")
    known = list(dict.fromkeys(in_words(one) for one in named)) or ["something else"]
    more = ", …" if len(known) > MOST_ALTERNATIVES else ""
    several = "one of " if len(known) > 1 else ""
    return f"expected {several}{', '.join(known[:MOST_ALTERNATIVES])}{more}"


def in_words(alternative: re.Match[str]) -> str:
    """Return one alternative as a person would name it."""
    written = alternative[0].strip()
    if alternative.lastgroup != "class":
        return written
    if "'A'" in written:
        return "a letter"
    return "a digit" if "'0'" in written else "a character"
