"""What is seen of a cube: chosen observations with the names of everything, in one language.

Pages, charts and exits all read through here, so that they say the same, and so that a value which
is withheld leaves by none of them, even if a faulty file held it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from queries.cubes import lineage
from queries.cubes.database import quoted
from queries.cubes.keys import key
from queries.cubes.model import Code, CodeList, Component, Dataflow, Names
from queries.cubes.observations import Value, count, found, rows
from queries.cubes.reading import Cube
from queries.cubes.selection import Selection, columns, key_of
from queries.release import Release
from server.language import DATA_LANGUAGES, Language

STATUS, CONFIDENTIALITY = "OBS_STATUS", "CONF_STATUS"
FREE, NORMAL = "F", "A"
# How territories are written: by REFNIS, or by NUTS, the country included.
TERRITORY = re.compile(r"\d{5}|BE(?:[0-9][0-9A-Z]{0,2})?")
Row = tuple[Value, ...]


class Name(NamedTuple):
    """What something is called, and in which language where that is not the language wanted."""

    text: str
    lang: str | None = None


@dataclass(frozen=True)
class Seen:
    """A choice of a cube, of one release, told in one language.

    With ``with_lineage``, exits say where each observation comes from.
    """

    cube: Cube
    selection: Selection
    release: Release
    speech: Language
    with_lineage: bool = False

    @property
    def flow(self) -> Dataflow:
        """What the cube is."""
        return self.cube.dataflow

    @cached_property
    def sources(self) -> list[Name]:
        """What the sources of the cube are called, each once."""
        told = (source_name(one, self.release, self.speech) for one in self.flow.sources)
        return list(dict.fromkeys(told))

    @cached_property
    def columns(self) -> tuple[Component, ...]:
        """The components that each observation has, in order."""
        return columns(self.cube.structure)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each component stands in an observation."""
        return {one.id: number for number, one in enumerate(self.columns)}

    @cached_property
    def measure(self) -> int:
        """Where the value stands."""
        return self.place[self.cube.structure.measure.id]

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, Code]]:
        """The codes of each coded component, by their identifiers."""
        lists = {one.id: self.cube.code_list(one.id) for one in self.columns if one.code_list}
        return {name: {code.id: code for code in one.codes}
                for name, one in lists.items() if one}  # fmt: skip

    def count(self) -> int:
        """Return how many observations there are."""
        return count(self.cube, self.selection)

    def rows(self) -> Iterator[Row]:
        """Yield the observations; none of those that are withheld has a value."""
        return rows(self.cube, self.selection)

    def rows_with_lineage(self) -> Iterator[Row]:
        """Yield the observations, each with ``lineage.COLUMNS`` after its own."""
        table = lineage.beside(self.cube, found(self.cube, self.selection))
        return table.rows(*(quoted(one.id) for one in self.columns), *lineage.COLUMNS)

    def key(self, row: Row) -> str:
        """Return the key of an observation, as its IRI ends."""
        return key(str(row[place]) for place in self.key_places)

    @cached_property
    def key_places(self) -> tuple[int, ...]:
        """Where the codes of the key stand."""
        return tuple(self.place[name] for name in key_of(self.cube.structure))

    def name(self, names: Names, otherwise: str) -> Name:
        """Return the name in the language wanted, or else in the next best one."""
        return named(names, self.speech.code, otherwise)

    def of_code(self, component: str, code: str) -> Name:
        """Return what a code is called."""
        known = self.codes.get(component, {}).get(code)
        return self.name(known.names, code) if known else Name(code)

    def of_component(self, component: str) -> Name:
        """Return what a component is called."""
        concept = self.cube.collection.concepts.get(component)
        return self.name(concept.names, component) if concept else Name(component)

    def code_list(self, component: str) -> CodeList | None:
        """Return the list of a component."""
        return self.cube.code_list(component)


def named(names: Names, wanted: str, otherwise: str) -> Name:
    """Return the best of several names.

    >>> named({"fr": "emploi"}, "de", "EMP"), named({}, "de", "EMP")
    (Name(text='emploi', lang='fr'), Name(text='EMP', lang=None))
    """
    for code in (wanted, *DATA_LANGUAGES):
        if names.get(code):
            return Name(names[code], None if code == wanted else code)
    return Name(otherwise)


def source_name(source: str, release: Release, speech: Language) -> Name:
    """Return the title that the graphs of a release give a source.

    It never tells who sent a list. A source of which the release has no graph goes by its own name.
    """
    for graph in release.graphs:
        if graph.source == source:
            return named({"en": graph.title, "fr": graph.title_fr or ""}, speech.code, source)
    return Name(source)


def plain(value: Decimal) -> str:
    """Write a value without needless zeros.

    >>> plain(Decimal("120.0000")), plain(Decimal("-0.5000")), plain(Decimal("0.0000"))
    ('120', '-0.5', '0')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def territory_of(code: Code) -> str | None:
    """Return the REFNIS or NUTS code of the Belgian territory that a code stands for, if any."""
    found = code.iri.rpartition("/")[2]
    for one in (found, code.id):
        if TERRITORY.fullmatch(one):
            return one
    return None
