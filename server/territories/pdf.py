"""The sheet of a territory as an accessible PDF (PDF/UA-1), set by Typst.

Figures and names reach the template as JSON, never as code. Only the fonts within Typst are used,
and the day is that of the release: the same sheet gives the same bytes.
"""

import json
from datetime import UTC
from functools import cache
from importlib.resources import files

import typst

from server.charts.standalone import lines_svg, map_svg
from server.cubes.notes import SYNTHETIC
from server.cubes.pivot import Cell
from server.language import mark as _
from server.pages.page import environment
from server.territories.figures import Counted, Figure, Part
from server.territories.sheet import Sheet

FONT = "Libertinus Serif"
MOST_PERIODS = 10
Table = dict[str, object]


def pdf(told: Sheet) -> bytes:
    """Return the sheet as PDF."""
    made = told.release.manifest.created.astimezone(UTC)
    body: bytes = typst.compile(
        template(),
        sys_inputs={"sheet": json.dumps(content(told), ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(made.timestamp()),
    )
    return body


@cache
def template() -> bytes:
    """Return the template of the sheet."""
    return (files("server") / "territories" / "sheet.typ").read_bytes()


def content(told: Sheet) -> dict[str, object]:
    """Return what the template shows."""
    say, speech = told.speech.gettext, told.speech
    made = told.release.manifest.created.astimezone(UTC)
    within = " › ".join(one.name(speech.code).text for one in reversed(told.chain[1:]))
    subtitle = f"{told.level} · REFNIS {told.territory.refnis}{f' · {within}' if within else ''}"
    footer = say(_("Release %(release)s of %(day)s")) % {
        "release": told.release.id, "day": speech.day(made)
    }  # fmt: skip
    return {
        "language": speech.code, "title": f"{told.name.text} · Maillage", "publisher": "Maillage",
        "name": list(told.name), "subtitle": subtitle, "summary": told.summary(),
        "synthetic": say(SYNTHETIC) if told.synthetic else None,
        "date": [made.year, made.month, made.day], "footer": f"Maillage · {footer}",
        "map": map_of(told), "cubes": [cube(told, one) for one in told.counted],
        "say": {"withheld": say(_("Withheld figures"))},
        "reasons": [f"– ({code}): {name.text}" for code, name in told.reasons().items()],
    }  # fmt: skip


def map_of(told: Sheet) -> dict[str, str] | None:
    """Return the map of a sheet."""
    if told.map is None:
        return None
    say = told.speech.gettext
    name = {"name": told.name.text}
    said = {
        "title": say(_("Where %(name)s lies")) % name,
        "summary": say(_("%(name)s is marked among its surroundings.")) % name,
    }
    note = say(_("Outlines: Statbel and NGI, CC BY 4.0."))
    if told.neighbours:
        others = ", ".join(one.name(told.speech.code).text for one in told.neighbours)
        note = f"{say(_('Marked is its judicial canton, with'))} {others}. {note}"
    svg = map_svg(environment(told.speech.code), told.map, said, FONT)
    return {"svg": svg, "alt": f"{said['title']}. {said['summary']}", "note": note}


def cube(told: Sheet, one: Counted) -> dict[str, object]:
    """Return what one cube says."""
    speech, say = told.speech, told.speech.gettext
    first, flow = one.figures[0], one.seen.flow
    return {
        "name": list(one.name),
        "compare": compared(told, one),
        "chart": chart(told, first),
        "evolution": evolution(told, first),
        "parts": [part_of(told, first, part) for part in one.parts],
        "origin": " · ".join((
            say(_("Source: %(names)s")) % {"names": ", ".join(flow.sources)}, flow.licence,
            f"{say(_('Updated'))} {speech.day(flow.updated)}",
        )),
    }  # fmt: skip


def compared(told: Sheet, one: Counted) -> Table:
    """Return the key figures beside those of what the territory lies in."""
    speech, say = told.speech, told.speech.gettext
    names = [territory.name(speech.code).text for territory in told.chain]
    head = [say(_("Indicator")), say(_("Period")), *names, say(_("Change"))]
    rows = []
    for figure in one.figures:
        change = figure.change(told.territory)
        rows.append([
            unit(figure), figure.last,
            *(written(told, figure.cell(place, figure.last)) for place in told.chain),
            speech.percent(change) if change is not None else "",
        ])  # fmt: skip
    return {"head": head, "rows": rows}


def unit(figure: Figure) -> str:
    """Return an indicator with its unit, where that says more."""
    if figure.unit is None or figure.unit.text == figure.name.text:
        return figure.name.text
    return f"{figure.name.text} ({figure.unit.text})"


def written(told: Sheet, cell: Cell | None) -> str:
    """Write a cell: a withheld one by its reason only."""
    if cell is None:
        return "·"
    if cell.withheld:
        return f"– ({cell.withheld})"
    return "…" if cell.value is None else told.speech.number(cell.value)


def chart(told: Sheet, figure: Figure) -> dict[str, str] | None:
    """Return the evolution of a figure as a drawing, with the text that stands for it."""
    drawn, say = told.charts(figure), told.speech.gettext
    if drawn is None:
        return None
    title = say(_("Evolution: %(name)s")) % {"name": figure.name.text}
    text = _("The first year, %(first)s, is 100; the table below has the figures.")
    summary = say(text) % {"first": figure.periods[0]}
    said = {"title": title, "summary": summary}
    svg = lines_svg(environment(told.speech.code), drawn[0], said, FONT)
    return {"svg": svg, "title": title, "alt": f"{title}. {summary}"}


def evolution(told: Sheet, figure: Figure) -> Table:
    """Return the last years of a figure, here and in what the territory lies in."""
    periods = figure.periods[-MOST_PERIODS:] if len(figure.periods) > 1 else []
    rows = [[place.name(told.speech.code).text,
             *(written(told, figure.cell(place, period)) for period in periods)]
            for place in told.chain if periods]  # fmt: skip
    return {"head": [figure.name.text, *periods], "rows": rows}


def part_of(told: Sheet, figure: Figure, part: Part) -> dict[str, object]:
    """Return what a figure is made of."""
    text = told.speech.gettext(_("%(figure)s by %(dimension)s, %(period)s"))
    title = text % {"figure": figure.name.text, "dimension": part.name.text,
                    "period": part.ranking.period.text}  # fmt: skip
    rows = [[one.head.name.text, told.speech.number(one.value)] for one in part.ranking.rows]
    if part.ranking.unranked:
        said = told.speech.ngettext(
            "%(count)s figure is withheld.",
            "%(count)s figures are withheld.",
            part.ranking.unranked,
        )
        rows.append([said % {"count": part.ranking.unranked}, ""])  # fmt: skip
    return {"title": title, "head": [part.name.text, part.ranking.period.text], "rows": rows}
