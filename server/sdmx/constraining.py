"""What data there are for a query, found in the data themselves, and the artefacts that tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from queries.cubes.model import CodeList
from queries.cubes.reading import Cube
from queries.cubes.urns import urn
from server.sdmx.answering import State, data_sets
from server.sdmx.artefacts import Library, Maintained
from server.sdmx.availability import Availability
from server.sdmx.data.message import DataSet
from server.sdmx.data_query import FLAT, DataQuery
from server.sdmx.rest import finding
from server.sdmx.rest.asked import refuse

KINDS = ("codelist", "conceptscheme", "dataflow", "datastructure")
# Of these there are none.
OTHERS = ("none", "valuelist", "dataproviderscheme")


def kinds(references: str) -> set[str]:
    """Return which kinds of artefacts are wanted beside what there is; refuses other words."""
    words = set(references.split(","))
    if words & {"all", "*"}:
        return set(KINDS)
    for word in words - set(KINDS) - set(OTHERS):
        refuse("references", word, ", ".join((*KINDS, "all", "none")))
    return words & set(KINDS)


def used_artefacts(
    known: Library, found: Sequence[tuple[Cube, Availability]], wanted: Iterable[str]
) -> list[Maintained]:
    """Return the artefacts that tell what is available, lists with no more than that."""
    flows = [cube.dataflow for cube, _available in found]
    names = dict.fromkeys(urn("datastructure", flow.structure) for flow in flows)
    own = [known.artefacts[name] for name in names]
    everything = [
        *finding.with_references(known, own, "children", "referencepartial"),
        *(known.artefacts[urn("dataflow", flow.reference)] for flow in flows),
    ]
    used: dict[str, set[str]] = {}
    for cube, available in found:
        for part in cube.structure.components:
            if part.code_list and part.id in available.values:
                name = urn("codelist", part.code_list)
                used.setdefault(name, set()).update(available.values[part.id])
    kept = (one for one in everything if one.kind in wanted)
    return [made for one in kept if (made := narrow(one, used)) is not None]


def narrow(one: Maintained, used: Mapping[str, set[str]]) -> Maintained | None:
    """Return a list with the codes that are used and those above them; none for an unused one."""
    artefact = one.artefact
    if not isinstance(artefact, CodeList):
        return one
    if one.urn not in used:
        return None
    parents = {code.id: code.parent for code in artefact.codes}
    wanted = set(used[one.urn])
    for code in used[one.urn]:
        above = parents.get(code)
        while above and above not in wanted:
            wanted.add(above)
            above = parents.get(above)
    return finding.only_items(one, wanted) if wanted != set(parents) else one


def availability(
    state: State, cube: Cube, wanted: DataQuery, components: Sequence[str], *, remaining: bool
) -> Availability | None:
    """Return what data there are for a query; None where there are none.

    With ``remaining``, the values of a dimension are those that could be added to the query.
    """
    found = data_sets(state, cube, replace(wanted, observed_by=FLAT))
    if not found:
        return None
    structure = cube.structure
    known = [one.id for one in structure.dimensions if components == () or one.id in components]
    with_time = components == () or structure.time.id in components
    values: dict[str, set[str]] = {name: set() for name in known}
    times: set[str] = set()
    for one in found:
        if with_time:
            times |= set(one.table.distinct(structure.time.id)[0])
        if known and not remaining:
            for name, some in zip(known, one.table.distinct(*known), strict=True):
                values[name] |= set(some)
    if remaining:
        for place, part in enumerate(structure.dimensions):
            if part.id in known:
                wider = without(wanted, place, part.id)
                for each in data_sets(state, cube, replace(wider, observed_by=FLAT)):
                    values[part.id] |= set(each.table.distinct(part.id)[0])
    flow = cube.dataflow
    return Availability(
        agency=flow.agency, id=f"AVAILABLE_{flow.id}", version=flow.version,
        context="dataflow", reference=flow.reference,
        values={name: in_order(cube, name, some) for name, some in values.items()},
        period=(min(times), max(times)) if times else None,
        series=sum(series(one) for one in found), observations=sum(one.count() for one in found),
    )  # fmt: skip


def without(wanted: DataQuery, place: int, name: str) -> DataQuery:
    """Return a selection that leaves one dimension open."""
    keys = tuple(
        tuple(None if index == place else codes for index, codes in enumerate(key))
        for key in wanted.keys
    )
    filters = {one: given for one, given in wanted.filters.items() if one != name}
    return replace(wanted, keys=keys, filters=filters)


def in_order(cube: Cube, name: str, some: set[str]) -> tuple[str, ...]:
    """Return codes in the order of their list."""
    codes = cube.code_list(name)
    return tuple(one.id for one in codes.codes if one.id in some) if codes else tuple(sorted(some))


def series(one: DataSet) -> int:
    """Return how many series there are."""
    key = ", ".join(f'"{part.id}"' for part in one.structure.dimensions)
    table = one.table.having(f"SELECT DISTINCT {key} FROM {{}}")  # noqa: S608
    return table.count()
