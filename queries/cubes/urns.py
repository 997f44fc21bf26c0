"""The SDMX names of cubes: URNs, as graph, structures and data share them."""

from __future__ import annotations

from queries.cubes.model import Artefact

_PREFIX = "urn:sdmx:org.sdmx.infomodel"
# What an address calls a kind of artefact, and the package and class of its URN.
CLASSES = {
    "agencyscheme": "base.AgencyScheme",
    "categorisation": "categoryscheme.Categorisation",
    "categoryscheme": "categoryscheme.CategoryScheme",
    "codelist": "codelist.Codelist",
    "conceptscheme": "conceptscheme.ConceptScheme",
    "dataflow": "datastructure.Dataflow",
    "datastructure": "datastructure.DataStructure",
    "representationmap": "structuremapping.RepresentationMap",
    "structuremap": "structuremapping.StructureMap",
}
ITEMS = {
    "agencyscheme": "base.Agency",
    "categoryscheme": "categoryscheme.Category",
    "codelist": "codelist.Code",
    "conceptscheme": "conceptscheme.Concept",
}
# The concepts of all structures stand in one scheme.
CONCEPTS, CONCEPTS_VERSION = "CS_CUBES", "1.0.0"


def urn(kind: str, reference: str) -> str:
    """Return the URN of an artefact by its agency, identifier and version.

    >>> urn("datastructure", "OES:SESA(1.0.0)")
    'urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=OES:SESA(1.0.0)'
    """
    return f"{_PREFIX}.{CLASSES[kind]}={reference}"


def item_urn(kind: str, reference: str, item: str) -> str:
    """Return the URN of an item of a scheme.

    >>> item_urn("codelist", "OES:CL_FREQ(1.0.0)", "A")
    'urn:sdmx:org.sdmx.infomodel.codelist.Code=OES:CL_FREQ(1.0.0).A'
    """
    return f"{_PREFIX}.{ITEMS[kind]}={reference}.{item}"


def urn_of(kind: str, artefact: Artefact) -> str:
    """Return the URN of an artefact."""
    return urn(kind, artefact.reference)


def concepts_reference(agency: str) -> str:
    """Return the reference of the scheme of concepts of an agency."""
    return f"{agency}:{CONCEPTS}({CONCEPTS_VERSION})"


def concept_urn(agency: str, concept: str) -> str:
    """Return the URN of a concept."""
    return item_urn("conceptscheme", concepts_reference(agency), concept)
