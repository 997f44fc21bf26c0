"""Numbers that cannot be real: blocks that the register will not reach for decades."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Block:
    """Eight-digit beginnings of numbers, from ``first`` on; two check digits follow each.

    The last twentieth is kept for what later extracts add, as new numbers are the highest.
    """

    first: int
    size: int

    @property
    def spread(self) -> int:
        """How many beginnings a full extract spreads its entities over."""
        return self.size * 19 // 20


# The register gave its first number that begins with 1 in 2023 and gives some 100,000 a year:
# it is far from 17. A million numbers begin with 19; a larger extract reaches down to 17.
ENTERPRISES = (Block(19_000_000, 1_000_000), Block(17_000_000, 3_000_000))
ESTABLISHMENTS = (Block(29_000_000, 1_000_000), Block(27_000_000, 3_000_000))
BRANCHES = (Block(99_000_000, 1_000_000),)


def block(blocks: tuple[Block, ...], entities: int) -> Block:
    """Return the smallest block with room for some entities; ValueError when none has."""
    for one in blocks:
        if entities <= one.spread:
            return one
    raise ValueError(f"{entities:,} numbers do not fit in a block of {blocks[-1].spread:,}")


def is_synthetic(number: str) -> bool:
    """Tell whether ten digits of an enterprise or establishment are of these blocks.

    >>> is_synthetic("1999900072"), is_synthetic("0200065765")
    (True, False)
    """
    return number[:2] in {"17", "18", "19", "27", "28", "29", "99"}


def completed(beginning: int) -> str:
    """Return the ten digits of the number that begins with eight given ones.

    >>> completed(19999000)
    '1999900072'
    """
    return f"{beginning:08}{97 - beginning % 97:02}"


def dotted(digits: str) -> str:
    """Return a number as the register writes it in files.

    >>> dotted("1999900072"), dotted("2999000171")
    ('1999.900.072', '2.999.000.171')
    """
    if digits[0] in "01":
        return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"
    return f"{digits[0]}.{digits[1:4]}.{digits[4:7]}.{digits[7:]}"


def sql_beginning(index: str, count: int, one: Block, jitter: str) -> str:
    """Return the SQL of the beginning of the index-th of ``count`` numbers, ascending.

    ``jitter`` is SQL of a number that moves it within its own stride.
    """
    stride = max(1, one.spread // max(1, count))
    return (
        f"({one.first} + ({index}) * {one.spread} // {max(1, count)}"
        f" + (({jitter}) % {stride})::BIGINT)"
    )


def sql_dotted(beginning: str, *, establishment: bool = False, wrong: str = "false") -> str:
    """Return the SQL of a number as files have it; ``wrong`` tells where its check is falsified."""
    check = f"(97 - ({beginning}) % 97)"
    checked = f"CASE WHEN {wrong} THEN {check} % 97 + 1 ELSE {check} END"
    digits = f"printf('%08d%02d', {beginning}, {checked})"
    cuts = (1, 2, 5, 8, 11) if establishment else (1, 5, 8, 11)
    pieces = [f"{digits}[{a}:{b - 1}]" for a, b in pairwise(cuts)]
    return "concat_ws('.', " + ", ".join(pieces) + ")"
