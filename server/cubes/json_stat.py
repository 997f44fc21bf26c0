"""Observations as JSON-stat 2.0: one cube, sparse, with the reasons of what is withheld."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from typing import Any

from queries.cubes.observations import values
from server.cubes.notes import SYNTHETIC, legend, notes
from server.cubes.seen import CONFIDENTIALITY, FREE, NORMAL, STATUS, Row, Seen, plain
from server.errors import ProblemError
from server.language import mark as _

# Beyond this no reader lays the cube out in memory.
MOST_CELLS = 20_000_000
PLACES = {"REF_AREA": "geo"}
dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def write(seen: Seen) -> Iterator[bytes]:
    """Yield a dataset: what it is, then its values, then what is said of them."""
    time = seen.cube.structure.time.id
    names = [one.id for one in (*seen.cube.structure.dimensions, time_of(seen))]
    codes = {name: ordered(seen, name) for name in names}
    size = [len(codes[name]) for name in names]
    if prod(size) > MOST_CELLS:
        detail = _("A dataset of JSON-stat holds %(limit)s cells; this one has more. Choose less.")
        raise ProblemError("result-too-large", detail, limit=MOST_CELLS)
    steps = [prod(size[place + 1 :]) for place in range(len(size))]
    places = [{code: number * step for number, code in enumerate(codes[name])}
              for name, step in zip(names, steps, strict=True)]  # fmt: skip

    def cell(row: Row) -> int:
        return sum(places[number][str(row[seen.place[name]])] for number, name in enumerate(names))

    head = described(seen, codes, names, size, time)
    yield dumps(head)[:-1].encode()
    yield b',"value":'
    yield from mapping((cell(row), value(seen, row)) for row in seen.rows())
    yield b',"status":'
    yield from mapping((cell(row), status(seen, row)) for row in seen.rows())
    yield f',"extension":{dumps(extension(seen))[:-1]},"attributes":{{'.encode()
    for number, name in enumerate(others(seen)):
        yield f"{',' if number else ''}{dumps(name)}:".encode()
        place = seen.place[name]
        yield from mapping(
            (cell(row), dumps(row[place]) if row[place] is not None else None)
            for row in seen.rows()
        )
    yield b"}"
    if seen.with_lineage:
        yield from origins(seen, cell)
    yield b"}}\n"


def origins(seen: Seen, cell: Callable[[Row], int]) -> Iterator[bytes]:
    """Yield where cells come from, as a member of the extension.

    Few sets of deliveries and rules stand behind many cells: cells have the number of theirs.
    """
    sets: dict[tuple[str, str], int] = {}
    width = len(seen.columns)

    def units(row: Row) -> str | None:
        return dumps(row[width]) if row[width] is not None else None

    def origin(row: Row) -> str | None:
        graphs, rules = (str(one or "") for one in row[width + 1 :])
        return str(sets.setdefault((graphs, rules), len(sets))) if graphs or rules else None

    yield b',"lineage":{"units":'
    yield from mapping((cell(row), units(row)) for row in seen.rows_with_lineage())
    yield b',"origin":'
    yield from mapping((cell(row), origin(row)) for row in seen.rows_with_lineage())
    listed = [{"deliveries": graphs.split(), "rules": rules.split()} for graphs, rules in sets]
    yield f',"origins":{dumps(listed)},"rules":{dumps(dict(legend(seen)))}}}'.encode()


def time_of(seen: Seen) -> Any:
    """Return the dimension of time."""
    return seen.cube.structure.time


def ordered(seen: Seen, name: str) -> list[str]:
    """Return the codes of a dimension that occur, in the order of their list."""
    found = values(seen.cube, seen.selection, name)
    known = seen.codes.get(name)
    return [code for code in known if code in set(found)] if known else list(found)


def others(seen: Seen) -> list[str]:
    """Return the attributes that JSON-stat has no place for; they stand in its extension."""
    return [one.id for one in seen.columns if one.role == "attribute"
            and one.id not in (STATUS, CONFIDENTIALITY)]  # fmt: skip


def value(seen: Seen, row: Row) -> str | None:
    """Return the value of an observation as JSON; None for one that has none."""
    found = row[seen.measure]
    return plain(found) if found is not None and not isinstance(found, str) else None


def status(seen: Seen, row: Row) -> str | None:
    """Return what is said of an observation; None where it is normal and free."""
    found = [row[seen.place[name]] if name in seen.place else None
             for name in (STATUS, CONFIDENTIALITY)]  # fmt: skip
    if found[0] in (None, NORMAL) and found[1] in (None, FREE):
        return None
    return dumps(f"{found[0] or NORMAL}:{found[1] or FREE}")


def mapping(found: Iterator[tuple[int, str | None]]) -> Iterator[bytes]:
    """Yield cells and what they hold as a JSON object."""
    parts: list[str] = []
    before = "{"
    for cell, text in found:
        if text is not None:
            parts.append(f'{before}"{cell}":{text}')
            before = ","
        if len(parts) > 2_000:
            yield "".join(parts).encode()
            parts = []
    yield ("".join(parts) + ("}" if before == "," else "{}")).encode()


def described(
    seen: Seen, codes: dict[str, list[str]], names: list[str], size: list[int], time: str
) -> dict[str, Any]:
    """Return what a dataset says before its values."""
    told = notes(seen)
    roles: dict[str, list[str]] = {"time": [time]}
    for name, role in PLACES.items():
        if name in names:
            roles[role] = [name]
    say = seen.speech.gettext
    return {
        "version": "2.0", "class": "dataset", "label": told.title,
        "source": "; ".join(told.sources), "updated": told.updated,
        "note": [one for one in (told.description, say(SYNTHETIC) if told.synthetic else "")
                 if one],
        "id": names, "size": size, "role": roles,
        "dimension": {name: dimension(seen, name, codes[name]) for name in names},
    }  # fmt: skip


def extension(seen: Seen) -> dict[str, Any]:
    """Return what JSON-stat has no member for."""
    told = notes(seen)
    return {
        "identifier": told.flow, "release": told.release, "licence": told.licence,
        "synthetic": told.synthetic, "language": seen.speech.code,
        "status": {"label": statuses(seen)},
    }  # fmt: skip


def dimension(seen: Seen, name: str, codes: list[str]) -> dict[str, Any]:
    """Return a dimension with its codes, and what is below what among those that occur."""
    known, held = seen.codes.get(name, {}), set(codes)
    category: dict[str, Any] = {
        "index": codes,
        "label": {code: seen.of_code(name, code).text for code in codes},
    }
    children: dict[str, list[str]] = {}
    for code in codes:
        parent = known[code].parent if code in known else None
        if parent in held and parent is not None:
            children.setdefault(parent, []).append(code)
    if children:
        category["child"] = children
    return {"label": seen.of_component(name).text, "category": category}


def statuses(seen: Seen) -> dict[str, str]:
    """Return what the statuses mean that a dataset may hold, reason by reason."""
    found = {}
    for state in seen.codes.get(STATUS, {NORMAL: None}):
        for reason in seen.codes.get(CONFIDENTIALITY, {FREE: None}):
            said = [
                seen.of_code(STATUS, state).text if state != NORMAL else "",
                seen.of_code(CONFIDENTIALITY, reason).text if reason != FREE else "",
            ]
            if any(said):
                found[f"{state}:{reason}"] = ": ".join(text for text in said if text)
    return found
