"""The changes as an Atom feed: an entry for each release, and for the last things that changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "application/atom+xml"


@dataclass(frozen=True)
class Entry:
    """One entry: its name, what it tells, where that is, and when it was so (RFC 3339)."""

    iri: str
    title: str
    address: str
    updated: str
    summary: str = ""


@dataclass(frozen=True)
class Feed:
    """What a feed is called, and where it and the page beside it are."""

    address: str
    page: str
    title: str
    author: str
    language: str
    updated: str


def written(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """Return a feed as Atom 1.0 (RFC 4287)."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"xml:lang": feed.language})
    add(root, "id", feed.address)
    add(root, "title", feed.title)
    add(root, "updated", feed.updated)
    add(ET.SubElement(root, f"{{{ATOM}}}author"), "name", feed.author)
    ET.SubElement(root, f"{{{ATOM}}}link", {"rel": "self", "href": feed.address, "type": MEDIA})
    ET.SubElement(root, f"{{{ATOM}}}link", {"rel": "alternate", "href": feed.page})
    for entry in entries:
        element = ET.SubElement(root, f"{{{ATOM}}}entry")
        add(element, "id", entry.iri)
        add(element, "title", entry.title)
        add(element, "updated", entry.updated)
        ET.SubElement(element, f"{{{ATOM}}}link", {"href": entry.address})
        add(element, "summary", entry.summary or entry.title)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def add(parent: ET.Element, name: str, text: str) -> None:
    """Add an element that holds a text; what XML cannot hold is left out."""
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = "".join(
        sign for sign in text if sign.isprintable() or sign in "\t\n"
    )
