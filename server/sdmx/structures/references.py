"""References from one artefact to another: elements of parts in version 2.1, URNs since."""

from __future__ import annotations

import re

from lxml import etree

from queries.cubes.model import Artefact
from queries.cubes.urns import CLASSES, ITEMS, item_urn, urn
from server.sdmx.elements import Element, Namespaces

_REFERENCE = re.compile(r"([^:]+):([^(]+)\(([^)]+)\)")


class References:
    """Writes references in one version of SDMX-ML."""

    def __init__(self, names: Namespaces) -> None:
        self.names = names

    def of(self, kind: str, reference: str) -> str:
        """Return the URN of an artefact."""
        return urn(kind, reference)

    def of_item(self, kind: str, reference: str, item: str) -> str:
        """Return the URN of an item; agencies of the world are named without their scheme."""
        return item_urn(kind, reference, item)

    def address(self, kind: str, artefact: Artefact) -> str:
        """Return where the whole of a stub is."""
        path = f"{kind}/{artefact.agency}/{artefact.id}/{artefact.version}"
        start = "/sdmx/v1/" if self.names.version == "2.1" else "/sdmx/v2/structure/"
        return start + path

    def to(self, tag: str, kind: str, reference: str) -> Element:
        """Return a reference to an artefact."""
        if self.names.version != "2.1":
            return self.names.str(tag, urn(kind, reference))
        agency, name, version = parted(reference)
        package, _dot, kind_class = CLASSES[kind].partition(".")
        return self.names.str(tag, ref(
            id=name, agencyID=agency, version=version, package=package, **{"class": kind_class},
        ))  # fmt: skip

    def to_item(self, tag: str, kind: str, reference: str, item: str) -> Element:
        """Return a reference to an item of a scheme."""
        if self.names.version != "2.1":
            return self.names.str(tag, item_urn(kind, reference, item))
        agency, name, version = parted(reference)
        package, _dot, kind_class = ITEMS[kind].partition(".")
        return self.names.str(tag, ref(
            id=item, maintainableParentID=name, maintainableParentVersion=version,
            agencyID=agency, package=package, **{"class": kind_class},
        ))  # fmt: skip

    def local(self, tag: str, name: str) -> Element:
        """Return a reference within the same artefact."""
        if self.names.version != "2.1":
            return self.names.str(tag, name)
        return self.names.str(tag, ref(id=name))


def ref(**parts: str) -> Element:
    """Return the parts of a reference as version 2.1 writes them."""
    return etree.Element("Ref", parts)


def parted(reference: str) -> tuple[str, str, str]:
    """Return the agency, identifier and version of a reference.

    >>> parted("OES:SESA(1.0.0)")
    ('OES', 'SESA', '1.0.0')
    """
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    agency, name, version = found.groups()
    return agency, name, version
