"""Which cells add up to which: the rows of a system, each of which comes to zero."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from loaders.disclosure.content import Content, Figures
from loaders.disclosure.dimensions import Numbers
from loaders.disclosure.model import Identity
from loaders.disclosure.views import View

Rows = tuple[Numbers, Numbers, Figures]


def sums(
    views: Sequence[View], every: Numbers, names: Sequence[str], sizes: Sequence[int]
) -> Rows:  # fmt: skip
    """Return the rows that say that what is below a code adds up to it, by table.

    Two tables may divide a code in two ways, of which each adds up; rows may say the same.
    """
    weights = {
        name: math.prod(sizes[place + 2 :]) for place, name in enumerate(names)
    }  # fmt: skip
    lines = [np.empty((0, 4), np.int64)]
    for number, view in enumerate(views):
        for place, level in enumerate(view.levels):
            places, parents = level.rise(view.codes[:, place])
            name = level.dimension.name
            key = every[view.cells[places]]
            key = key + (parents - view.codes[places, place]) * weights[name]
            fixed = np.full((len(places), 2), (number, names.index(name)), dtype=np.int64)
            ends = (np.searchsorted(every, key), view.cells[places])
            lines.append(np.column_stack((fixed, *ends)))
    table, along, above, below = np.concatenate(lines).T
    order = np.lexsort((below, above, along, table))
    named = np.stack((table, along, above), axis=1)[order]
    first = np.concatenate(([True], (named[1:] != named[:-1]).any(axis=1)))[: len(order)]
    row = np.cumsum(first) - 1
    heads = above[order][first]
    return by_row(
        np.concatenate((row, np.arange(len(heads)))),
        np.concatenate((below[order], heads)),
        np.concatenate((np.ones(len(row)), -np.ones(len(heads)))),
    )


def with_identities(
    rows: Rows, identities: Iterable[Identity], content: Content, alike: Numbers,
    every: Numbers, variables: Sequence[str], sizes: Sequence[int],
) -> Rows:  # fmt: skip
    """Return the rows with those of accounting identities, for every cell where one is true.

    An identity of which a variable is not there tells nobody anything.
    """
    row, cell, factor = rows
    variable, rest = np.divmod(every, math.prod(sizes[1:]))
    for identity in identities:
        if not identity.terms.keys() <= set(variables):
            continue
        terms = {variables.index(name): by for name, by in identity.terms.items()}
        concerned = np.flatnonzero(np.isin(variable, list(terms)))
        _, place = np.unique(rest[concerned], return_inverse=True)
        factors = np.array([terms[int(one)] for one in variable[concerned]])
        off = np.abs(np.bincount(place, factors * content.value[concerned]))
        slack = 1e-6 * np.bincount(place, content.gross[concerned]) + 1e-9
        # What has one term only says nothing of others.
        if identity.alike:
            least = np.full(len(off), np.iinfo(np.int64).max)
            np.minimum.at(least, place, alike[concerned])
            differs = np.bincount(place, alike[concerned] != least[place]) > 0
            off = np.where(differs, np.inf, off)
        holds = ((off <= slack) & (np.bincount(place) > 1))[place]
        start = int(row.max()) + 1 if len(row) else 0
        row = np.concatenate((row, place[holds] + start))
        cell = np.concatenate((cell, concerned[holds]))
        factor = np.concatenate((factor, factors[holds]))
    return by_row(row, cell, factor)


def by_row(row: Numbers, cell: Numbers, factor: Figures) -> Rows:
    """Return entries in the order of their rows."""
    order = np.lexsort((cell, row))
    return row[order], cell[order], factor[order]
