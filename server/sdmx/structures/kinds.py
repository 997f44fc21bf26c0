"""What both formats of structures do alike: each kind of artefact has its own contents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from queries.cubes.model import CodeList, Dataflow, Names, Structure
from server.sdmx.artefacts import (
    Categorisation,
    ConceptScheme,
    Maintained,
    RepresentationMap,
    Scheme,
    StructureMap,
)

Contents = TypeVar("Contents")


class KindWriter(ABC, Generic[Contents]):
    """Writes the contents of artefacts, by their kind."""

    def contents(self, one: Maintained) -> Contents:
        """Return what an artefact holds beside its names; ValueError for a kind without a form."""
        match one.artefact:
            case Scheme() as found:
                return self.items(one, found)
            case CodeList() as found:
                return self.codes(one, found)
            case ConceptScheme() as found:
                return self.concepts(one, found)
            case Dataflow() as found:
                return self.dataflow(found)
            case Structure() as found:
                return self.data_structure(found)
            case Categorisation() as found:
                return self.categorisation(found)
            case RepresentationMap() as found:
                return self.representation_map(found)
            case StructureMap() as found:
                return self.structure_map(found)
        raise ValueError(f"{one.urn}: no form is known for it")

    @abstractmethod
    def items(self, one: Maintained, artefact: Scheme) -> Contents:
        """Return the agencies or categories of a scheme."""

    @abstractmethod
    def codes(self, one: Maintained, artefact: CodeList) -> Contents:
        """Return the codes of a list."""

    @abstractmethod
    def concepts(self, one: Maintained, artefact: ConceptScheme) -> Contents:
        """Return the concepts of a scheme."""

    @abstractmethod
    def dataflow(self, artefact: Dataflow) -> Contents:
        """Return what a dataflow refers to."""

    @abstractmethod
    def data_structure(self, structure: Structure) -> Contents:
        """Return the components of a structure."""

    @abstractmethod
    def categorisation(self, made: Categorisation) -> Contents:
        """Return what is in a category, and the category."""

    @abstractmethod
    def representation_map(self, made: RepresentationMap) -> Contents:
        """Return which codes others have."""

    @abstractmethod
    def structure_map(self, made: StructureMap) -> Contents:
        """Return what a map goes from and to, and how."""


def descriptions(artefact: object) -> Names:
    """Return what is said of an artefact beside its name."""
    found: Names = getattr(artefact, "descriptions", {})
    return found
