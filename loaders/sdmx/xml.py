"""XML from strangers: parsed without entities, without a network, and within the usual bounds."""

from __future__ import annotations

from typing import Any, TypeAlias

from lxml import etree

from loaders.sdmx.received import MessageError

Element: TypeAlias = Any
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DECLARED = b"<!DOCTYPE"


def parse(content: bytes) -> Element:
    """Return the root of a document; MessageError where it is none or declares entities."""
    if DECLARED in content[:4_096]:
        raise MessageError("the message declares a document type, which none of SDMX does")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise MessageError(f"not XML, line {error.lineno}: {error.msg}") from error


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def named(element: Element, name: str) -> list[Element]:
    """Return the children of a name, in whichever namespace."""
    return [one for one in element if local(one) == name]


def first(element: Element, *path: str) -> Element | None:
    """Return the first descendant along a path of names."""
    for name in path:
        element = next(iter(named(element, name)), None)
        if element is None:
            return None
    return element


def text(element: Element, *path: str) -> str | None:
    """Return the text of the first descendant along a path."""
    found = first(element, *path)
    return found.text if found is not None else None


def version_of(root: Element) -> str:
    """Return the version of SDMX-ML of a document, as in 3.0."""
    namespace = str(etree.QName(root).namespace or "")
    part = namespace.partition("/schemas/v")[2].partition("/")[0]
    return part.replace("_", ".")
