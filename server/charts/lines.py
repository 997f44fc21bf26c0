"""Evolution over time as lines: one per series, told apart by colour, dash and mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from server.charts.scale import Scale, apart, nice
from server.language import Language

MOST_SERIES = 8
LONGEST_LABEL = 26
LINE = 16
WIDE, NARROW = (760, 360), (350, 280)
# How wide a letter of the axis is.
LETTER = 6.6


@dataclass(frozen=True)
class Series:
    """A row of figures, one per period; None where there is none or it is withheld."""

    name: str
    values: tuple[Decimal | None, ...]
    lang: str | None = None


@dataclass(frozen=True)
class Mark:
    """One figure as it is drawn, and the text that says it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Line:
    """One series as it is drawn."""

    number: int
    name: str
    lang: str | None
    paths: list[str]
    marks: list[Mark]
    label: str
    label_y: float | None


@dataclass(frozen=True)
class LineChart:
    """A whole chart."""

    width: int
    height: int
    left: float
    right: float
    base: float
    zero: float | None
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    lines: list[Line]
    wide: bool


def line_chart(
    periods: Sequence[str], series: Sequence[Series], speech: Language, *, wide: bool,
    zero: bool = True,
) -> LineChart:  # fmt: skip
    """Return the evolution of a few series."""
    width, height = WIDE if wide else NARROW
    shown = list(series[:MOST_SERIES])
    values = [value for one in shown for value in one.values if value is not None]
    ys = nice(values, height - 34, 14, zero=zero)
    labels = [speech.number(number(tick)) for tick in ys.ticks]
    left = 14 + LETTER * max(map(len, labels))
    beside = LETTER * min(LONGEST_LABEL, max((len(one.name) for one in shown), default=0))
    right = width - (22 + beside if wide else 14)
    xs = Scale(0, max(1, len(periods) - 1), left + 8, right - 4)
    lines = [drawn(place + 1, one, periods, xs, ys, speech) for place, one in enumerate(shown)]
    if wide:
        lines = labelled(lines, height)
    every = step_of(periods, right - left)
    return LineChart(
        width, height, left, right, ys.at(ys.low),
        ys.at(0) if ys.low < 0 < ys.high else None,
        [(xs.at(place), period) for place, period in enumerate(periods)
         if (len(periods) - 1 - place) % every == 0],
        [(ys.at(tick), label) for tick, label in zip(ys.ticks, labels, strict=True)],
        lines, wide,
    )  # fmt: skip


def number(tick: float) -> Decimal:
    """Return a tick as a number without a needless fraction."""
    return Decimal(int(tick)) if tick == int(tick) else Decimal(str(tick))


def step_of(periods: Sequence[str], room: float) -> int:
    """Return how many periods go to one label, so that labels do not touch."""
    longest = max((len(period) for period in periods), default=4)
    most = max(1, int(room // (LETTER * longest + 14)))
    return max(1, -(-len(periods) // most))


def drawn(
    place: int, one: Series, periods: Sequence[str], xs: Scale, ys: Scale, speech: Language
) -> Line:
    """Return one series as lines that break where a figure is missing, and marks."""
    marks: list[Mark] = []
    paths: list[str] = []
    path = ""
    for number_, value in enumerate(one.values):
        if value is None:
            paths, path = [*paths, path], ""
            continue
        x, y = xs.at(number_), ys.at(value)
        marks.append(Mark(x, y, f"{one.name}, {periods[number_]}: {speech.number(value)}"))
        path += f"{'L' if path else 'M'}{x} {y}"
    label = one.name
    if len(label) > LONGEST_LABEL:
        label = label[: LONGEST_LABEL - 1].rstrip() + "…"
    lasting = [path for path in [*paths, path] if "L" in path]
    return Line(place, one.name, one.lang, lasting, marks, label, None)


def labelled(lines: list[Line], height: int) -> list[Line]:
    """Return lines with their names at their ends, none upon another."""
    named = [line for line in lines if line.marks]
    ends = apart([line.marks[-1].y for line in named], LINE, 12, height - 38)
    places = {line.number: end for line, end in zip(named, ends, strict=True)}
    return [
        Line(line.number, line.name, line.lang, line.paths, line.marks, line.label,
             places.get(line.number))
        for line in lines
    ]  # fmt: skip


def sparkline(values: Sequence[Decimal | None], width: int = 120, height: int = 32) -> list[str]:
    """Return the paths of a small line without axes."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return []
    low, high = float(min(known)), float(max(known))
    ys = Scale(low, high if high > low else low + 1, height - 4, 4)
    xs = Scale(0, max(1, len(values) - 1), 4, width - 4)
    paths: list[str] = []
    path = ""
    for place, value in enumerate(values):
        if value is None:
            paths, path = [*paths, path], ""
            continue
        path += f"{'L' if path else 'M'}{xs.at(place)} {ys.at(value)}"
    return [path for path in [*paths, path] if "L" in path]
