"""The sheet of paper that a picture is printed on: A3, or the next size on which it can be read.

Typst sets it: the same picture gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files

import typst

from queries.maps.sizes import TYPE
from server.maps.picture import Picture, summary
from server.maps.svg import svg
from server.maps.text import clean
from server.maps.xmp import MAKER

# The smallest type that can be read on paper, and what stays white around a picture, in points.
LEAST, MARGIN = 6.0, 6.0
# Sheets by their short and long side, in points.
SHEETS = {
    "A3": (841.89, 1190.55), "A2": (1190.55, 1683.78), "A1": (1683.78, 2383.94),
    "A0": (2383.94, 3370.39), "2A0": (3370.39, 4767.87), "4A0": (4767.87, 6740.79),
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A sheet, standing or lying, and how much smaller than itself a picture is on it."""

    name: str
    width: float
    height: float
    scale: float


def sheet_for(width: float, height: float) -> Sheet:
    """Return the smallest sheet on which a picture can be read; the largest there is otherwise."""
    found = []
    for name, sides in SHEETS.items():
        wide, high = sides if height >= width else sides[::-1]
        scale = min((wide - 2 * MARGIN) / width, (high - 2 * MARGIN) / height)
        found.append(Sheet(name, wide, high, min(scale, 1.0)))
    return next((one for one in found if TYPE * one.scale >= LEAST), found[-1])


def size_of(drawn: str) -> tuple[float, float]:
    """Return how wide and high a drawing is."""
    box = drawn.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return float(box[2]), float(box[3])


@cache
def template() -> bytes:
    """Return the template of a sheet."""
    return (files("server") / "maps" / "paper.typ").read_bytes()


def printed(picture: Picture) -> bytes:
    """Return a picture on its sheet, as tagged PDF."""
    drawn = svg(picture, "light")
    width, height = size_of(drawn)
    sheet = sheet_for(width, height)
    about = picture.about()
    said = {
        "title": clean(picture.heading()), "author": MAKER, "language": picture.language,
        "description": clean(". ".join([*picture.credits(), about["sources"], about["address"]])),
        "keywords": [about["view"], about["release"]], "summary": summary(picture),
        "date": [picture.created.year, picture.created.month, picture.created.day],
        "width": sheet.width, "height": sheet.height, "margin": MARGIN,
        "drawn": width * sheet.scale,
    }  # fmt: skip
    day = datetime.combine(picture.created, time(), UTC)
    found: bytes = typst.compile(
        template(), sys_inputs={"map": json.dumps(said, ensure_ascii=False), "drawing": drawn},
        format="pdf", timestamp=int(day.timestamp()),
    )  # fmt: skip
    return found
