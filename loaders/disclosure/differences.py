"""What two publications tell together: how cells changed, and what either of them says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from loaders.disclosure.cells import PARTS, System, system
from loaders.disclosure.content import Flags, Register, Spread, spread
from loaders.disclosure.dimensions import Numbers
from loaders.disclosure.model import Codes, Contribution, Release, Table
from loaders.disclosure.rules import Rules


def telling(now: Table, then: Table, rules: Rules) -> Mapping[Codes, float]:
    """Return the cells whose change is that of too few holdings, and by how much they changed.

    Who is where is public, in registers; so a change tells of somebody only when a holding came
    into the cell or went. Where every unit counts for one, a change tells no more than that.
    """
    if now.dimensions != then.dimensions:
        return {}
    current, former = list(now.contributions), list(then.contributions)
    if all(one.value == 1 for one in (*current, *former)):
        return {}
    hierarchies = {
        name: {**then.hierarchies[name], **now.hierarchies[name]} for name in now.dimensions
    }
    away = [Contribution(one.holding, one.codes, -one.value) for one in former]
    delta = replace(now, hierarchies=hierarchies, contributions=[*current, *away])
    register = Register()
    # The first to be spread gives every code its number, so that the keys of all are comparable.
    levels, changed = spread(delta, register)
    here, there = (
        present(spread(replace(delta, contributions=some), register)[1])
        for some in (current, former)
    )
    moved = np.setxor1d(here, there)
    different = np.abs(changed.amount) * PARTS >= 1
    cell, holding = changed.cell[different], changed.holding[different]
    mover = np.isin(paired(changed.keys[cell], holding), moved)
    size = len(changed.keys)
    touched = np.bincount(cell[mover], minlength=size) > 0
    few = np.bincount(cell, minlength=size) < rules.minimum
    gross = np.bincount(cell, np.abs(changed.amount[different]), size)
    return {
        tuple(
            level.dimension.codes[number] or level.dimension.total or ""
            for level, number in zip(levels, changed.view_codes[place], strict=True)
        ): float(gross[place])
        for place in np.flatnonzero(touched & few)
    }


def present(lines: Spread) -> Numbers:
    """Return a number for each holding that has something in a cell, with the cell."""
    has = lines.amount != 0
    return paired(lines.keys[lines.cell[has]], lines.holding[has])


def paired(key: Numbers, holding: Numbers) -> Numbers:
    """Return one number for a cell and a holding."""
    return key * (1 << 24) + holding


def known_from(whole: System, before: Release | None) -> Flags:
    """Return the cells that another release published, and that hold the same now.

    Who has both knows them, whatever is withheld this time.
    """
    known = np.zeros(whole.size, dtype=np.bool_)
    tables = [table for table in before.tables if table.name in whole.views] if before else []
    if before is None or not tables:
        return known
    former = system(tables, 1)
    now, then = whole.signature, former.signature
    for table in tables:
        published = before.publication.get(table.name, {})
        view, earlier = whole.views[table.name], former.views[table.name]
        cells = {earlier.codes_at(place): cell for place, cell in enumerate(earlier.cells)}
        for place, cell in enumerate(view.cells):
            codes = view.codes_at(place)
            shown = published.get(codes)
            if shown and shown.value is not None and codes in cells:
                known[cell] |= now[cell] == then[cells[codes]]
    return known
