"""Charts and maps as files of their own: with the style that a page would give them."""

from collections.abc import Mapping

from jinja2 import Environment

from server.charts.lines import LineChart
from server.charts.map import Map

NAMESPACE = "http://www.w3.org/2000/svg"
COLOURS = ("#0b5d5b", "#b34a17", "#2c5fb3", "#8a3a86", "#5d6b00", "#b3245a", "#4d5b66", "#7a5200")
DASHES = ("", "7 4", "2 4", "10 4 2 4")
SHADES = ("#c3ddd6", "#8fc0b7", "#579e95", "#247872", "#0b4f4d")
STYLE = "".join((
    "svg{font-family:%(font)s;font-size:12.5px}",
    ".grid path{stroke:#d9ddd5;fill:none}.zero{stroke:#8a9792;fill:none}text{fill:#52625f}",
    ".line{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}",
    ".mark{stroke:#fff;stroke-width:1}.ends text{font-weight:600;font-size:12px}",
    *(f".line.s{place}{{stroke:{colour};stroke-dasharray:{DASHES[(place - 1) % 4] or 'none'}}}"
      f".mark.s{place},.ends .s{place}{{fill:{colour}}}"
      for place, colour in enumerate(COLOURS, 1)),
    ".province{fill:#d5dcd6;stroke:#fff}.canton{fill:none;stroke:#8a9792;stroke-width:.3}",
    ".marked{fill:#a8431b;stroke:#fff}",
    *(f".q{place}{{fill:{shade}}}" for place, shade in enumerate(SHADES, 1)),
))  # fmt: skip


def lines_svg(templates: Environment, chart: LineChart, said: Mapping[str, str], font: str) -> str:
    """Return a chart of lines as a whole SVG file."""
    macros = templates.get_template("charts/lines.html").module
    drawn = macros.chart(chart, said["title"], said["summary"], "chart")  # type: ignore[attr-defined]
    return whole(str(drawn), font)


def map_svg(templates: Environment, drawn: Map, said: Mapping[str, str], font: str) -> str:
    """Return a map as a whole SVG file."""
    macros = templates.get_template("charts/map.html").module
    made = macros.drawn(drawn, said["title"], said["summary"], "map")  # type: ignore[attr-defined]
    return whole(str(made), font)


def whole(svg: str, font: str) -> str:
    """Return an SVG of a page as one that stands alone."""
    head, close, rest = svg.strip().partition(">")
    style = STYLE.replace("%(font)s", font)
    return f'{head} xmlns="{NAMESPACE}"{close}<style>{style}</style>{rest}'
