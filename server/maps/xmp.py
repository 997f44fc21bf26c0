"""What an image says of itself in XMP, which PDF and PNG hold: release, date, sources, licence."""

from __future__ import annotations

from html import escape

from server.maps.picture import Picture
from server.maps.text import clean

NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
MAKER = "Maillage"


def packet(picture: Picture) -> bytes:
    """Return the packet of a picture, as XML in UTF-8."""
    said = {name: escape(clean(value)) for name, value in picture.about().items()}
    named = " ".join(f'xmlns:{name}="{iri}"' for name, iri in NAMESPACES.items())
    rows = (
        several("dc:title", "Alt", escape(clean(picture.heading())), ' xml:lang="x-default"'),
        several("dc:rights", "Alt", said["licence"], ' xml:lang="x-default"'),
        several("dc:date", "Seq", said["date"]),
        several("dc:language", "Bag", said["language"]),
        several("dc:publisher", "Bag", MAKER),
        plain("dc:source", said["sources"]), plain("dc:identifier", said["address"]),
        plain("xmp:CreateDate", said["date"]), plain("xmp:CreatorTool", MAKER),
        plain("xmpMM:VersionID", said["release"]),
        plain("xmpRights:WebStatement", said["licence"]),
    )  # fmt: skip
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {named}>{"".join(rows)}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    return text.encode()


def plain(name: str, value: str) -> str:
    """Return a property with one value."""
    return f"<{name}>{value}</{name}>" if value else ""


def several(name: str, kind: str, value: str, marks: str = "") -> str:
    """Return a property that XMP wants as a list."""
    if not value:
        return ""
    return f"<{name}><rdf:{kind}><rdf:li{marks}>{value}</rdf:li></rdf:{kind}></{name}>"
