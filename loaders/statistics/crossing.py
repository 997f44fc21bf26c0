"""Tables by two classifications of which one follows from the other: what links those by each.

Of the activity of a unit follows that in the third sector. Who knows an activity and the third
sector's part of it knows the rest. So what is published by either is looked at together, through a
table by both that is never published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from loaders.disclosure.dimensions import REST
from loaders.disclosure.model import Hierarchy, Table
from loaders.statistics.hierarchy import Tree
from loaders.statistics.tabling import PROFILE, TOTAL, Leaf, Published, Tables, summed

ACTIVITIES = ("ACTIVITY", "ACTIVITY_TSO")


def crossed(tables: Tables, published: Sequence[Published]) -> Iterator[Table]:
    """Yield a table by both for every variable that is published by each."""
    found: dict[str, list[Published]] = {}
    for one in published:
        found.setdefault(summed(one), []).append(one)
    for some in found.values():
        trees = {name: tree for name in ACTIVITIES if (tree := finest(name, some))}
        if len(trees) == len(ACTIVITIES):
            yield table(tables, some[0], trees)


def finest(dimension: str, published: Sequence[Published]) -> Tree | None:
    """Return the tree of a dimension in the table that has most of its codes."""
    trees = [
        one.plan.trees[one.table.id, dimension] for one in published if dimension in one.table.by
    ]
    return max(trees, key=lambda tree: len(tree.parents), default=None)


def table(tables: Tables, one: Published, trees: Mapping[str, Tree]) -> Table:
    """Return a table by both; its margins are cells of other tables, and these may be published.

    The finest codes stand right below the total: what is between them the other tables say.
    """
    leaves = {name: leaf(tree) for name, tree in trees.items()}
    found = list(tables.contributions(one, leaves))
    flat: dict[str, Hierarchy] = {
        name: {TOTAL: None, **{made.codes[place]: TOTAL for made in found}}
        for place, name in enumerate(trees, 1)
    }
    profiles = tops(tables)
    return Table(
        name=f"{summed(one)}/crossed",
        dimensions=(PROFILE, *trees),
        hierarchies={PROFILE: profiles, **flat},
        contributions=found,
        variable=summed(one),
        hidden={PROFILE: frozenset(profiles)},
        step=1.0 if one.measure.counts else 0.0,
        group=tables.group(one),
        zero_tells=one.measure.zero_tells,
    )


def leaf(tree: Tree) -> Leaf:
    """Return which finest code a code counts in: of one that is divided, its rest."""
    divided = frozenset(tree.parents.values())

    def found(code: str) -> str:
        shown = tree.leaf(code)
        return f"{shown}{REST}" if shown in divided else shown

    return found


def tops(tables: Tables) -> Hierarchy:
    """Return what each unit is in all perimeters, with nothing above but the perimeters."""
    found: dict[str, tuple[str, ...] | None] = {
        code: None for code, above in tables.profiles.items() if above is None
    }
    for code in tables.profiles:
        if code.startswith("="):
            parts = (part.partition(".")[0] for part in code[1:].split("+"))
            found[code] = tuple(f"{part}.{TOTAL}" for part in parts)
    return found
