"""The bytes of a delivered file of RDF: unpacked, in UTF-8, and of the format that it is named."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import RdfFormat

from loaders.partner_graphs.refusal import Refusal

LARGEST = 512 << 20
# What RDF packs to at the very best; zeros pack a thousand to one.
MOST_PACKED = 200
CHUNK = 1 << 20
BOM = b"\xef\xbb\xbf"
WIDE = (b"\xff\xfe", b"\xfe\xff")
PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz",
          b"7z\xbc\xaf": "7z", b"\x28\xb5\x2f\xfd": "zstd"}  # fmt: skip
FORMATS = {
    ".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG, ".rdf": RdfFormat.RDF_XML, ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML, ".jsonld": RdfFormat.JSON_LD, ".json": RdfFormat.JSON_LD,
}  # fmt: skip
HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
XML = re.compile(rb"\s*(?:<\?xml\b|<!--|<!DOCTYPE\b|<[\w.-]+:RDF\b)")


def read(file: Path) -> tuple[bytes, RdfFormat, list[str]]:
    """Return the text of a file as UTF-8, its format, and what was mended on the way.

    The format is that of the ending of the name, before ``.gz`` if it has that, and the content
    must look like it. Refuses other packings, encodings and kinds of file.
    """
    if file.stat().st_size > LARGEST:
        raise Refusal("too-large", f"more than {LARGEST >> 20} MB; deliver it in several files")
    content = file.read_bytes()
    name = file.name.lower()
    if name.endswith(".gz"):
        content, name = unpacked(content), name.removesuffix(".gz")
    refuse_packed(content)
    found = FORMATS.get(Path(name).suffix)
    if found is None:
        known = ", ".join(FORMATS)
        raise Refusal("format", f"the ending of the name is none of {known}, with or without .gz")
    remarks = []
    if content.startswith(BOM):
        content = content.removeprefix(BOM)
        remarks.append(f"{file.name}: a byte order mark was taken off its beginning")
    check_encoding(content)
    check_kind(content, found)
    return content, found, remarks


def unpacked(content: bytes) -> bytes:
    """Return what a gzip file holds; refuses one that swells or is torn."""
    most = min(LARGEST, MOST_PACKED * (len(content) + 1024))
    parts, total = [], 0
    try:
        for part in inflated(content):
            total += len(part)
            if total > most:
                reason = f"swells more than {MOST_PACKED} times when unpacked, or beyond"
                raise Refusal("bomb", f"{reason} {LARGEST >> 20} MB; deliver it plain")
            parts.append(part)
    except zlib.error as error:
        raise Refusal("compressed", f"cannot be unpacked ({error}); pack it again") from None
    return b"".join(parts)


def inflated(content: bytes) -> Iterator[bytes]:
    """Yield the parts of a gzip file, which may hold several streams one after the other."""
    while content:
        stream = zlib.decompressobj(wbits=31)
        while not stream.eof:
            part = stream.decompress(content, CHUNK)
            content = stream.unconsumed_tail
            if not part and not content and not stream.eof:
                raise zlib.error("it is cut short")
            yield part
        content = stream.unused_data.lstrip(b"\0")


def refuse_packed(content: bytes) -> None:
    """Refuse what is packed without its name saying so, or twice."""
    for magic, packing in PACKED.items():
        if content.startswith(magic):
            reason = f"holds {packing}, which its name does not say or which is packed twice"
            raise Refusal("compressed", f"{reason}; deliver it plain, as .gz or in one zip")


def check_encoding(content: bytes) -> None:
    """Refuse what is not UTF-8, naming the byte."""
    if content.startswith(WIDE) or content[:200].count(0) > 20:
        raise Refusal("encoding", "is UTF-16 or UTF-32; save it as UTF-8")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason = f"byte {error.start + 1} of the file is not UTF-8; save it as UTF-8"
        raise Refusal("encoding", reason, line) from None


def check_kind(content: bytes, named: RdfFormat) -> None:
    """Refuse a web page, and content that is plainly of another format than the name says."""
    head = content[:4096]
    if HTML.match(head):
        reason = "is a web page, perhaps that of a login; download the data themselves"
        raise Refusal("html", reason)
    begin = content.lstrip()[:1]
    if not begin:
        raise Refusal("empty", "holds nothing; deliver the data, or do not deliver")
    looks = {RdfFormat.RDF_XML: begin == b"<", RdfFormat.JSON_LD: begin in (b"{", b"[")}
    if not looks.get(named, not XML.match(head)):
        other = "RDF/XML" if begin == b"<" else "another format"
        raise Refusal("format", f"looks like {other}, not {named.name}; name it after its format")
