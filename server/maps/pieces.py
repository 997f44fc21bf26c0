"""The pieces of SVG that drawings are made of: text, rectangles, and what a file says of itself."""

from __future__ import annotations

from html import escape

from server.maps.palette import GROUNDS, SHADES
from server.maps.picture import Picture
from server.maps.text import clean
from server.maps.ties import number


def rect(
    corner: tuple[float, float], size: tuple[float, float], kind: str, fill: str, line: str,
    *, thick: str = "1.2", radius: str = "6",
) -> str:  # fmt: skip
    """Return a rectangle with round corners."""
    return (
        f'<rect class="{kind}" x="{number(corner[0])}" y="{number(corner[1])}"'
        f' width="{number(size[0])}" height="{number(size[1])}" rx="{radius}" fill="{fill}"'
        f' stroke="{line}" stroke-width="{thick}"/>'
    )


def text(
    x: float, y: float, found: list[str], size: float, colour: str, kind: str, *,
    anchor: str = "start", weight: str = "400", step: float = 15.0, halo: str = "",
) -> str:  # fmt: skip
    """Return lines of text."""
    strong = f' font-weight="{weight}"' if weight != "400" else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    behind = (
        f' stroke="{halo}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
        if halo
        else ""
    )
    spans = "".join(
        f'<tspan x="{number(x)}" y="{number(y + place * step)}">{escape(line, quote=False)}</tspan>'
        for place, line in enumerate(found)
    )
    return (
        f'<text class="{kind}" font-size="{number(size)}" fill="{colour}"{strong}{where}{behind}>'
        f"{spans}</text>"
    )


def attribute(value: str) -> str:
    """Return a text as the value of an attribute."""
    return escape(clean(value), quote=True)


def metadata(picture: Picture) -> str:
    """Return what the file says of itself, in Dublin Core."""
    said = picture.about()
    names = {
        "title": "title", "date": "date", "identifier": "address", "isVersionOf": "release",
        "source": "sources", "rights": "licence", "language": "language",
    }  # fmt: skip
    rows = "".join(
        f"<dc:{name}>{escape(clean(said[ours]), quote=False)}</dc:{name}>"
        for name, ours in names.items()
    )
    return f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{rows}</metadata>'


def dark_style() -> str:
    """Return the style by which a file of its own is dark where everything else is."""
    ground = GROUNDS["dark"]
    rules = [
        f".paper{{fill:{ground.paper}}}.ink{{fill:{ground.ink}}}.muted{{fill:{ground.muted}}}",
        f".rule{{stroke:{ground.rule}}}.box,.panel{{fill:{ground.panel}}}",
        f".body .halo{{stroke:{ground.panel}}}",
    ]
    for name, shade in SHADES["dark"].items():
        rules.append(f".fill-{name}{{fill:{shade.fill}}}.line-{name}{{stroke:{shade.line}}}")
        rules.append(f".head-{name}{{fill:{shade.line}}}")
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"
