"""Maps: provinces and cantons as outlines, some of them shaded or marked."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from queries.outlines import Outline, Outlines

# Into how many classes of about as many territories each values are put.
CLASSES = 5
MARGIN = 0.06
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Area:
    """One territory as it is drawn."""

    code: str
    path: str
    text: str
    kind: str
    shade: int = 0


@dataclass(frozen=True)
class Step:
    """One class of values, as the legend names it."""

    number: int
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Map:
    """A whole map."""

    view: str
    # How wide a border is, in the units of the map.
    stroke: float
    areas: list[Area]
    legend: list[Step]

    @property
    def incomplete(self) -> bool:
        """Whether some provinces have no shade beside others that have one."""
        provinces = [area.shade for area in self.areas if area.kind == "province"]
        return 0 in provinces and any(provinces)


def country(
    outlines: Outlines,
    names: Mapping[str, str],
    values: Mapping[str, Decimal],
    write: Callable[[Decimal], str],
) -> Map:
    """Return a map of the provinces, shaded by values where there are any."""
    steps = classes(list(values.values()))
    areas = []
    for code, one in outlines.provinces.items():
        value = values.get(code)
        said = f"{names.get(code, code)}: {write(value)}" if value is not None else ""
        shade = next((step.number for step in steps
                      if value is not None and value <= step.high), 0)  # fmt: skip
        areas.append(Area(code, one.path, said or names.get(code, code), "province", shade))
    return framed(areas, around(outlines.provinces.values()), steps)


def place(outlines: Outlines, municipalities: Collection[str], name: str, province: str | None,
          provinces: Collection[str]) -> Map:  # fmt: skip
    """Return where a territory lies: marked in its province, or in the country.

    Of a municipality, the cantons are marked that it is in or made of; of a larger territory, the
    provinces, or the cantons that are in it.
    """
    marked = set(municipalities)
    if provinces:
        areas = [Area(code, one.path, "", "marked" if code in provinces else "province")
                 for code, one in outlines.provinces.items()]  # fmt: skip
        return framed(areas, around(outlines.provinces.values()), [])
    areas = [Area(code, one.path, "", "province") for code, one in outlines.provinces.items()]
    inside = {code: one for code, one in outlines.cantons.items() if one.province == province}
    areas += [Area(code, one.path, "", "canton") for code, one in inside.items()]
    areas += [Area(code, one.path, name, "marked") for code, one in inside.items()
              if marked & set(one.municipalities)]  # fmt: skip
    box = around(inside.values()) if inside else around(outlines.provinces.values())
    return framed(areas, box, [])


def shared(outlines: Outlines, municipality: str) -> tuple[str, ...]:
    """Return the other municipalities whose canton is marked for one."""
    held = {other for one in outlines.cantons.values() if municipality in one.municipalities
            for other in one.municipalities}  # fmt: skip
    return tuple(sorted(held - {municipality}))


def classes(values: list[Decimal]) -> list[Step]:
    """Return classes of about as many values each, the lowest first.

    >>> [(step.low, step.high) for step in classes([Decimal(n) for n in (1, 2, 3, 4, 5, 6)])]
    [(Decimal('1'), Decimal('2')), (Decimal('3'), Decimal('3')), (Decimal('4'), Decimal('4')), \
(Decimal('5'), Decimal('5')), (Decimal('6'), Decimal('6'))]
    """
    known = sorted(values)
    groups: list[list[Decimal]] = [[] for _ in range(CLASSES)]
    for rank, value in enumerate(known):
        group = groups[rank * CLASSES // len(known)]
        if group or not any(value in other for other in groups):
            group.append(value)
        else:
            next(other for other in groups if value in other).append(value)
    return [Step(number, min(held), max(held))
            for number, held in enumerate((one for one in groups if one), 1)]  # fmt: skip


def around(outlines: Iterable[Outline]) -> Box:
    """Return the box around some outlines."""
    boxes = [one.box for one in outlines]
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


def framed(areas: list[Area], box: Box, legend: list[Step]) -> Map:
    """Return a map of what is in a box and a little around it."""
    left, top, right, bottom = box
    room = MARGIN * max(right - left, bottom - top)
    width, height = right - left + 2 * room, bottom - top + 2 * room
    view = f"{left - room:.1f} {top - room:.1f} {width:.1f} {height:.1f}"
    return Map(view, round(max(width, height) / 500, 2), areas, legend)
