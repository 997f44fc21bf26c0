"""XML of the three versions of SDMX-ML: their namespaces, and elements with texts and names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

from lxml import etree
from lxml.builder import ElementMaker

from queries.cubes.model import Names
from server.sdmx.header import Header

Version = Literal["2.1", "3.0", "3.1"]
Element: TypeAlias = Any
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 cannot hold, however it is written.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Namespaces:
    """The namespaces of a version, and makers of elements in them."""

    def __init__(self, version: Version) -> None:
        self.version = version
        start = f"http://www.sdmx.org/resources/sdmxml/schemas/v{version.replace('.', '_')}"
        self.message = f"{start}/message"
        self.structure = f"{start}/structure"
        self.common = f"{start}/common"
        self.generic = f"{start}/data/generic"
        self.specific = f"{start}/data/structurespecific"
        self.prefixes = {"mes": self.message, "str": self.structure, "com": self.common}
        self.mes = ElementMaker(namespace=self.message, nsmap=self.prefixes)
        self.str = ElementMaker(namespace=self.structure, nsmap=self.prefixes)
        self.com = ElementMaker(namespace=self.common, nsmap=self.prefixes)

    def texts(self, name: str, texts: Names) -> list[Element]:
        """Return a text as one element per language."""
        return [self.com(name, writable(text), {LANG: code}) for code, text in texts.items()]

    def header(self, header: Header) -> Element:
        """Return the head of a message, without what is particular to data."""
        return self.mes(
            "Header",
            self.mes("ID", header.id),
            self.mes("Test", "true" if header.test else "false"),
            self.mes("Prepared", header.moment),
            self.mes("Sender", *self.texts("Name", header.sender_names), id=header.sender),
            *(self.mes("Receiver", id=one) for one in header.receivers),
            *self.texts("Name", header.names or {}),
        )


def writable(text: str) -> str:
    r"""Return a text without the characters that XML has no way to write.

    >>> writable("a\x00b")
    'ab'
    """
    return _UNWRITABLE.sub("", text)


def listed(parent: Element, children: Iterable[Element]) -> Element | None:
    """Return an element with its children; nothing when it would have none."""
    parent.extend(children)
    return parent if len(parent) else None


def written(root: Element) -> bytes:
    """Return a document as it is sent."""
    found: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return found
