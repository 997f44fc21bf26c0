"""The sheet of paper that a picture is printed on: A3, or the next size on which it can be read."""

from __future__ import annotations

from dataclasses import dataclass

from queries.maps.sizes import TYPE
from server.maps.ties import number

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


def on_paper(drawn: str) -> str:
    """Return a drawing on a sheet of paper, in the middle above."""
    left, right = drawn.index(' width="'), drawn.index(' role="')
    box = drawn.split('viewBox="', 1)[1].split('"', 1)[0].split()
    width, height = float(box[2]), float(box[3])
    sheet = sheet_for(width, height)
    size = (width * sheet.scale, height * sheet.scale)
    corner = ((sheet.width - size[0]) / 2, MARGIN)
    inner = (
        f'{drawn[:left]} x="{number(corner[0])}" y="{number(corner[1])}"'
        f' width="{number(size[0])}" height="{number(size[1])}"{drawn[right:]}'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet.width}" height="{sheet.height}"'
        f' viewBox="0 0 {sheet.width} {sheet.height}">{inner.strip()}</svg>\n'
    )
