"""How federations and administrations write what the register has: not quite the same."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

LEGAL_WORDS: Mapping[str, tuple[str, ...]] = {
    "017": ("ASBL", "asbl", "VZW"),
    "125": ("AISBL", "IVZW"),
    "706": ("SC", "CV", "SC agréée", "Coopérative"),
    "008": ("SCRL", "CVBA"),
    "508": ("SCRL FS", "SCRL-FS", "CVBA-SO"),
    "026": ("Fondation", "Private stichting"),
    "029": ("FUP",),
    "019": ("Mutuelle", "Ziekenfonds"),
    "020": ("Union professionnelle",),
}
# What stands before a name instead of in a column of its own.
IN_NAMES = frozenset({"ASBL", "asbl", "VZW", "SC", "SCRL", "SCRL FS", "CVBA", "Fondation"})
SHORTER = (
    ("Association", "Assoc."), ("Coopérative", "Coop."), ("Centre", "Ctr"), ("Saint", "St"),
    ("Formation", "Form."), ("Ateliers", "At."), ("Service", "Serv."), ("Fédération", "Féd."),
    ("Vereniging", "Ver."), ("Werkplaatsen", "Werkpl."), ("quartier", "quart."), (" et ", " & "),
    (" en ", " & "), ("Maison", "Mais."), ("Plateforme", "Platef."),
)  # fmt: skip
MISREAD = {"l": "I", "I": "l", "o": "0", "O": "0", "e": "c", "m": "rn", "i": "l", "u": "ii"}
ARTICLES = ("Les ", "La ", "Le ", "L'", "De ", "Het ")
STREETS = (("Rue ", "R. "), ("Avenue ", "Av. "), ("Chaussée ", "Ch. "), ("Boulevard ", "Bd "))


@dataclass(frozen=True)
class Known:
    """What the register has of an enterprise, as far as lists write it."""

    number: str
    form: str
    name: str
    other_language: str | None
    short: str | None
    trade: str | None
    street: str | None
    street_nl: str | None
    house: str | None
    postcode: str | None
    municipality: str | None
    municipality_nl: str | None


def exact(known: Known, _: random.Random) -> str:
    """Write the name as the register does."""
    return known.name


def with_form(known: Known, dice: random.Random) -> str:
    """Put the legal form into the name."""
    words = [word for word in LEGAL_WORDS.get(known.form, ()) if word in IN_NAMES]
    if known.form == "017":
        words.append("A.S.B.L.")
    if not words:
        return known.name
    word = dice.choice(words)
    return dice.choice((f"{word} {known.name}", f"{known.name} {word}", f"{known.name} ({word})"))


def capitals(known: Known, _: random.Random) -> str:
    """Write in capitals, which lose their accents."""
    return plain(known.name).upper()


def without_accents(known: Known, _: random.Random) -> str:
    """Lose the accents, and the apostrophes."""
    return plain(known.name).replace("'", " ")


def plain(text: str) -> str:
    """Return a text without accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def shortened(known: Known, _: random.Random) -> str:
    """Abbreviate words."""
    name = known.name
    for long, short in SHORTER:
        name = name.replace(long, short)
    return name


def misread(known: Known, dice: random.Random) -> str:
    """Misread one or two letters, as scanners do."""
    name = known.name
    for _ in range(dice.choice((1, 1, 2))):
        places = [n for n, sign in enumerate(name) if sign in MISREAD]
        if places:
            at = dice.choice(places)
            name = name[:at] + MISREAD[name[at]] + name[at + 1 :]
    return name


def mistyped(known: Known, dice: random.Random) -> str:
    """Swap two letters, or leave one out."""
    name = known.name
    at = dice.randrange(1, len(name) - 1)
    if dice.random() < 0.5:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + name[at + 1 :]


def reordered(known: Known, dice: random.Random) -> str:
    """Put the article behind, or the last word first."""
    for article in ARTICLES:
        if known.name.startswith(article):
            return f"{known.name[len(article) :]} ({article.strip()})"
    words = known.name.split(" ")
    return (
        " ".join([words[-1], dice.choice(("-", "–")), *words[:-1]])
        if len(words) > 1
        else known.name
    )


def cut(known: Known, _: random.Random) -> str:
    """Leave out what follows the third word."""
    return " ".join(known.name.split(" ")[:3])


def translated(known: Known, _: random.Random) -> str:
    """Write the name in the other national language, where the register has it too."""
    return known.other_language or known.name


def abbreviation(known: Known, _: random.Random) -> str:
    """Write the abbreviation and the name."""
    return f"{known.short} - {known.name}" if known.short else known.name


def initials(known: Known, _: random.Random) -> str:
    """Write the abbreviation alone."""
    return known.short or known.name


def trading(known: Known, _: random.Random) -> str:
    """Write the commercial name."""
    return known.trade or known.name


def former(_: Known, dice: random.Random) -> str:
    """Write a name that the register no longer has."""
    word = dice.choice(("Espace", "Relais", "Cap", "Horizon", "Tremplin"))
    return f"{word} {dice.randrange(1970, 2015)}"


# Name of the distortion, how, and how many rows in a thousand.
NAMES: tuple[tuple[str, Callable[[Known, random.Random], str], int], ...] = (
    ("exact", exact, 340),
    ("legal form in name", with_form, 170),
    ("capitals", capitals, 90),
    ("accents lost", without_accents, 70),
    ("words shortened", shortened, 60),
    ("misread", misread, 60),
    ("mistyped", mistyped, 60),
    ("word order", reordered, 45),
    ("cut", cut, 25),
    ("other language", translated, 25),
    ("abbreviation and name", abbreviation, 25),
    ("abbreviation alone", initials, 8),
    ("commercial name", trading, 15),
    ("former name", former, 7),
)


def name(known: Known, dice: random.Random) -> tuple[str, str]:
    """Return what was done to the name, and the name."""
    kinds = [kind for kind, _, _ in NAMES]
    (kind,) = dice.choices(kinds, weights=[weight for _, _, weight in NAMES])
    how = next(one for label, one, _ in NAMES if label == kind)
    done = how(known, dice)
    return (kind if done != known.name else "exact"), done


ADDRESSES = ("whole", "postcode and municipality", "municipality", "none", "former")
# Where the register has both languages, which is in Brussels.
IN_DUTCH = 0.25
ADDRESS_WEIGHTS = (620, 230, 40, 80, 30)


def address(
    known: Known, elsewhere: Known, dice: random.Random
) -> tuple[str, tuple[str, str, str]]:
    """Return how much of the address is written, and street, postcode and municipality.

    A former address is that of another enterprise.
    """
    (kind,) = dice.choices(ADDRESSES, weights=ADDRESS_WEIGHTS)
    at = elsewhere if kind == "former" else known
    if not at.postcode or kind == "none":
        return "none", ("", "", "")
    dutch = dice.random() < IN_DUTCH
    municipality = (at.municipality_nl if dutch else at.municipality) or ""
    if dice.random() < 0.15:
        municipality = plain(municipality).upper()
    if kind == "municipality":
        return kind, ("", "", municipality)
    if kind == "postcode and municipality":
        return kind, ("", at.postcode, municipality)
    street = (at.street_nl if dutch else at.street) or ""
    for long, short in STREETS:
        if street.startswith(long) and dice.random() < 0.25:
            street = short + street[len(long) :]
    separator = dice.choice((" ", " ", ", ", " n° "))
    return kind, (f"{street}{separator}{at.house or ''}".strip(), at.postcode, municipality)


def number(digits: str, dice: random.Random) -> str:
    """Return an enterprise number in one of the ways in which people write it."""
    dotted = f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"
    return dice.choice(
        (dotted, dotted, digits, f"BE {dotted}", f"BE{digits}", dotted.replace(".", " "))
    )


def wrong_number(digits: str) -> str:
    """Return a number of which two neighbouring digits changed places: its check is wrong."""
    for at in range(8, 1, -1):
        swapped = digits[: at - 1] + digits[at] + digits[at - 1] + digits[at + 1 :]
        if swapped != digits and 97 - int(swapped[:8]) % 97 != int(swapped[8:]):
            return swapped
    return digits[:8] + f"{int(digits[8:]) % 97 + 1:02}"


def legal_form(known: Known, dice: random.Random) -> str:
    """Return the legal form as lists give it, or nothing."""
    if dice.random() < 0.3:
        return ""
    words = LEGAL_WORDS.get(known.form)
    return dice.choice(words) if words and dice.random() < 0.8 else known.form
