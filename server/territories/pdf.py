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
from server.pages.display import licence_name
from server.pages.page import environment
from server.territories.enterprises import Enterprises
from server.territories.figures import Counted, Figure, Part
from server.territories.sheet import Sheet

FONT = "Libertinus Serif"
MOST_PERIODS = 10
WHY = _(
    "A figure that could tell something of one enterprise is withheld, and others with it where it "
    "could be computed from them. Withheld figures are in none of the exits."
)
Table = dict[str, object]


def pdf(told: Sheet, here: Enterprises) -> bytes:
    """Return the sheet as PDF, with the organisations that its page lists first."""
    made = told.release.manifest.created.astimezone(UTC)
    body: bytes = typst.compile(
        template(),
        sys_inputs={"sheet": json.dumps(content(told, here), ensure_ascii=False)},
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


def content(told: Sheet, here: Enterprises) -> dict[str, object]:
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
        "empty": None if told.counted else say(
            _("No cube of this release has figures of this territory.")
        ),
        "enterprises": enterprises(told, here),
        "say": {"withheld": say(_("Withheld figures")), "why": say(WHY)},
        "reasons": [f"– ({code})  {name.text}" for code, name in told.reasons().items()],
    }  # fmt: skip


def enterprises(told: Sheet, here: Enterprises) -> dict[str, object]:
    """Return the organisations of a territory, as many as a page of their list has."""
    say, speech = told.speech.gettext, told.speech
    title = _("Enterprises of the social economy here") if here.judged else _("Organisations here")
    note = None
    if here.failed:
        note = say(_("Their list took too long to make. Try a smaller territory."))
    elif not here.shown:
        note = say(_("This release knows no organisation with its seat or an address here."))
    elif here.more:
        text = say(_("These are the first %(count)s; the page of the sheet has them all."))
        note = text % {"count": speech.number(len(here.shown))}
    return {"title": say(title), "note": note,
            "names": [[one.text, one.lang or None] for one in here.shown]}  # fmt: skip


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
    sources = "; ".join(name.text for name in one.seen.sources)
    return {
        "name": list(one.name),
        "held": " · ".join(name.text for name in one.held),
        "compare": compared(told, one),
        "chart": chart(told, first),
        "evolution": evolution(told, first),
        "parts": [part_of(told, first, part) for part in one.parts],
        "origin": " · ".join((
            say(_("Source: %(names)s")) % {"names": sources},
            licence_name(flow.licence, speech),
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
            figure.text, figure.last,
            *(written(told, figure.cell(place, figure.last)) for place in told.chain),
            say(_("%(change)s since %(first)s")) % {
                "change": speech.percent(change), "first": figure.periods[0],
            } if change is not None else "",
        ])  # fmt: skip
    return {"head": head, "rows": rows}


def written(told: Sheet, cell: Cell | None) -> str:
    """Write a cell: a withheld one by its reason only."""
    if cell is None:
        return "·"
    if cell.withheld:
        return f"– ({cell.withheld})"
    return "…" if cell.value is None else told.speech.number(cell.value, cell.decimals)


def chart(told: Sheet, figure: Figure) -> dict[str, str] | None:
    """Return the evolution of a figure as a drawing, with the text that stands for it."""
    drawn, say = told.charts(figure), told.speech.gettext
    if drawn is None:
        return None
    title = told.evolution(figure)
    text = _("The year %(first)s is 100; the table below has the figures.")
    summary = say(text) % {"first": figure.base(told.territory)}
    others = ", ".join(one.name(told.speech.code).text for one in told.undrawn(figure))
    lacking = say(_("Not drawn, for lack of figures that are shown:"))
    note = f"{lacking} {others}." if others else ""
    said = {"title": title, "summary": summary}
    svg = lines_svg(environment(told.speech.code), drawn[0], said, FONT)
    return {"svg": svg, "title": title, "alt": f"{title}. {summary}", "note": note}


def evolution(told: Sheet, figure: Figure) -> Table:
    """Return the last years of a figure, here and in what the territory lies in."""
    periods = figure.periods[-MOST_PERIODS:] if len(figure.periods) > 1 else []
    rows = [[place.name(told.speech.code).text,
             *(written(told, figure.cell(place, period)) for period in periods)]
            for place in told.chain if periods]  # fmt: skip
    return {"title": told.evolution(figure), "head": [figure.text, *periods], "rows": rows}


def part_of(told: Sheet, figure: Figure, part: Part) -> dict[str, object]:
    """Return what a figure is made of."""
    text = told.speech.gettext(_("%(figure)s by %(dimension)s, %(period)s"))
    title = text % {"figure": figure.text, "dimension": part.name.text,
                    "period": part.ranking.period.text}  # fmt: skip
    rows = [[one.head.name.text, told.speech.number(one.value, one.decimals)]
            for one in part.ranking.rows]  # fmt: skip
    if part.ranking.withheld:
        said = told.speech.ngettext(
            "%(count)s figure is withheld.",
            "%(count)s figures are withheld.",
            part.ranking.withheld,
        )
        rows.append([said % {"count": part.ranking.withheld}, ""])  # fmt: skip
    return {"title": title, "head": [part.name.text, part.ranking.period.text], "rows": rows}
