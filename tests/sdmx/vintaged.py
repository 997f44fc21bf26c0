"""Three releases of one cube: a value is revised, one withheld later, one deleted, one added."""

from __future__ import annotations

import json
from collections.abc import Sequence

from queries.release import Home
from tests import cubed
from tests.server.releases import make, point

Row = tuple[object, ...]
MOMENTS = {
    "r1": "2026-09-01T10:00:00+00:00", "r2": "2026-10-01T10:00:00+00:00",
    "r3": "2026-11-01T10:00:00+00:00",
}  # fmt: skip
SERIES = ("A", "BE3", "COOP", "R", "EMP", "PS")
# In a series of its own: what happens to each year.
REVISED, HIDDEN, GONE, ADDED = "2022", "2023", "2024", "2025"
FIRST, SECOND = 1111.1, 2222.2
SECRET = 7654.3


def observation(year: str, value: float | None, status: str = "A", withheld: str = "F") -> Row:
    return (*SERIES, year, value, status, withheld, None, "1")


def versions() -> dict[str, list[Row]]:
    """Return the observations of each release."""
    others = [row for row in cubed.rows(4) if row[:6] != SERIES]
    first = [
        observation(REVISED, FIRST), observation(HIDDEN, SECRET), observation(GONE, 3333.3),
    ]  # fmt: skip
    second = [observation(REVISED, SECOND), observation(HIDDEN, SECRET), observation(GONE, 3333.3)]
    third = [
        observation(REVISED, SECOND), observation(HIDDEN, None, "Q", "A"), observation(ADDED, 1.5),
    ]  # fmt: skip
    return {
        name: ordered([*others, *own])
        for name, own in zip(MOMENTS, (first, second, third), strict=True)
    }


def ordered(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: tuple(map(str, row[:7])))


def publish(home: Home) -> None:
    """Write three releases and make the last one the current one."""
    for name, rows in versions().items():
        folder = make(home, name)
        cubed.write(folder / "cubes", made=rows)
        manifest = folder / "manifest.json"
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["created"] = MOMENTS[name]
        manifest.write_text(json.dumps(content), encoding="utf-8")
    point(home, "r3")


def expected(name: str) -> list[dict[str, str | None]]:
    """Return the observations of a release as they are read back."""
    columns = [one.id for one in cubed.components() if one.attachment != "dataset"]
    return [dict(zip(columns, map(written, row), strict=True)) for row in versions()[name]]


def written(value: object) -> str | None:
    """Return a cell as a message has it."""
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return None if value is None else str(value)
