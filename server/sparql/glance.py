"""A first look at a query: most are short and plain, and are judged without being cut up.

Whatever could be more than plain is left to the full judgement: this only ever says what that
would say (a property test holds them equal), in a few microseconds.
"""

import re
from dataclasses import dataclass, field

LONGEST = 2_000
# Signs in the whole text, wherever they stand: never fewer than the parts that are bounded.
MOST = {"([{": 60, "!": 16, ".;,": 120, "/|&^+-*": 240}

_PREFIX = re.compile(
    r"\s*PREFIX\s+((?:[A-Za-z](?:[A-Za-z0-9_-]*))?):\s*<([A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\s]*)>",
    re.IGNORECASE | re.ASCII,
)
_FORM = re.compile(r"\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![\w:.-])", re.IGNORECASE)
# What makes a query more than plain: other graphs, other servers, answers that change.
_RARE = re.compile(
    r"service|now|rand|uuid|bnode|(?<![A-Za-z_])(?:from|base|values)|[\0\\]", re.IGNORECASE
)
_OPTIONAL = re.compile(r"optional|minus|exists", re.IGNORECASE)
_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*://|\s)")


@dataclass
class Judged:
    """What is known of a query that passed."""

    form: str = ""
    base: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)
    graphs: list[str] = field(default_factory=list)
    changing: bool = False

    @property
    def answers_rows(self) -> bool:
        """Tell a table or a yes or no from a graph."""
        return self.form in {"SELECT", "ASK"}


def glance(query: str) -> Judged | None:
    """Return what a plain query is; None for one that has to be judged in full."""
    if len(query) > LONGEST or _RARE.search(query) or _RELATIVE.search(query):
        return None
    for signs, most in MOST.items():
        if sum(map(query.count, signs)) > most:
            return None
    if len(_OPTIONAL.findall(query)) > MOST["([{"]:
        return None
    prefixes: dict[str, str] = {}
    place = 0
    while found := _PREFIX.match(query, place):
        prefixes[found[1]] = found[2]
        place = found.end()
    form = _FORM.match(query, place)
    return Judged(form=form[1].upper(), prefixes=prefixes) if form else None
