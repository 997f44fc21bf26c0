"""Text in pictures and files: cleaned of what no file can hold, and broken into lines that fit."""

from __future__ import annotations

import re
from functools import lru_cache

# What XML 1.0 cannot hold, and the controls that C1, direction marks and such smuggle into text.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
SPACES = re.compile(r"\s+")
ELLIPSIS = "…"
# Widths in hundredths of the size of the type, of a wide sans serif: a narrower one also fits.
NARROW, WIDE = frozenset("iljtfrI.,:;'’|!()[]/ -"), frozenset("mwMWQ@%ŒœÆæ—…")


def clean(text: str) -> str:
    r"""Return a text without control characters, on one line.

    >>> clean("one\x00\ttwo\u202e")
    'one two'
    """
    return SPACES.sub(" ", FORBIDDEN.sub("", text)).strip()


@lru_cache(maxsize=20_000)
def width(text: str, size: float) -> float:
    """Return about how wide a text is."""
    return sum(map(advance, text)) * size / 100


@lru_cache(maxsize=4_000)
def advance(character: str) -> int:
    """Return about how wide a character is."""
    if character in NARROW:
        return 38
    if character in WIDE or ord(character) >= 0x1100:
        return 98
    if character.isupper():
        return 72
    return 61


def lines(text: str, room: float, size: float, most: int) -> list[str]:
    """Return a text as lines that fit, the last one ending in an ellipsis where it must be cut."""
    words, found, line = clean(text).split(" "), [], ""
    while words:
        word = words.pop(0)
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= room:
            line = longer
        elif line:
            found.append(line)
            line = ""
            words.insert(0, word)
        else:
            head = fitting(word, room, size)
            found.append(head)
            if len(head) < len(word):
                words.insert(0, word[len(head) :])
        if len(found) == most:
            found[-1] = shortened(
                f"{found[-1]} {' '.join([line, *words]).strip()}".strip(), room, size
            )
            return found
    return [*found, line] if line or not found else found


def cut(text: str, room: float, size: float, most: int) -> str:
    """Return as much of a text as fits into so many lines, without breaking it.

    >>> cut("Comité d'accompagnement de l'étude", 100, 11, 2)
    "Comité d'accompagne…"
    """
    found = lines(text, room, size, most)
    if not found[-1].endswith(ELLIPSIS):
        return clean(text)
    left, kept = len("".join(found).replace(" ", "")) - len(ELLIPSIS), ""
    for character in clean(text):
        left -= character != " "
        if left < 0:
            break
        kept += character
    return kept.rstrip(" ,;:-") + ELLIPSIS


def fitting(word: str, room: float, size: float) -> str:
    """Return as much of the beginning of a word as fits: at least one character.

    >>> fitting("France-Wallonie-Vlaanderen", 120, 11)
    'France-Wallonie-'
    """
    end = 1
    while end < len(word) and width(word[: end + 1], size) <= room:
        end += 1
    # A word of several breaks between them.
    within = max(word.rfind(sign, 0, end) for sign in "-/–'’") + 1
    return word[:end] if end == len(word) else word[: within or end]


def shortened(text: str, room: float, size: float) -> str:
    """Return a text, cut to fit and then ending in an ellipsis."""
    if width(text, size) <= room:
        return text
    while text and width(text + ELLIPSIS, size) > room:
        text = text[:-1]
    return text.rstrip(" ,;:-") + ELLIPSIS
