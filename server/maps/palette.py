"""The colours of maps: each in a light and a dark variant that can be read (WCAG 2.2 AA).

``fill`` is behind a name in ``ink``; ``line`` stands out from the ground of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class Shade:
    """One colour in one variant."""

    fill: str
    line: str


@dataclass(frozen=True)
class Ground:
    """What the colours stand on."""

    paper: str
    panel: str
    ink: str
    muted: str
    rule: str


GROUNDS: Mapping[Theme, Ground] = {
    "light": Ground("#ffffff", "#f6f7f4", "#18282a", "#52625f", "#d3d9d4"),
    "dark": Ground("#10191a", "#172224", "#e7ece9", "#a9b8b3", "#34443f"),
}
SHADES: Mapping[Theme, Mapping[str, Shade]] = {
    "light": {
        "teal": Shade("#d3ece9", "#0b6b66"), "blue": Shade("#dbe7f7", "#27609f"),
        "violet": Shade("#e7def5", "#6c43a6"), "rose": Shade("#fadfe8", "#a8325f"),
        "red": Shade("#fbdfda", "#a83227"), "orange": Shade("#fde4d0", "#a84a12"),
        "amber": Shade("#faecc0", "#7d5a00"), "green": Shade("#dbeed8", "#2f6b2f"),
        "olive": Shade("#eaecc9", "#5d6312"), "grey": Shade("#e6e9e8", "#5b6967"),
    },
    "dark": {
        "teal": Shade("#123c3a", "#5fc9be"), "blue": Shade("#173253", "#86b4ee"),
        "violet": Shade("#33234f", "#bd9cf0"), "rose": Shade("#4a1c30", "#f08fb2"),
        "red": Shade("#4d1f19", "#f2988c"), "orange": Shade("#4b2a13", "#f0a268"),
        "amber": Shade("#3f3108", "#e2bd55"), "green": Shade("#1c3a1e", "#8bcb88"),
        "olive": Shade("#32350c", "#c3c968"), "grey": Shade("#2a3534", "#9fb0ac"),
    },
}  # fmt: skip


def contrast(one: str, other: str) -> float:
    """Return how far two colours are apart, as WCAG reckons it.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return how bright a colour is."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
