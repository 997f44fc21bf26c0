"""IRIs of things: the only place where loaders build one."""

from __future__ import annotations

from urllib.parse import quote

from pyoxigraph import NamedNode

from ontology import DEFAULT_BASE


def thing(kind: str, authority: str, number: str) -> NamedNode:
    """Return the IRI of a thing under the number that an authority gave it.

    >>> thing("organisation", "kbo", "0200065765").value
    'https://w3id.org/maillage/id/organisation/kbo-0200065765'
    """
    return NamedNode(f"{DEFAULT_BASE}id/{kind}/{authority}-{quote(number, safe='')}")


def code(scheme: str, notation: str) -> NamedNode:
    """Return the IRI of a code in a scheme.

    >>> code("refnis-region", "03000").value
    'https://w3id.org/maillage/code/refnis-region/03000'
    """
    return NamedNode(f"{DEFAULT_BASE}code/{scheme}/{quote(notation, safe='')}")


def scheme(slug: str) -> NamedNode:
    """Return the IRI of a code list."""
    return NamedNode(f"{DEFAULT_BASE}code/{slug}")


def definition(code: NamedNode, version: str, language: str) -> NamedNode:
    """Return the IRI of what defines a code in a language: of the major version of its list.

    >>> definition(code("cl-sto", "B1G"), "1.0.0", "fr").value
    'https://w3id.org/maillage/code/cl-sto/B1G/definition/1/fr'
    """
    return NamedNode(f"{code.value}/definition/{version.partition('.')[0]}/{language}")


def graph(source: str, delivery: str = "", visibility: str = "public") -> NamedNode:
    """Return the IRI of the named graph that a delivery becomes at one visibility."""
    path = "/".join(part for part in (source, quote(delivery, safe="")) if part)
    suffix = "" if visibility == "public" else f"/{visibility}"
    return NamedNode(f"{DEFAULT_BASE}graph/{path}{suffix}")
