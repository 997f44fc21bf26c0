"""Indicators of Walstat computed from published observations only, in its layout.

A share has no value where one of its two figures is withheld or missing: the note says so.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from queries.cubes.indicators import Indicator, indicators
from queries.cubes.model import Code
from queries.cubes.reading import FOLDER, Cube, collection, cube
from queries.release import Release
from server.cubes.published import AREA, selected
from server.cubes.seen import Seen, named
from server.cubes.walstat import HEAD, level, note, written
from server.language import Language

REGION = "BE3"
Key = tuple[str, str]


@dataclass(frozen=True)
class Offered:
    """An indicator that a release can give, as the list of them shows it."""

    indicator: Indicator
    name: str
    note: str
    address: str

    def as_json(self) -> dict[str, object]:
        """Return what a program reads of it."""
        one = self.indicator
        return {
            "id": one.id, "theme": one.theme, "name": self.name, "note": self.note,
            "unit": one.unit, "cube": one.dataflow, "url": self.address,
        }  # fmt: skip


def offered(release: Release, speech: Language, prefix: str) -> list[Offered]:
    """Return the indicators whose cube a release has."""
    found = collection(release)
    held = {flow.id for flow in found.dataflows} if found else set()
    return [
        Offered(one, named(one.names, speech.code, one.id).text,
                named(one.notes, speech.code, "").text, f"{prefix}/statistics/walstat/{one.id}.csv")
        for one in indicators().values() if one.dataflow in held
    ]  # fmt: skip


def figures(
    chosen: Cube, key: Mapping[str, str], areas: tuple[str, ...], release: Release, speech: Language
) -> dict[Key, tuple[Decimal | None, str | None]]:
    """Return values with the reasons of gaps, by territory and period."""
    selection = selected(chosen, key, areas)
    if selection is None:
        return {}
    seen = Seen(chosen, selection, release, speech)
    time, area = seen.place[chosen.structure.time.id], seen.place[AREA]
    return {
        (str(row[area]), str(row[time])): (
            value if isinstance(value := row[seen.measure], Decimal) else None, note(seen, row)
        )
        for row in seen.rows()
    }  # fmt: skip


def within(codes: Mapping[str, Code], code: str) -> bool:
    """Tell whether a territory is the region that Walstat is about, or lies in it."""
    above: str | None = code
    while above is not None and above in codes:
        if above == REGION:
            return True
        above = codes[above].parent
    return False


def lines(
    one: Indicator, release: Release, speech: Language, refnis: Mapping[str, str]
) -> Iterator[tuple[str, ...]]:
    """Yield the figures of an indicator, territory by territory, as the layout has them.

    ``refnis`` gives the REFNIS codes of NUTS regions; one without stands under its own code.
    """
    chosen = cube(release.path / FOLDER, one.dataflow)
    listed = chosen.code_list(AREA)
    codes = {code.id: code for code in listed.codes} if listed else {}
    areas = tuple(code for code in codes if within(codes, code))
    parts = figures(chosen, one.key, areas, release, speech)
    key = {**one.key, **one.whole}
    wholes = figures(chosen, key, areas, release, speech) if one.whole else {}
    for area, period in sorted(parts, key=lambda key: (areas.index(key[0]), key[1])):
        value, reason = parts[area, period]
        if one.whole:
            whole, other = wholes.get((area, period), (None, None))
            value = round(100 * value / whole, 1) if value is not None and whole else None
            reason = reason or other
        where = refnis.get(area, area)
        said = (one.id, period, level(codes.get(area)), where, value, one.unit, reason)
        yield tuple(written(cell) for cell in said)


def as_csv(one: Indicator, release: Release, speech: Language, refnis: Mapping[str, str]) -> bytes:
    """Return an indicator as CSV: indicator, period, level, REFNIS code, value, unit, note."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(HEAD)
    writer.writerows(lines(one, release, speech, refnis))
    return output.getvalue().encode()
