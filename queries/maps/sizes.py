"""How large things are drawn: what layouts leave room for, and the drawing fills."""

from __future__ import annotations

from dataclasses import dataclass

from queries.maps.view import Layout


@dataclass(frozen=True)
class Card:
    """The size of a thing that is drawn as a card, the gaps around it, the lines of its name."""

    width: float
    height: float
    gap: float
    lines: int = 3


# The type of all that is in a picture: on A3, which holds pictures at 0.47 of their size, 6 points.
TYPE, LEADING = 13.0, 14.6
# In boxes and layers, a thing is a card with its name in it; elsewhere a dot beside its name.
CARDS: dict[Layout, Card] = {
    "boxes": Card(158, 62, 14, 4), "layers": Card(206, 48, 10), "network": Card(0, 0, 0),
    "rings": Card(0, 0, 0),
}  # fmt: skip
PADDING = 12.0
TITLE = 40.0


def box_width(columns: int) -> float:
    """Return how wide a box with so many columns is."""
    card = CARDS["boxes"]
    return columns * (card.width + card.gap) - card.gap + 2 * PADDING


def box_height(rows: int) -> float:
    """Return how high a box with so many rows is."""
    card = CARDS["boxes"]
    return TITLE + rows * (card.height + card.gap) - card.gap + PADDING
