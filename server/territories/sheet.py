"""The sheet of a territory: everything that its page, its data and its PDF show."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from queries.outlines import Outlines
from queries.release import Release
from server.charts.lines import LineChart, Series, line_chart
from server.charts.map import Map, place, shared
from server.cubes.notes import SYNTHETIC
from server.cubes.pivot import Cell
from server.cubes.seen import CONFIDENTIALITY, Name, plain
from server.cubes.told import capitalised
from server.language import Language
from server.language import mark as _
from server.territories.enterprises import folded
from server.territories.figures import Counted, Figure, counted
from server.territories.tree import COUNTRY, Territory, Tree

LEVEL_NAMES = {
    "region": _("Region"), "province": _("Province"), "arrondissement": _("Arrondissement"),
    "municipality": _("Municipality"), "country": _("Country"),
}  # fmt: skip
LEVELS = {
    "region": _("Regions"), "province": _("Provinces"), "arrondissement": _("Arrondissements"),
    "municipality": _("Municipalities"),
}  # fmt: skip
COLUMNS = (
    "CUBE", "INDICATOR", "INDICATOR_NAME", "UNIT", "REFNIS", "TERRITORY", "PERIOD", "VALUE",
    "WITHHELD", "STATUS", "RELEASE", "UPDATED", "SOURCES", "LICENCE", "SYNTHETIC", "OBSERVATION",
)  # fmt: skip
Line = tuple[str | Decimal | None, ...]


@dataclass(frozen=True)
class Sheet:
    """What is known of a territory."""

    territory: Territory
    chain: list[Territory]
    below: list[Territory]
    counted: list[Counted]
    map: Map | None
    neighbours: list[Territory]
    outlines: Outlines | None
    release: Release
    speech: Language

    @property
    def name(self) -> Name:
        """What the territory is called."""
        return self.territory.name(self.speech.code)

    @property
    def level(self) -> str:
        """What kind of territory it is."""
        return self.speech.gettext(level_name(self.territory))

    @property
    def synthetic(self) -> bool:
        """Whether any of its figures is invented."""
        return any(one.seen.flow.synthetic for one in self.counted)

    def charts(self, figure: Figure) -> tuple[LineChart, LineChart] | None:
        """Return how a figure evolved here and in what this lies in, the base being 100.

        None where nothing can be drawn of the territory itself: a chart of others says nothing of
        it.
        """
        drawn = self.drawn(figure)
        if self.territory not in [one for one, _values in drawn]:
            return None
        series = [
            Series(one.name(self.speech.code).text, tuple(values), one.name(self.speech.code).lang)
            for one, values in drawn
        ]
        return (
            line_chart(figure.periods, series, self.speech, wide=True, zero=False),
            line_chart(figure.periods, series, self.speech, wide=False, zero=False),
        )  # fmt: skip

    def drawn(self, figure: Figure) -> list[tuple[Territory, list[Decimal | None]]]:
        """Return the territories of which a line can be drawn, with its values."""
        base = figure.base(self.territory)
        told = [(one, figure.index(one, base)) for one in self.chain] if base else []
        return [(one, values) for one, values in told
                if sum(value is not None for value in values) > 1]  # fmt: skip

    def undrawn(self, figure: Figure) -> list[Territory]:
        """Return the territories of which no line can be drawn."""
        drawn = [one for one, _values in self.drawn(figure)]
        return [one for one in self.chain if one not in drawn]

    def evolution(self, figure: Figure) -> str:
        """Return what the evolution of a figure is called; the base, if it is drawn."""
        base = figure.base(self.territory)
        if base is None or self.territory in self.undrawn(figure):
            return self.speech.gettext(_("Evolution: %(name)s")) % {"name": figure.text}
        text = self.speech.gettext(_("Evolution: %(name)s, %(first)s = 100"))
        return text % {"name": figure.text, "first": base}

    def reasons(self) -> dict[str, Name]:
        """Return why figures of the sheet are withheld."""
        return {
            cell.withheld: one.seen.of_code(CONFIDENTIALITY, cell.withheld)
            for one in self.counted for figure in one.figures
            for cell in figure.cells.values() if cell.withheld
        }  # fmt: skip

    def summary(self) -> list[str]:
        """Return the sheet in sentences."""
        say, found = self.speech.gettext, []
        for figure in self.figures()[:4]:
            cell = figure.cell(self.territory, figure.last)
            if cell is None or cell.value is None:
                continue
            text = _("%(name)s, %(period)s: %(value)s.")
            given = {"name": capitalised(figure.text), "period": figure.last,
                     "value": self.speech.number(cell.value, cell.decimals)}  # fmt: skip
            if (change := figure.change(self.territory)) is not None:
                text = _("%(name)s, %(period)s: %(value)s, that is %(change)s since %(first)s.")
                given |= {"change": self.speech.percent(change), "first": figure.periods[0]}
            found.append(say(text) % given)
        return found

    def within(self) -> list[tuple[str, list[Territory]]]:
        """Return what lies in the territory, level by level, by name."""
        found = []
        for level, name in LEVELS.items():
            held = [one for one in self.below if one.level == level]
            held.sort(key=lambda one: folded(one.name(self.speech.code).text))
            if held:
                found.append((self.speech.gettext(name), held))
        return found

    def figures(self) -> list[Figure]:
        """Return the indicators of all cubes."""
        return [figure for one in self.counted for figure in one.figures]

    def has_figures(self) -> bool:
        """Tell whether any figure of the sheet is shown."""
        cells = (cell for figure in self.figures() for cell in figure.cells.values())
        return any(cell.value is not None for cell in cells)

    def lines(self) -> Iterator[Line]:
        """Yield all figures of the sheet, one per territory and period."""
        names = {one.refnis: one.name(self.speech.code).text for one in self.chain}
        for one in self.counted:
            flow = one.seen.flow
            origin = (self.release.id, flow.updated.isoformat(), "; ".join(flow.sources),
                      flow.licence, "true" if flow.synthetic else "false")  # fmt: skip
            for figure in one.figures:
                for (refnis, period), cell in sorted(figure.cells.items()):
                    yield (
                        flow.id, ".".join(figure.key), figure.name.text,
                        figure.unit.text if figure.unit else None, refnis, names.get(refnis),
                        period, cell.value, self.reason(one, cell), cell.status, *origin,
                        f"{self.release.manifest.base}cube/{flow.id}/{cell.key}",
                    )  # fmt: skip

    def reason(self, one: Counted, cell: Cell) -> str | None:
        """Return why a figure is withheld."""
        return one.seen.of_code(CONFIDENTIALITY, cell.withheld).text if cell.withheld else None

    def as_json(self) -> dict[str, object]:
        """Return the sheet for programs."""
        figures = []
        for line in self.lines():
            told = zip(COLUMNS, line, strict=True)
            figures.append({
                name.lower(): float(plain(value)) if isinstance(value, Decimal) else value
                for name, value in told
            })  # fmt: skip
        return {
            "refnis": self.territory.refnis, "nuts": sorted(self.territory.nuts),
            "level": self.territory.level, "iri": self.territory.iri,
            "names": self.territory.names,
            "within": [one.refnis for one in self.chain[1:]],
            "contains": [one.refnis for one in self.below],
            "release": self.release.id,
            "note": self.speech.gettext(SYNTHETIC) if self.synthetic else None,
            "figures": figures,
        }  # fmt: skip


def level_name(territory: Territory) -> str:
    """Return what kind of territory one is."""
    return LEVEL_NAMES["country" if territory.refnis == COUNTRY else territory.level]


async def sheet(
    release: Release, tree: Tree, territory: Territory, outlines: Outlines | None,
    speech: Language, prefix: str,
) -> Sheet:  # fmt: skip
    """Return what is known of a territory."""
    chain = tree.chain(territory)
    told = await asyncio.to_thread(counted, release, tree, chain, speech, prefix)
    drawn, others = None, []
    if outlines is not None:
        municipalities = [one.refnis for one in tree.municipalities(territory)]
        whole = provinces_of(tree, territory, outlines)
        above = next((one.refnis for one in chain if one.refnis in outlines.provinces), None)
        drawn = place(outlines, municipalities, territory.name(speech.code).text, above, whole)
        if territory.level == "municipality":
            codes = shared(outlines, territory.refnis)
            others = [tree.all[code] for code in codes if code in tree.all]
    return Sheet(territory, chain, tree.below(territory), told, drawn, others, outlines, release,
                 speech)  # fmt: skip


def provinces_of(tree: Tree, territory: Territory, outlines: Outlines) -> set[str]:
    """Return the provinces, Brussels among them, that a territory is or is made of."""
    if territory.level in ("municipality", "arrondissement"):
        return set()
    return {
        code for code in outlines.provinces
        if code in tree.all and territory in tree.chain(tree.all[code])
    }  # fmt: skip
