"""What a cube is: coded dimensions, one measure, attributes; the SDMX information model in short.

Names are in the four languages of the platform. Identifiers of artefacts and codes are those of
SDMX; each code also has the IRI under which the graph knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Names = Mapping[str, str]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_@$\-]+$")]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+(\.\d+)?$")]
Role = Literal["dimension", "time", "measure", "attribute"]
# What an attribute is said of: one observation, a series (all dimensions but time), or all.
Attachment = Literal["observation", "series", "dataset"]


class Part(BaseModel):
    """A piece of a structure."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Artefact(Part):
    """A piece that is maintained: with an agency, an identifier and a version."""

    agency: Identifier
    id: Identifier
    version: Version
    names: Names

    @property
    def reference(self) -> str:
        """The agency, identifier and version, as in ``OES:SESA(1.0.0)``."""
        return f"{self.agency}:{self.id}({self.version})"


class Code(Part):
    """One code of a list; ``parent`` is the code above it."""

    id: Identifier
    names: Names
    iri: str
    parent: str | None = None
    definitions: Names = {}


class CodeList(Artefact):
    """A list of codes, in the order in which they are shown; ``iri`` is that of its scheme."""

    iri: str
    issued: date | None = None
    codes: tuple[Code, ...]


class Concept(Part):
    """What a component means; ``iri`` is that of the property that the graph has for it."""

    id: Identifier
    names: Names
    iri: str
    definitions: Names = {}


class Component(Part):
    """A dimension, the measure or an attribute of a structure; ``id`` is that of its concept.

    ``code_list`` is the reference of its list; without one, ``text`` is the SDMX text type.
    ``iri`` is that of its property where another structure gives the concept other codes, and
    so another property, than that of the concept.
    """

    id: Identifier
    role: Role
    code_list: str | None = None
    text: str = "String"
    mandatory: bool = False
    iri: str | None = None
    attachment: Attachment = "observation"


class Structure(Artefact):
    """A data structure definition: its components, dimensions first and in the order of the key."""

    components: tuple[Component, ...]

    @property
    def dimensions(self) -> tuple[Component, ...]:
        """The dimensions of the key, without time."""
        return tuple(one for one in self.components if one.role == "dimension")

    @property
    def time(self) -> Component:
        """The dimension of time."""
        return next(one for one in self.components if one.role == "time")

    @property
    def measure(self) -> Component:
        """The measure."""
        return next(one for one in self.components if one.role == "measure")

    @property
    def attributes(self) -> tuple[Component, ...]:
        """The attributes."""
        return tuple(one for one in self.components if one.role == "attribute")


class Dataflow(Artefact):
    """What is offered for one purpose: the observations of one cube, of a structure.

    ``attributes`` are those of the whole data set. ``synthetic`` tells that it was computed from
    invented data, which every exit says.
    """

    structure: str
    descriptions: Names = {}
    attributes: Mapping[str, str] = {}
    licence: str
    sources: tuple[str, ...] = ()
    synthetic: bool = False
    updated: AwareDatetime
    # Name of the file of observations, beside that of structures.
    file: str
    observations: Annotated[int, Field(ge=0)]


class Collection(Part):
    """All cubes of a release with what they are made of; lists and structures by reference."""

    agency: Identifier
    agency_names: Names
    concepts: Mapping[str, Concept]
    code_lists: Mapping[str, CodeList]
    structures: Mapping[str, Structure]
    dataflows: tuple[Dataflow, ...]

    def dataflow(self, name: str) -> Dataflow:
        """Return a dataflow by its identifier; KeyError when there is none."""
        found = next((one for one in self.dataflows if one.id == name), None)
        if found is None:
            raise KeyError(name)
        return found
