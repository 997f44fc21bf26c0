"""All cubes of a release: computed from the graphs of a build, or taken over from its parent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loaders.durable import link_or_copy
from loaders.sdmx_codes.lists import Listing, listings
from loaders.statistics import rules, writing
from loaders.statistics.computing import Computation
from loaders.statistics.dataflows import Flow, flows
from loaders.statistics.earlier import FOLDER as UNITS
from loaders.statistics.given import Given, moment
from loaders.statistics.relations import RELATIONS, together
from queries.cubes.model import Code, CodeList, Collection, Dataflow
from queries.cubes.reading import STRUCTURES
from queries.cubes.structures import design

# Where a release keeps what its cubes were computed from, beside what no store serves.
INPUTS = Path("kept") / "cubes.json"


@dataclass(frozen=True)
class Made:
    """The cubes of a release: the folder with their files, and of what each relation was made.

    ``units`` is the folder of the units, which are confidential. ``inputs`` has two digests per
    relation: of what it was read from, and of the units read.
    """

    folder: Path
    inputs: Mapping[str, Mapping[str, str]]
    units: Path | None = None
    taken: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


def make(given: Given, folder: Path) -> Made:
    """Make all cubes for which there are units, as far as the former release does not have them.

    LoadError when a cube does not add up, or cannot be protected.
    """
    folder.mkdir(parents=True)
    units = folder.with_name(f"{folder.name}-units")
    units.mkdir(mode=0o700)
    known = inputs(given.former)
    digests, taken, remarks = dict[str, dict[str, str]](), set[str](), list[str]()
    dataflows: list[Dataflow] = []
    for relations in dict.fromkeys(together(flow.relation) for flow in declared()):
        there = tuple(one for one in relations if given.graphs(RELATIONS[one]))
        own = [flow for flow in declared() if flow.relation in there]
        states = {one: state(given, one, known.get(one, {})) for one in there}
        found = None
        if any(known.get(one, {}).get("read") != states[one]["read"] for one in there):
            units_before = {one: states[one]["units"] for one in there}
            computation = Computation(given, there, own, remarks, units_before)
            found = computation.run(folder, units)
            for one in there:
                states[one]["units"] = computation.units[one]
        if found is None:
            found = list(take_over(given, folder, own))
            for one in there:
                take_units(given, units, one)
        for one in there:
            if all(known.get(one, {}).get(key) == states[one][key] for key in ("units", "updated")):
                taken.add(one)
        digests |= states
        dataflows += found
    if dataflows:
        text = collection(dataflows, given.base).model_dump_json(indent=1)
        (folder / STRUCTURES).write_text(text + "\n", encoding="utf-8")
        rules.write(folder)
    return Made(folder, digests, units, frozenset(taken), tuple(remarks))


def declared() -> list[Flow]:
    """Return the dataflows by relation."""
    return sorted(flows().values(), key=lambda flow: flow.relation)


def state(given: Given, relation: str, former: Mapping[str, str]) -> dict[str, str]:
    """Return what decides whether the cubes of a relation are those of the former release."""
    own = [flow for flow in declared() if flow.relation == relation]
    arrived = max(given.updated(flow) for flow in own).isoformat()
    return {
        "read": given.digest(relation), "units": former.get("units", ""), "updated": arrived,
    }  # fmt: skip


def inputs(release: Path | None) -> Mapping[str, Mapping[str, str]]:
    """Return what the cubes of a release were computed from, by relation."""
    if release is None or not (release / INPUTS).is_file():
        return {}
    content: dict[str, dict[str, str]] = json.loads((release / INPUTS).read_text(encoding="utf-8"))
    return content


def take_over(given: Given, folder: Path, own: Sequence[Flow]) -> Iterator[Dataflow]:
    """Yield the dataflows of a relation that the former release has, their files linked."""
    by_name = {flow.id: flow for flow in own}
    for one in given.kept(own):
        for file in (one.file, f"{one.id}{writing.LINEAGE}"):
            link_or_copy(given.place(file), folder / file)
        updated = given.updated(by_name[one.id])
        said = {**one.attributes, "LAST_UPDATE": moment(updated)}
        yield one.model_copy(update={"updated": updated, "attributes": said})


def take_units(given: Given, folder: Path, relation: str) -> None:
    """Take over the units of a relation that the former release keeps, if it does."""
    kept = (given.former or Path()) / UNITS / f"{relation}.parquet"
    if kept.is_file():
        link_or_copy(kept, folder / kept.name)


def collection(dataflows: Sequence[Dataflow], base: str) -> Collection:
    """Return cubes with all that they are made of."""
    declared = design()
    return Collection(
        agency=declared.agency,
        agency_names=declared.agency_names,
        concepts=declared.concepts,
        code_lists={
            declared.reference(one.id): code_list(one, base) for one in listings().values()
        },
        structures={
            declared.reference(name): structure for name, structure in declared.structures.items()
        },
        dataflows=tuple(sorted(dataflows, key=lambda flow: flow.id)),
    )


def code_list(one: Listing, base: str) -> CodeList:
    """Return a list of codes as structures refer to it."""
    iri = f"{base}code/{one.slug}"
    codes = tuple(
        Code(
            id=code.code, names=code.names, iri=f"{iri}/{code.code}", parent=code.parent,
            definitions=code.definitions,
        )
        for code in one.codes.values()
    )  # fmt: skip
    return CodeList(
        agency=design().agency, id=one.id, version=design().version, names=one.names, iri=iri,
        issued=design().issued, codes=codes,
    )  # fmt: skip
