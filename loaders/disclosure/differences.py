"""What the difference between two publications tells: a cell changed by what few holdings did."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loaders.disclosure.cells import system
from loaders.disclosure.model import Codes, Contribution, Table
from loaders.disclosure.rules import Rules


def telling(now: Table, then: Table, rules: Rules) -> Mapping[Codes, float]:
    """Return the cells whose change is that of too few holdings, and by how much they changed.

    Who came or went is public, in registers; so a change tells of somebody only when a holding
    came or went. Where every unit counts for one, a change tells no more than that.
    """
    if now.dimensions != then.dimensions:
        return {}
    current, former = list(now.contributions), list(then.contributions)
    if all(one.value == 1 for one in (*current, *former)):
        return {}
    moved = {one.holding for one in current} ^ {one.holding for one in former}
    if not moved:
        return {}
    away = [Contribution(one.holding, one.codes, -one.value) for one in former]
    hierarchies = {
        name: {**then.hierarchies[name], **now.hierarchies[name]} for name in now.dimensions
    }
    delta = Table(now.name, now.dimensions, hierarchies, [*current, *away])
    whole = system([delta], 1)
    names = {number: name for name, number in whole.holdings.items()}
    by_mover = np.isin(whole.holding, [n for n, name in names.items() if name in moved])
    content = whole.content
    touched = np.bincount(whole.held[by_mover & (whole.added != 0)], minlength=whole.size) > 0
    few = (content.gross > 0) & (content.holdings < rules.minimum) & touched
    view = whole.views[now.name]
    return {
        view.codes_at(int(place)): float(content.gross[view.cells[place]])
        for place in np.flatnonzero(few[view.cells])
    }
