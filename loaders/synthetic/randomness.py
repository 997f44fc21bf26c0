"""Randomness as a function: the same seed, purpose and index give the same choice, anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

PARTS_PER_MILLION = 1_000_000


@dataclass(frozen=True)
class Dice:
    """SQL of choices that follow from a seed and an index of type BIGINT."""

    seed: int

    def base(self, purpose: str) -> int:
        """Return a number below 2**61 that sets the choices for one purpose apart."""
        digest = blake2b(f"{self.seed}/{purpose}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 3

    def draw(self, purpose: str, index: str = "i") -> str:
        """Return SQL of 64 evenly spread bits."""
        return f"hash(({index})::BIGINT + {self.base(purpose)})"

    def below(self, bound: int | str, purpose: str, index: str = "i") -> str:
        """Return SQL of a whole number from 0 to below ``bound``, itself a number or SQL."""
        return f"({self.draw(purpose, index)} % ({bound})::UBIGINT)::BIGINT"

    def fraction(self, purpose: str, index: str = "i") -> str:
        """Return SQL of a number above 0 and below 1."""
        return f"(({self.draw(purpose, index)} >> 12)::DOUBLE + 0.5) / 4503599627370496.0"

    def chance(self, share: float, purpose: str, index: str = "i") -> str:
        """Return SQL that is true for a share of the indexes."""
        most = round(share * PARTS_PER_MILLION)
        return f"({self.below(PARTS_PER_MILLION, purpose, index)} < {most})"

    def pick(self, values: str, count: int, purpose: str, index: str = "i") -> str:
        """Return SQL of one element of the list variable ``values``, which has ``count``."""
        return f"getvariable('{values}')[{self.below(count, purpose, index)} + 1]"
