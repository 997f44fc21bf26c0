"""The regular expressions of shapes: those that could run for ever are refused before any data."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A group, a class of characters, an escaped sign, or what repeats the thing before.
PARTS = re.compile(
    r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|\((?:\?[a-z-]*:)?|\)|\||[*+?]|\{\d*,?\d*\}|.", re.DOTALL
)
# The compiled engine has no look-around and no back references.
UNKNOWN = re.compile(r"\(\?(?:[=!>]|<[=!]|P=)|\\[1-9]|\\k")


@dataclass
class Group:
    """What stands in one pair of parentheses: something that can be matched in several ways."""

    varies: bool = False


def problem(pattern: str) -> str:
    """Return what is wrong with a regular expression; empty when nothing is."""
    try:
        re.compile(pattern)
    except re.error as error:
        return f"is no regular expression: {error}"
    if UNKNOWN.search(pattern):
        return "looks around or back, which the compiled engine does not"
    if repeats_what_varies(pattern):
        return "repeats a repetition or a choice: it could run for ever on a long text"
    return ""


def repeats_what_varies(pattern: str) -> bool:
    """Tell whether a group that can be matched in several ways is itself repeated."""
    groups = [Group()]
    closed: Group | None = None
    for part in PARTS.findall(pattern):
        repeats = part in ("*", "+") or (part[0] == "{" and part[-1] == "}" and len(part) > 2)
        if repeats and closed is not None and closed.varies:
            return True
        if part.startswith("("):
            groups.append(Group())
            closed = None
        elif part == ")":
            closed = groups.pop()
            groups[-1].varies |= closed.varies
        else:
            groups[-1].varies |= repeats or part in ("|", "?")
            closed = None
    return False
