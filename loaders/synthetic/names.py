"""Parts that names are made of, in French and Dutch. Nothing names anything that exists."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path

from loaders.records.concepts import own_rows

FOLDER = Path(__file__).parent


@cache
def parts(kind: str) -> tuple[tuple[str, str], ...]:
    """Return the parts of a kind, each in French and Dutch; syllables are the same in both."""
    return tuple(
        (row.take("label_fr"), row.get("label_nl") or row.take("label_fr"))
        for row in own_rows(FOLDER, "name_parts.csv")
        if row.take("kind") == kind
    )


def french(kind: str) -> list[str]:
    """Return the French parts of a kind."""
    return [fr for fr, _ in parts(kind)]


def dutch(kind: str) -> list[str]:
    """Return the Dutch parts of a kind, parallel to the French ones."""
    return [nl for _, nl in parts(kind)]


def invented() -> list[str]:
    """Return some 40,000 proper names that nobody bears, in a fixed order."""
    syllables = product(french("first"), french("middle"), french("last"))
    return sorted({"".join(three) for three in syllables})


def streets() -> tuple[list[str], list[str]]:
    """Return streets in French and, parallel, in Dutch."""
    pairs = list(product(parts("street kind"), parts("street")))
    return (
        [f"{kind[0]} {name[0]}" for kind, name in pairs],
        [f"{name[1]}{kind[1]}" for kind, name in pairs],
    )


def of_place(name: str) -> str:
    """Return a place in the French genitive.

    >>> [of_place(one) for one in ("Namur", "Amay", "Le Roeulx", "Les Bons Villers")]
    ['de Namur', "d'Amay", 'du Roeulx', 'des Bons Villers']
    """
    if name.startswith("Le "):
        return "du " + name[3:]
    if name.startswith("Les "):
        return "des " + name[4:]
    return f"d'{name}" if name[0] in "AEÉIOUH" else f"de {name}"
