"""What the pages of statistics show: the list of cubes, and one cube as it was chosen."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from queries.cubes.reading import Cube
from queries.outlines import outlines
from queries.release import Release
from server.charts.lines import MOST_SERIES, LineChart, Series, line_chart, sparkline
from server.charts.map import Map, country
from server.cubes.choice import Choice, choose
from server.cubes.form import address, form
from server.cubes.formats import FORMATS
from server.cubes.pivot import Head, Pivot, pivot
from server.cubes.seen import Name, Seen
from server.cubes.told import meanings, ranking, subject, summary
from server.language import Language

# What is offered beside the table; the French CSV is the same with another dialect.
AREA, FEWEST_SHADED = "REF_AREA", 3
# Attributes of a whole cube that the page says otherwise: in words, and in its language.
SAID = ("TITLE", "COMPILING_ORG", "LAST_UPDATE")
DOWNLOADS = ("csv", "csv-fr", "xlsx", "parquet", "json-stat", "walstat")


@dataclass(frozen=True)
class Described:
    """A cube as the list of them shows it."""

    id: str
    reference: str
    name: Name
    description: Name
    agency: Name
    licence: str
    sources: tuple[str, ...]
    synthetic: bool
    updated: object
    observations: int
    periods: tuple[str, str]
    figure: Decimal | None
    decimals: int
    figure_of: list[Name]
    spark: list[str]
    address: str

    def as_json(self) -> dict[str, object]:
        """Return what a program reads of a cube."""
        return {
            "id": self.id, "identifier": self.reference, "name": self.name.text,
            "description": self.description.text, "agency": self.agency.text,
            "licence": self.licence, "sources": list(self.sources), "synthetic": self.synthetic,
            "updated": str(self.updated), "observations": self.observations,
            "periods": list(self.periods), "url": self.address,
        }  # fmt: skip


def card(chosen: Cube, release: Release, speech: Language, prefix: str) -> Described:
    """Return a cube with its first figure, as the list of cubes shows it."""
    flow = chosen.dataflow
    choice = choose(chosen, {})
    seen = Seen(chosen, choice.selection(), release, speech)
    found = pivot(seen, choice)
    row = found.rows[0] if found.rows else None
    values = [found.value(row, column) for column in found.columns] if row else []
    told = [column.name.text for column in found.columns if found.by_time]
    told_apart = subject(seen, choice)
    named = [*told_apart.told, row.name, *told_apart.whole] if row else []
    return Described(
        flow.id, flow.reference, seen.name(flow.names, flow.id), seen.name(flow.descriptions, ""),
        seen.name(chosen.collection.agency_names, flow.agency), flow.licence, flow.sources,
        flow.synthetic, flow.updated, flow.observations,
        (told[0], told[-1]) if told else ("", ""), values[-1] if values else None,
        found.decimals(row, found.columns[-1]) if row and values else 0, named,
        sparkline(values) if found.by_time else [], f"{prefix}/statistics/{flow.id}",
    )  # fmt: skip


def view(
    seen: Seen,
    choice: Choice,
    prefix: str,
    more: list[tuple[str, str]],
    *,
    too_many: bool,
) -> dict[str, object]:
    """Return what the page of a cube shows."""
    flow, path = seen.flow, f"{prefix}/statistics/{seen.flow.id}"
    found = Pivot([], [], {}, by_time=False) if too_many else pivot(seen, choice)
    ranked = ranking(seen, choice, found)
    reasons, statuses = meanings(seen, found)
    return {
        "seen": seen,
        "flow": flow,
        "title": seen.name(flow.names, flow.id),
        "description": seen.name(flow.descriptions, ""),
        "agency": seen.name(seen.cube.collection.agency_names, flow.agency),
        "choice": choice,
        "form": form(seen, choice, path, more),
        "table": found,
        "too_many": too_many,
        "row_name": seen.of_component(choice.rows),
        "column_name": seen.of_component(choice.columns),
        "subject": subject(seen, choice),
        "summary": summary(seen, found, ranked),
        "ranking": ranked,
        "reasons": reasons,
        "statuses": statuses,
        "charts_drawn": charts(found, seen.speech),
        "map": shaded(seen, choice, found),
        "undrawn": len(found.rows) - len(foremost(found)),
        "downloads": downloads(seen, choice, path, more),
        "with_lineage": [
            (one.title, address_of(path, one.suffix,
                                   [*choice.parameters(), ("lineage", "yes")], more, one.name))
            for one in map(FORMATS.__getitem__, DOWNLOADS) if one.lineage
        ],
        "whole": [(one.title, address_of(path, one.suffix, [], more, one.name))
                  for one in map(FORMATS.__getitem__, DOWNLOADS[:4])],
        "permalink": address(path, choice.parameters(),
                             more or [("release", seen.release.id)]),
        "newest": address(path, choice.parameters(), []),
        "sdmx": sdmx_address(seen) if not more else None,
        "attributes": [(seen.of_component(name), text) for name, text in flow.attributes.items()
                       if name not in SAID],
        "unobserved": [] if too_many else unobserved(seen, choice, found),
    }  # fmt: skip


def shaded(seen: Seen, choice: Choice, found: Pivot) -> Map | None:
    """Return the map of the provinces that are compared; None for fewer than three."""
    outlines_ = outlines(seen.release)
    if outlines_ is None or choice.rows != AREA or found.main is None:
        return None
    rows = {row.territory: row for row in found.rows if row.territory}
    held = {code: rows.get(code) or rows.get(one.nuts or "")
            for code, one in outlines_.provinces.items()}  # fmt: skip
    names = {code: row.name.text for code, row in held.items() if row}
    told = {code: found.value(row, found.main) for code, row in held.items() if row}
    values = {code: value for code, value in told.items() if value is not None}
    if len(values) < FEWEST_SHADED:
        return None
    return country(outlines_, names, values, seen.speech.number)


def charts(found: Pivot, speech: Language) -> tuple[LineChart, LineChart] | None:
    """Return the evolution of the first rows, drawn for screens and for telephones."""
    rows = foremost(found)
    if not rows:
        return None
    periods = [column.name.text for column in found.columns]
    series = [Series(row.name.text, tuple(found.value(row, one) for one in found.columns),
                     row.name.lang) for row in rows]  # fmt: skip
    return (
        line_chart(periods, series, speech, wide=True),
        line_chart(periods, series, speech, wide=False),
    )


def foremost(found: Pivot) -> list[Head]:
    """Return the rows that are drawn: of many the upper ones, and of these the largest.

    They stay in the order of the table.
    """
    rows = drawable(found)
    last = {row.code: found.value(row, one) for one in found.columns for row in rows
            if found.value(row, one) is not None}  # fmt: skip
    first = sorted(rows, key=lambda row: (row.depth, -(last[row.code] or 0)))[:MOST_SERIES]
    return [row for row in rows if row in first]


def unobserved(seen: Seen, choice: Choice, found: Pivot) -> list[Name]:
    """Return what was chosen in rows and columns and has no observation at all."""
    shown = {head.code for head in (*found.rows, *found.columns)}
    return [seen.of_code(name, code) for name, codes in choice.listed.items() for code in codes
            if found.rows and code not in shown]  # fmt: skip


def drawable(found: Pivot) -> list[Head]:
    """Return the rows of which a line can be drawn."""
    if not found.by_time or len(found.columns) < 2:
        return []
    return [row for row in found.rows
            if sum(found.value(row, one) is not None for one in found.columns) > 1]  # fmt: skip


def downloads(
    seen: Seen, choice: Choice, path: str, more: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return where exactly what is seen can be had as data."""
    areas = AREA in {one.id for one in seen.cube.structure.dimensions}
    wanted = [FORMATS[name] for name in DOWNLOADS if areas or not name.startswith("walstat")]
    return [(one.title, address_of(path, one.suffix, choice.parameters(), more, one.name))
            for one in wanted]  # fmt: skip


def address_of(
    path: str, suffix: str, parameters: list[tuple[str, str]], more: list[tuple[str, str]],
    name: str,
) -> str:  # fmt: skip
    """Return the address of an exit."""
    given = [*parameters, *([("dialect", "fr")] if name == "csv-fr" else [])]
    return address(path + suffix, given, more) if given or more else path + suffix


def sdmx_address(seen: Seen) -> str:
    """Return where SDMX-REST 2 gives the same observations."""
    flow, chosen = seen.flow, seen.selection
    given = [(f"c[{name}]", ",".join(codes)) for name, codes in chosen.codes.items()]
    bounds = [
        f"ge:{chosen.start}" if chosen.start else "",
        f"le:{chosen.end}" if chosen.end else "",
    ]
    if any(bounds):
        given.append((f"c[{seen.cube.structure.time.id}]", "+".join(one for one in bounds if one)))
    path = f"/sdmx/v2/data/dataflow/{flow.agency}/{flow.id}/{flow.version}/*"
    return f"{path}?{urlencode(given, safe='[],:+')}"
