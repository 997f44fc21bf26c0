"""The IRIs of what describes cubes, and of their cells."""

from __future__ import annotations

from pyoxigraph import NamedNode

from queries.cubes.model import Dataflow, Structure


def data_set(base: str, flow: Dataflow) -> NamedNode:
    """Return the IRI of a data set."""
    return NamedNode(f"{base}cube/{flow.id}")


def structure(base: str, one: Structure) -> NamedNode:
    """Return the IRI of a data structure definition."""
    return NamedNode(f"{base}structure/{one.id}")


def component(base: str, one: Structure, component: str) -> NamedNode:
    """Return the IRI of a component of a structure."""
    return NamedNode(f"{base}structure/{one.id}/component/{component}")


def series_key(base: str, one: Structure) -> NamedNode:
    """Return the IRI of the key of series: all dimensions but time."""
    return NamedNode(f"{base}structure/{one.id}/series")


def concept(base: str, name: str) -> NamedNode:
    """Return the IRI of what a component means."""
    return NamedNode(f"{base}concept/{name}")


def agency(base: str, name: str) -> NamedNode:
    """Return the IRI of an agency."""
    return NamedNode(f"{base}id/agency/sdmx-{name}")
