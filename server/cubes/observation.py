"""One observation: what it is, its value or why it has none, its lineage, what was said before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from queries.cubes.lineage import Lineage, of, rules
from queries.cubes.model import Component, Names
from queries.cubes.reading import Cube
from queries.cubes.selection import Selection, key_of
from queries.cubes.vintages import Said, of_one
from queries.release import Graph, Release
from server.cubes.choice import FOLLOWING, MEASURES
from server.cubes.codes import present
from server.cubes.pivot import Cell, cell
from server.cubes.seen import CONFIDENTIALITY, STATUS, Name, Seen, named, source_name
from server.cubes.told import UNIT, WHOLES
from server.engine.published import Snapshot
from server.language import Language
from server.language import mark as _

# Attributes that stand beside the value, or that it is written by.
SHOWN = (STATUS, CONFIDENTIALITY, "UNIT_MULT", "DECIMALS")
# What a class of units is called: a number that hides how many exactly.
UNIT_CLASSES = {
    "1-3": _("1 to 3"), "4-9": _("4 to 9"), "10-49": _("10 to 49"), "50-99": _("50 to 99"),
    "100+": _("100 or more"),
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A component with what it is of an observation; ``iri`` is that of its code."""

    id: str
    name: Name
    code: str
    value: Name
    iri: str | None


@dataclass(frozen=True)
class Delivery:
    """One delivery that a figure comes from; ``iri`` is that of its graph, if it is public.

    An ``earlier`` one is in this release no more: a later delivery changed no unit of the cube.
    """

    name: str
    title: Name
    publisher: str | None
    period: str | None
    licence: str | None
    iri: str | None
    earlier: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule that was applied, in one version."""

    number: str
    version: str
    text: Name
    texts: Names

    @property
    def anchor(self) -> str:
        """Where the page of rules tells of it."""
        return f"{self.number}/{self.version}"


@dataclass(frozen=True)
class Then:
    """What was said of an observation from one release on; ``cell`` is None for nothing."""

    release: Release
    cell: Cell | None


@dataclass(frozen=True)
class Observation:
    """What is known of one observation."""

    seen: Seen
    key: str
    cell: Cell
    facts: list[Fact]
    attributes: list[Fact]
    units: str | None
    deliveries: list[Delivery]
    rules: list[Rule]
    past: list[Then]
    # Whether this release tells no more than may be told now.
    told_here: bool = True

    @property
    def iri(self) -> str:
        """The IRI under which the graph knows it."""
        return f"{self.seen.release.manifest.base}cube/{self.seen.flow.id}/{self.key}"

    @property
    def has_lineage(self) -> bool:
        """Whether anything is said of where it comes from."""
        return bool(self.units or self.deliveries or self.rules)

    @property
    def reason(self) -> Name | None:
        """Why it is withheld."""
        found = self.cell.withheld
        return self.seen.of_code(CONFIDENTIALITY, found) if found else None

    @property
    def status(self) -> Name | None:
        """What its status is, where that is not the usual one."""
        return self.seen.of_code(STATUS, self.cell.status) if self.cell.status else None

    def subject(self) -> list[Name]:
        """Return what the figure is, in few words: what is measured, and what tells it apart."""
        order = sorted(self.facts, key=lambda one: one.id not in MEASURES)
        told = [one.value for one in order if one.id in MEASURES or self.tells(one)]
        # The unit says what a cube of one measure is of.
        return list(dict.fromkeys(told)) or [one.value for one in self.facts]

    def tells(self, one: Fact) -> bool:
        """Tell whether a fact sets the figure apart from others of its cube."""
        if one.id in FOLLOWING or one.code in WHOLES:
            return False
        return (
            one.id == self.seen.cube.structure.time.id or len(present(self.seen.cube, one.id)) > 1
        )

    def units_text(self) -> str | None:
        """Return how many units stand behind the figure, as far as it is said."""
        known = UNIT_CLASSES.get(self.units or "")
        return self.seen.speech.gettext(known) if known else self.units

    def unit(self) -> Name | None:
        """Return the unit of the value."""
        return next((one.value for one in self.facts if one.id == UNIT), None)

    def as_json(self, prefix: str) -> dict[str, object]:
        """Return it for programs; texts are in the language of the address."""
        flow = self.seen.flow
        return {
            "iri": self.iri, "cube": flow.id, "identifier": flow.reference,
            "release": self.seen.release.id, "updated": flow.updated.isoformat(),
            "licence": flow.licence, "sources": list(flow.sources), "synthetic": flow.synthetic,
            "key": {one.id: one.code for one in self.facts},
            "labels": {one.id: one.value.text for one in self.facts},
            **as_json(self.seen, self.cell),
            "attributes": {one.id: one.code for one in self.attributes},
            "lineage": {
                "units": self.units,
                "deliveries": [
                    {"name": one.name, "title": one.title.text, "publisher": one.publisher,
                     "period": one.period, "licence": one.licence, "graph": one.iri}
                    for one in self.deliveries
                ],
                "rules": [
                    {"rule": one.number, "version": one.version, "texts": dict(one.texts),
                     "url": f"{prefix}/statistics/rules#{one.anchor}"}
                    for one in self.rules
                ],
            } if self.has_lineage else None,
            "history": [
                {"release": one.release.id, "created": one.release.manifest.created.isoformat(),
                 **(as_json(self.seen, one.cell) if one.cell else {"there": False})}
                for one in self.past
            ],
        }  # fmt: skip


def as_json(seen: Seen, found: Cell) -> dict[str, object]:
    """Return the value of an observation, or why there is none."""
    return {
        "value": float(found.value) if found.value is not None else None,
        "withheld": found.withheld,
        "reason": seen.of_code(CONFIDENTIALITY, found.withheld).text if found.withheld else None,
        "status": found.status,
    }


def observation(
    cube: Cube, wanted: Selection, snapshot: Snapshot, kept: Sequence[Release], speech: Language
) -> Observation | None:
    """Return what is known of the observation of a choice; None where there is none.

    A figure of an older release that a newer one withholds is withheld here, too.
    """
    release = snapshot.release
    seen = Seen(cube, wanted, release, speech)
    newest = max((release, *kept), key=lambda one: (one.manifest.created, one.id))
    said = of_one([*kept, *({} if release in kept else [release])], cube, newest, wanted,
                  datetime.now(UTC))  # fmt: skip
    row = next((one.row for one in said if one.release.id == release.id), None)
    if row is None:
        return None
    until = [one for one in said if one.release.manifest.created <= release.manifest.created]
    own = cell(seen, row)
    lineage = of(cube, wanted) if not own.withheld else None
    structure = cube.structure
    attributes = [one for one in structure.attributes if one.id in seen.place]
    values = {one.id: str(row[seen.place[one.id]]) for one in seen.columns
              if row[seen.place[one.id]] is not None}  # fmt: skip
    names = key_of(structure)
    return Observation(
        seen, seen.key(row), own,
        [fact(seen, name, values[name]) for name in names],
        [fact(seen, one.id, values[one.id]) for one in stated(attributes, values)],
        lineage.units if lineage else None,
        deliveries(lineage, snapshot, speech) if lineage else [],
        applied(lineage, cube, seen) if lineage else [],
        list(changes(seen, until)),
        not own.withheld or release.id == newest.id,
    )  # fmt: skip


def stated(attributes: Iterable[Component], values: Mapping[str, str]) -> list[Component]:
    """Return the attributes that say something, without those that the value shows already."""
    return [one for one in attributes if one.id in values and one.id not in SHOWN]


def fact(seen: Seen, name: str, code: str) -> Fact:
    """Return what a component is of an observation."""
    listed = seen.codes.get(name, {}).get(code)
    return Fact(name, seen.of_component(name), code, seen.of_code(name, code),
                listed.iri if listed else None)  # fmt: skip


def deliveries(lineage: Lineage, snapshot: Snapshot, speech: Language) -> list[Delivery]:
    """Return the deliveries that a figure comes from, the public ones with their graphs."""
    known = {graph.iri: graph for graph in snapshot.release.graphs}
    return [delivery(name, known, snapshot, speech) for name in lineage.graphs]


def delivery(
    name: str, known: Mapping[str, Graph], snapshot: Snapshot, speech: Language
) -> Delivery:
    """Return a delivery by the name that lineage has for it.

    Of one that is not public only its source and its period are told; who sent a confidential list
    is not even in its name.
    """
    iri = f"{snapshot.base}graph/{name}"
    source, _slash, rest = name.partition("/")
    graph = known.get(iri)
    if graph is None:
        own = f"{snapshot.base}graph/{source}/"
        earlier = any(one.startswith(own) for one in snapshot.graphs)
        period = rest.partition("/")[0] or None
        title = source_name(source, snapshot.release, speech)
        return Delivery(name, title, None, period, None, None, earlier)
    titles = {"en": graph.title, "fr": graph.title_fr or ""}
    return Delivery(
        name, named(titles, speech.code, name), graph.publisher, graph.period, graph.licence,
        iri if iri in snapshot.graphs else None,
    )  # fmt: skip


def applied(lineage: Lineage, cube: Cube, seen: Seen) -> list[Rule]:
    """Return the rules that were applied, with what they say."""
    known = rules(cube.path.parent)
    return [rule(one, known.get(one, {}), seen.speech) for one in lineage.rules]


def rule(name: str, texts: Names, speech: Language) -> Rule:
    """Return a rule by its number and version."""
    number, _slash, version = name.partition("/")
    return Rule(number, version, named(texts, speech.code, name), texts)


def changes(seen: Seen, said: Iterable[Said]) -> Iterable[Then]:
    """Yield what was said, from each release on that said otherwise than the one before it."""
    before: object = None
    for one in said:
        now = cell(seen, one.row) if one.row is not None else None
        if now != before:
            yield Then(one.release, now)
        before = now
