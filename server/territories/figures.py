"""What cubes say of a territory: key figures beside those of what it lies in, and their parts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from queries.cubes.reading import FOLDER, Cube, collection, cube
from queries.cubes.selection import Selection
from queries.release import Release
from server.cubes.choice import FOLLOWING, MEASURES, USUAL, choose
from server.cubes.codes import beside, present
from server.cubes.form import address
from server.cubes.pivot import Cell, cell, pivot
from server.cubes.seen import Name, Seen, territory_of
from server.cubes.told import Ranking, ranking
from server.language import Language
from server.territories.tree import Territory, Tree

AREA = "REF_AREA"
FREE = (*MEASURES, *FOLLOWING)
# By what the first figure of a territory is taken apart.
PARTS = ("SE_FAMILY", "ACTIVITY", "SIZE_CLASS")
MOST_FIGURES = 12


@dataclass(frozen=True)
class Figure:
    """One indicator: its cells by territory and period."""

    name: Name
    unit: Name | None
    key: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    periods: list[str]

    @property
    def last(self) -> str:
        """The last period."""
        return self.periods[-1]

    @property
    def measured_in(self) -> Name | None:
        """The unit, where that says more than the name."""
        return self.unit if self.unit and self.unit.text != self.name.text else None

    @property
    def text(self) -> str:
        """The name with its unit: two indicators may differ by nothing else."""
        return f"{self.name.text} ({self.measured_in.text})" if self.measured_in else self.name.text

    def cell(self, territory: Territory, period: str) -> Cell | None:
        """Return the cell of a territory in a period."""
        return self.cells.get((territory.refnis, period))

    def value(self, territory: Territory, period: str) -> Decimal | None:
        """Return the value of a territory in a period, if it is shown."""
        found = self.cell(territory, period)
        return found.value if found else None

    def series(self, territory: Territory) -> list[Decimal | None]:
        """Return the values of a territory over time."""
        return [self.value(territory, period) for period in self.periods]

    def change(self, territory: Territory) -> Decimal | None:
        """Return by which share of itself a figure grew over all periods, of which one is none."""
        if len(self.periods) < 2:
            return None
        told = self.series(territory)
        first, last = told[0], told[-1]
        return last / first - 1 if first and last is not None and first > 0 else None

    def share(self, territory: Territory, of: Territory) -> Decimal | None:
        """Return which share of the figure of another territory a figure is, in the last period."""
        part, whole = self.value(territory, self.last), self.value(of, self.last)
        return part / whole if part is not None and whole else None

    def base(self, territory: Territory) -> str | None:
        """Return the first period whose value can stand for a hundred; None where there is none."""
        told = zip(self.periods, self.series(territory), strict=True)
        return next((period for period, value in told if value is not None and value > 0), None)

    def index(self, territory: Territory, base: str) -> list[Decimal | None]:
        """Return the values of a territory with that of a period as a hundred."""
        told, first = self.series(territory), self.value(territory, base)
        if first is None or first <= 0:
            return [None] * len(told)
        return [round(100 * value / first, 1) if value is not None else None for value in told]


@dataclass(frozen=True)
class Part:
    """What the first figure of a territory is made of."""

    name: Name
    ranking: Ranking
    address: str


@dataclass(frozen=True)
class Counted:
    """What one cube says of a territory."""

    seen: Seen
    name: Name
    # What all its figures are of and could be otherwise: the perimeter, the families.
    held: list[Name]
    figures: list[Figure]
    parts: list[Part]
    address: str


def counted(
    release: Release, tree: Tree, chain: list[Territory], speech: Language, prefix: str
) -> list[Counted]:
    """Return what all cubes say of a territory, which is the first of the chain."""
    found = collection(release)
    flows = found.dataflows if found else ()
    told = (of_cube(cube(release.path / FOLDER, one.id), release, tree, chain, speech, prefix)
            for one in flows)  # fmt: skip
    return [one for one in told if one is not None]


def first_figure(
    release: Release, tree: Tree, places: list[Territory], speech: Language
) -> tuple[list[Name], Figure] | None:
    """Return the first figure that some territories have, with the cube and what it holds."""
    found = collection(release)
    for flow in found.dataflows if found else ():
        chosen = cube(release.path / FOLDER, flow.id)
        codes = area_codes(chosen, tree, places)
        if len(codes) < 2:
            continue
        selection = usual(chosen, next(iter(codes)))
        seen = Seen(chosen, replace(selection, codes={**selection.codes, AREA: tuple(codes)}),
                    release, speech)  # fmt: skip
        figures = figures_of(seen, codes, next(iter(codes)))
        if figures:
            return [seen.name(flow.names, flow.id), *held(seen, selection)], figures[0]
    return None


def of_cube(
    chosen: Cube, release: Release, tree: Tree, chain: list[Territory], speech: Language,
    prefix: str,
) -> Counted | None:  # fmt: skip
    """Return what a cube says of a territory; None where it says nothing."""
    codes = area_codes(chosen, tree, chain)
    here = next((code for code, refnis in codes.items() if refnis == chain[0].refnis), None)
    if here is None:
        return None
    selection = usual(chosen, here)
    wide = replace(selection, codes={**selection.codes, AREA: tuple(codes)})
    seen = Seen(chosen, wide, release, speech)
    figures = figures_of(seen, codes, here)
    if not figures:
        return None
    path = f"{prefix}/statistics/{chosen.dataflow.id}"
    where = address(path, [("rows", AREA), (AREA, ",".join(codes))], [])
    return Counted(
        seen, seen.name(chosen.dataflow.names, chosen.dataflow.id), held(seen, selection), figures,
        parts_of(seen, figures[0], here, path), where,
    )  # fmt: skip


def held(seen: Seen, selection: Selection) -> list[Name]:
    """Return what is held of every dimension that has other codes in the cube, each name once."""
    return list(dict.fromkeys(
        seen.of_code(name, code) for name, codes in selection.codes.items() for code in codes
        if name != AREA and len(present(seen.cube, name)) > 1
    ))  # fmt: skip


def area_codes(chosen: Cube, tree: Tree, chain: Iterable[Territory]) -> dict[str, str]:
    """Return the codes that a cube has for some territories, with their REFNIS codes."""
    if AREA not in {one.id for one in chosen.structure.dimensions}:
        return {}
    wanted = {one.refnis for one in chain}
    listed, held = chosen.code_list(AREA), present(chosen, AREA)
    found = {}
    for code in listed.codes if listed else ():
        key = territory_of(code)
        territory = tree.find(key) if key and code.id in held else None
        if territory and territory.refnis in wanted:
            found[code.id] = territory.refnis
    return found


def usual(chosen: Cube, area: str) -> Selection:
    """Return the usual code of every dimension but those that say what is measured."""
    selection = Selection({AREA: (area,)})
    for one in chosen.structure.dimensions:
        if one.id == AREA or one.id in FREE:
            continue
        possible = beside(chosen, selection, one.id)
        first = next((code for code in present(chosen, one.id) if code in possible), None)
        code = next((code for code in USUAL if code in possible), first)
        if code is not None:
            selection = replace(selection, codes={**selection.codes, one.id: (code,)})
    return selection


def figures_of(seen: Seen, codes: dict[str, str], here: str) -> list[Figure]:
    """Return the indicators that the territory has, in the order of their codes."""
    free = [name for name in FREE if name in seen.place]
    time = seen.place[seen.cube.structure.time.id]
    found: dict[tuple[str, ...], dict[tuple[str, str], Cell]] = {}
    own: set[tuple[str, ...]] = set()
    for row in seen.rows():
        key = tuple(str(row[seen.place[name]]) for name in free)
        area = str(row[seen.place[AREA]])
        found.setdefault(key, {})[codes[area], str(row[time])] = cell(seen, row)
        if area == here:
            own.add(key)
    order = {name: list(present(seen.cube, name)) for name in free}
    keys = sorted(own, key=lambda key: [order[name].index(code)
                                        for name, code in zip(free, key, strict=True)])  # fmt: skip
    return [figure(seen, free, key, found[key]) for key in keys[:MOST_FIGURES]]


def figure(
    seen: Seen, free: list[str], key: tuple[str, ...], cells: dict[tuple[str, str], Cell]
) -> Figure:
    """Return one indicator with its name and its unit."""
    named = {name: seen.of_code(name, code) for name, code in zip(free, key, strict=True)}
    unit = named.pop("UNIT_MEASURE", None)
    name = next(iter(named.values()), None) or seen.name(seen.flow.names, seen.flow.id)
    return Figure(name, unit, key, cells, sorted({period for _area, period in cells}))


def parts_of(seen: Seen, first: Figure, here: str, path: str) -> list[Part]:
    """Return what the first indicator of a territory is made of."""
    found = []
    free = [name for name in FREE if name in seen.place]
    fixed = dict(zip(free, first.key, strict=True))
    for name in PARTS:
        if name not in seen.place or len(present(seen.cube, name)) < 2:
            continue
        given = {**fixed, "rows": name, "columns": seen.cube.structure.time.id, AREA: here}
        choice = choose(seen.cube, given)
        part = Seen(seen.cube, choice.selection(), seen.release, seen.speech)
        ranked = ranking(part, choice, pivot(part, choice))
        if ranked:
            found.append(Part(part.of_component(name), ranked,
                              address(path, choice.parameters(), [])))  # fmt: skip
    return found
