"""Names made comparable: without case, accents, legal forms, and what scanners misread."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

# A dot after a single letter belongs to an abbreviation: A.S.B.L. is one word.
ABBREVIATED = re.compile(r"\b([a-z])\.")
APART = re.compile(r"[^a-z0-9]+")
SPELLED = re.compile(r"\b(?:[a-z] ){2,}[a-z]\b")
# So many texts are kept taken apart; those of one place come again and again.
REMEMBERED = 1 << 17
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
# Signs that scanners and typists take for each other.
LOOKALIKES = str.maketrans("01l5", "oiis")
SMALL_WORDS = frozenset({
    "a", "al", "am", "au", "aux", "d", "da", "de", "den", "der", "des", "di", "die", "du", "een",
    "en", "et", "for", "het", "i", "im", "in", "l", "la", "le", "les", "of", "op", "pour",
    "sur", "te", "ten", "ter", "the", "to", "und", "van", "vom", "von", "voor", "y", "zu", "zum",
    "zur",
})  # fmt: skip
VOWELS = re.compile(r"(?<=.)[aeiouy]+")
DOUBLED = re.compile(r"(.)\1+")
SOUNDS = (("ph", "f"), ("ch", "s"), ("ck", "k"), ("qu", "k"), ("sh", "s"), ("th", "t"))
SOUND_ALIKE = str.maketrans("cqvzgh", "kkfsjh", "h")


@lru_cache(REMEMBERED)
def folded(text: str) -> str:
    """Return a text in lower-case ASCII letters and digits, with single spaces between words.

    >>> folded("A.S.B.L. L’Œuvre – Écoles & C°")
    'asbl l oeuvre ecoles c'
    """
    plain = unicodedata.normalize("NFKD", text.lower().translate(LIGATURES))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return APART.sub(" ", ABBREVIATED.sub(r"\1", plain)).strip()


def sound(word: str) -> str:
    """Return a rough key that French and Dutch spellings of one sound share.

    >>> sound("kollektief") == sound("collectif")
    True
    """
    for written, heard in SOUNDS:
        word = word.replace(written, heard)
    return DOUBLED.sub(r"\1", VOWELS.sub("", DOUBLED.sub(r"\1", word.translate(SOUND_ALIKE))))


@cache
def legal_words() -> dict[str, str]:
    """Return the legal family that each word or phrase of a legal form tells, folded."""
    file = resources.files("loaders.linkage") / "words.csv"
    with file.open(encoding="utf-8") as stream:
        return {row["word"]: row["family"] for row in csv.DictReader(stream)}


@cache
def _legal_pattern() -> re.Pattern[str]:
    longest = sorted(legal_words(), key=lambda word: (-len(word), word))
    return re.compile(r"\b(?:" + "|".join(longest) + r")\b")


@dataclass(frozen=True)
class Name:
    """A name taken apart.

    ``core`` holds its telling words sorted, free of look-alike signs; ``sound`` how they sound
    in their order; ``initials`` their first letters; ``numbers`` its words of digits; ``family``
    the legal family that a legal form in it tells.
    """

    core: str
    compact: str
    words: frozenset[str]
    sound: str
    initials: str
    numbers: frozenset[str]
    family: str


@lru_cache(REMEMBERED)
def take_apart(text: str) -> Name:
    """Return what a name consists of; a name that is only a legal form keeps its words."""
    plain = SPELLED.sub(lambda spelled: spelled[0].replace(" ", ""), folded(text))
    found = [legal_words()[word] for word in _legal_pattern().findall(plain)]
    rest = _legal_pattern().sub(" ", plain).split() or plain.split()
    telling = [word for word in rest if word not in SMALL_WORDS] or rest
    alike = [word.translate(LOOKALIKES) for word in telling]
    return Name(
        core=" ".join(sorted(alike)),
        compact="".join(alike),
        words=frozenset(alike),
        sound=sound("".join(alike)),
        initials="".join(word[0] for word in alike),
        numbers=frozenset(word for word in telling if word.isdecimal()),
        family=next(filter(None, found), ""),
    )
