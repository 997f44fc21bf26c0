"""References in messages: URNs, the short form of CSV, and the parts of version 2.1."""

from __future__ import annotations

from pysdmx.errors import Invalid
from pysdmx.model import ItemReference
from pysdmx.util import parse_urn

from loaders.sdmx.received import MessageError
from loaders.sdmx.xml import Element, first

# The classes of URNs as the parts of addresses name them.
KINDS = {"DataStructure": "datastructure", "Dataflow": "dataflow"}


def of_urn(urn: str) -> tuple[str, str]:
    """Return the class and the reference of an artefact.

    >>> of_urn("urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=OES:DF(1.0.0)")
    ('Dataflow', 'OES:DF(1.0.0)')
    """
    found = _parsed(urn)
    if isinstance(found, ItemReference):
        raise MessageError(f"{urn}: names an item, not an artefact")
    return found.sdmx_type, f"{found.agency}:{found.id}({found.version})"


def item_of_urn(urn: str) -> str:
    """Return the identifier of an item.

    >>> item_of_urn("urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=OES:CS(1.0.0).FREQ")
    'FREQ'
    """
    found = _parsed(urn)
    if not isinstance(found, ItemReference):
        raise MessageError(f"{urn}: names no item")
    return found.item_id


def _parsed(urn: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    try:
        return parse_urn(urn)
    except Invalid as error:
        raise MessageError(f"{urn[:200]!r} is no URN of SDMX") from error


def of_element(element: Element) -> tuple[str, str]:
    """Return the class and the reference that an element of XML names."""
    parts = first(element, "Ref")
    if parts is None:
        return of_urn(urn_in(element))
    get = parts.attrib.get
    reference = f"{get('agencyID')}:{get('id')}({get('version', '1.0')})"
    return str(get("class") or "Dataflow"), reference


def item_of_element(element: Element) -> str:
    """Return the identifier of the item that an element of XML names."""
    parts = first(element, "Ref")
    return str(parts.get("id")) if parts is not None else item_of_urn(urn_in(element))


def urn_in(element: Element) -> str:
    """Return the URN that an element of XML holds, in an element of its own or not."""
    urn = first(element, "URN")
    return ((urn.text if urn is not None else element.text) or "").strip()


def local_of_element(element: Element) -> str:
    """Return what is named within the same artefact."""
    parts = first(element, "Ref")
    return str(parts.get("id")) if parts is not None else element.text or ""
