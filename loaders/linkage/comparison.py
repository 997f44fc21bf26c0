"""How alike two records are: a level per feature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from rapidfuzz import fuzz

from loaders.linkage.names import REMEMBERED, Name, folded, take_apart
from loaders.linkage.records import Place, Record

# Up to so many enterprises with a word, it is rare; up to so many, uncommon.
RARE, UNCOMMON = 10, 1000
EQUAL, NEAR, ALIKE, WEAK = 100.0, 90.0, 80.0, 60.0
SAME_STREET = 85.0
# Fewer initials are shared by too many names.
SHORTEST = 3
HOUSE = re.compile(r"\d+")
# Hosts that many organisations share.
SHARED_HOSTS = frozenset({
    "gmail.com", "hotmail.com", "hotmail.be", "outlook.com", "outlook.be", "yahoo.com",
    "yahoo.fr", "skynet.be", "telenet.be", "proximus.be", "voo.be", "scarlet.be", "live.be",
    "icloud.com", "facebook.com", "instagram.com", "linkedin.com",
})  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """The levels of likeness of two records, and what the rule of acceptance asks of them."""

    name: str
    place: str
    form: str
    contact: str
    same_postcode: bool

    @property
    def levels(self) -> dict[str, str]:
        """The level of each feature that the score weighs."""
        return {
            "name": self.name, "place": self.place, "form": self.form, "contact": self.contact,
        }  # fmt: skip


def compare(
    record: Record, other: Record, rarest: int | None, families: dict[str, str]
) -> Comparison:
    """Compare a list's record with a register's.

    ``rarest`` counts the enterprises with the rarest word that both names share, None when they
    share no word; ``families`` gives the legal family of each legal form.
    """
    ours = [take_apart(name) for name in record.names]
    theirs = [take_apart(name) for name in other.names]
    return Comparison(
        name=name_level(ours, theirs, rarest),
        place=place_level(record.places, other.places),
        form=form_level(record, other, ours, families),
        contact=contact_level(record.contacts, other.contacts),
        same_postcode=bool(postcodes(record) & postcodes(other)),
    )


def postcodes(record: Record) -> set[str]:
    """Return the postcodes of a record's addresses."""
    return {place.postcode for place in record.places if place.postcode}


def name_level(ours: list[Name], theirs: list[Name], rarest: int | None) -> str:
    """Return how alike the most alike of the names are, and how telling that is.

    A name that many enterprises bear says less than one that few bear.
    """
    levels = ("equal", "near", "alike", "part", "initials", "weak", "other number", "other")
    best = min(
        (levels.index(likeness(one, two)) for one, two in product(ours, theirs)),
        default=len(levels) - 1,
    )
    level = levels[best]
    if level in ("equal", "near", "alike", "part"):
        return f"{level} {rarity(rarest)}"
    return level


def rarity(rarest: int | None) -> str:
    """Name how rare a word is that so many enterprises have in their names."""
    if rarest is None:
        return "misspelt"
    return "rare" if rarest <= RARE else "uncommon" if rarest <= UNCOMMON else "common"


def likeness(one: Name, two: Name) -> str:
    """Return how alike two names are.

    >>> likeness(take_apart("Les Amis ASBL"), take_apart("Amis (Les)"))
    'equal'
    """
    if one.core == two.core or one.compact == two.compact:
        return "equal"
    if one.numbers and two.numbers and one.numbers != two.numbers:
        return "other number"
    ratio = max(
        fuzz.ratio(one.core, two.core, score_cutoff=WEAK),
        fuzz.ratio(one.compact, two.compact, score_cutoff=WEAK),
    )
    if ratio >= NEAR or one.words == two.words:
        return "near"
    if ratio >= ALIKE or one.sound == two.sound:
        return "alike"
    if min(len(one.words), len(two.words)) >= 2 and (
        fuzz.token_set_ratio(one.core, two.core) >= NEAR
    ):
        return "part"
    if abbreviates(one, two) or abbreviates(two, one):
        return "initials"
    if one.words < two.words or two.words < one.words:
        return "part"
    return "weak" if ratio >= WEAK else "other"


def abbreviates(short: Name, long: Name) -> bool:
    """Tell whether a name is made of the initials of another."""
    return len(short.compact) >= SHORTEST and short.compact == long.initials


def place_level(ours: tuple[Place, ...], theirs: tuple[Place, ...]) -> str:
    """Return how near the nearest two addresses are."""
    levels = ("door", "street", "postcode", "other street", "municipality", "unknown", "elsewhere")
    ours = tuple(place for place in ours if place.postcode or place.municipalities)
    theirs = tuple(place for place in theirs if place.postcode or place.municipalities)
    return levels[
        min((levels.index(nearness(one, two)) for one, two in product(ours, theirs)), default=5)
    ]


def nearness(one: Place, two: Place) -> str:
    """Return how near two addresses are."""
    if one.postcode and one.postcode == two.postcode:
        if not one.street or not two.street:
            return "postcode"
        if not same_street(one.street, two.street):
            return "other street"
        return "door" if house(one.street) == house(two.street) != "" else "street"
    towns = ({folded(name) for name in place.municipalities} for place in (one, two))
    if set.intersection(*towns):
        return "municipality"
    return "elsewhere"


def same_street(one: str, two: str) -> bool:
    """Tell whether two streets are one; ``two`` may hold its names in several languages."""
    plain = without_number(one)
    return any(
        fuzz.token_set_ratio(plain, without_number(name)) >= SAME_STREET for name in two.split("|")
    )


@lru_cache(REMEMBERED)
def without_number(street: str) -> str:
    """Return the name of a street, folded."""
    return HOUSE.sub("", folded(street)).strip()


@lru_cache(REMEMBERED)
def house(street: str) -> str:
    """Return the house number in a street line, empty when there is none.

    >>> house("Rue de la Loi 16 bte 2"), house("Place du 4 Août 12"), house("Grand-Place")
    ('16', '12', '')
    """
    before_box = re.split(r"\b(?:bte|bus|boite|box|boîte)\b", street.lower())[0]
    numbers = HOUSE.findall(before_box)
    return numbers[-1] if numbers else ""


def form_level(record: Record, other: Record, ours: list[Name], families: dict[str, str]) -> str:
    """Return whether the legal forms agree, those written in names included."""
    if record.form and record.form == other.form:
        return "same"
    told = (name.family for name in ours if name.family)
    family = families.get(record.form) or record.family or next(told, "")
    theirs = families.get(other.form, "")
    if not family or not theirs:
        return "unknown"
    # Companies with a social purpose became, for the most part, co-operatives in 2024.
    kindred = {"company-social-purpose", "cooperative"}
    if family == theirs or {family, theirs} == kindred:
        return "family"
    return "conflict"


def contact_level(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    """Return whether two records share a web site, a mail domain or a telephone number."""
    one, two = ({key for text in side if (key := contact_key(text))} for side in (ours, theirs))
    if not one or not two:
        return "unknown"
    return "same" if one & two else "other"


def contact_key(text: str) -> str:
    """Return what identifies an organisation in a contact, empty when nothing does.

    >>> contact_key("https://www.Example.org/contact"), contact_key("info@example.org")
    ('example.org', 'example.org')
    >>> contact_key("x@gmail.com"), contact_key("+32 (0)10 45 64 50")
    ('', '10456450')
    """
    plain = text.strip().lower()
    if "@" in plain or ("." in plain and plain[:1] not in "+0"):
        host = plain.rpartition("@")[2] if "@" in plain else re.sub(r"^\w+://", "", plain)
        host = host.partition("/")[0].removeprefix("www.")
        return "" if host in SHARED_HOSTS else host
    digits = re.sub(r"\D", "", plain.replace("(0)", ""))
    return digits[-8:] if len(digits) >= 8 else ""
