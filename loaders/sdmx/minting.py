"""The IRIs of what a message gives none: those of others rarely do.

What has an address of its own, as everything of ours has, keeps it.
"""

from __future__ import annotations

from urllib.parse import quote

from ontology import DEFAULT_BASE


def list_iri(agency: str, name: str) -> str:
    """Return the IRI of a list of codes.

    >>> list_iri("ESTAT", "CL_GEO")
    'https://w3id.org/maillage/code/estat-cl_geo'
    """
    return f"{DEFAULT_BASE}code/{quote(f'{agency}-{name}'.lower(), safe='')}"


def code_iri(scheme: str, code: str) -> str:
    """Return the IRI of a code of a list.

    >>> code_iri("https://w3id.org/maillage/code/estat-cl_geo", "BE3")
    'https://w3id.org/maillage/code/estat-cl_geo/BE3'
    """
    return f"{scheme}/{quote(code, safe='')}"


def property_iri(concept: str) -> str:
    """Return the IRI of the property that a concept is in a graph.

    >>> property_iri("REF_AREA")
    'https://w3id.org/maillage/concept/REF_AREA/property'
    """
    return f"{DEFAULT_BASE}concept/{quote(concept, safe='')}/property"
