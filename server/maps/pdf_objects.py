"""Makes a PDF its own: it says what it holds, and the same picture gives the same bytes.

What draws PDF names no title, and numbers fonts in an order of chance. Its objects are taken apart
here, its fonts named by what they are, all objects numbered as they are met, and what the file
says of itself added.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Mapping

Objects = dict[int, bytes]
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_FONTS = re.compile(rb"/Font <<([^<>]*)>>")
_FONT = re.compile(rb"/(\w+) (\d+) 0 R")
_USED = re.compile(rb"/(\w+)(?= -?[\d.]+ Tf\b)")
_LENGTH = re.compile(rb"/Length \d+")
_STREAM = b"stream\n"
HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class PdfError(ValueError):
    """A PDF that is not written as was expected."""


def finished(body: bytes, info: Mapping[str, str], xmp: bytes, language: str) -> bytes:
    """Return a PDF with its title and origin, in an order that its content alone decides."""
    objects, root = taken_apart(body)
    for number in sorted(objects):
        name_fonts(objects, number)
    found = renumbered(objects, root)
    catalogue, metadata, about = 1, len(found) + 1, len(found) + 2
    ends = found[catalogue].rindex(b">>")
    found[catalogue] = (
        found[catalogue][:ends]
        + f"  /Metadata {metadata} 0 R\n  /Lang {text(language)}\n".encode()
        + b"  /ViewerPreferences << /DisplayDocTitle true >>\n>>"
    )
    found[metadata] = (
        f"<<\n  /Type /Metadata\n  /Subtype /XML\n  /Length {len(xmp)}\n>>\n".encode()
        + _STREAM + xmp + b"\nendstream"
    )  # fmt: skip
    rows = "".join(f"  /{name} {text(value)}\n" for name, value in info.items() if value)
    found[about] = f"<<\n{rows}>>".encode()
    return put_together(found, catalogue, about)


def taken_apart(body: bytes) -> tuple[Objects, int]:
    """Return the objects of a PDF by number, and the number of its root."""
    start = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", body)
    root = re.search(rb"/Root (\d+) 0 R", body[body.rfind(b"trailer") :])
    if start is None or root is None:
        raise PdfError("the PDF has no table of its objects")
    table = int(start[1])
    places = sorted(
        int(one[1]) for one in re.finditer(rb"^(\d{10}) \d{5} n", body[table:], re.MULTILINE)
    )
    found: Objects = {}
    for place, end in zip(places, [*places[1:], table], strict=True):
        part = re.fullmatch(rb"(\d+) 0 obj\s(.*?)\s*endobj\s*", body[place:end], re.DOTALL)
        if part is None:
            raise PdfError(f"the PDF has no object at byte {place}")
        found[int(part[1])] = part[2]
    return found, int(root[1])


def split(content: bytes) -> tuple[bytes, bytes]:
    """Return what an object says, and its stream with the words around it, if it has one."""
    head, mark, stream = content.partition(_STREAM)
    return head, mark + stream


def identity(objects: Objects, number: int) -> bytes:
    """Return what tells an object from others, however they are numbered."""
    head, stream = split(objects[number])
    known = _REFERENCE.sub(lambda one: identity(objects, int(one[1])), head)
    return hashlib.sha256(known + stream).hexdigest().encode()


def name_fonts(objects: Objects, number: int) -> None:
    """Name the fonts of a page, or of a part of one, by what they are."""
    head, stream = split(objects[number])
    listed = _FONTS.search(head)
    if listed is None:
        return
    fonts = {name: int(font) for name, font in _FONT.findall(listed[1])}
    order = sorted(fonts, key=lambda name: identity(objects, fonts[name]))
    names = {name: f"F{place}".encode() for place, name in enumerate(order)}
    rows = b"".join(b"\n      /%s %d 0 R" % (names[one], fonts[one]) for one in order)
    objects[number] = (
        head[: listed.start()] + b"/Font <<" + rows + b"\n    >>" + head[listed.end() :] + stream
    )
    users = [int(one) for one in re.findall(rb"/Contents (\d+) 0 R", head)]
    for user in [number] if stream else users:
        objects[user] = with_fonts(objects[user], names)


def with_fonts(content: bytes, names: Mapping[bytes, bytes]) -> bytes:
    """Return a stream in which fonts have other names."""
    head, stream = split(content)
    drawn = stream.removeprefix(_STREAM).removesuffix(b"endstream").removesuffix(b"\n")
    packed = b"/FlateDecode" in head
    plain = zlib.decompress(drawn) if packed else drawn
    plain = _USED.sub(lambda one: b"/" + names.get(one[1], one[1]), plain)
    drawn = zlib.compress(plain, 9) if packed else plain
    head = _LENGTH.sub(b"/Length %d" % len(drawn), head)
    return head + _STREAM + drawn + b"\nendstream"


def renumbered(objects: Objects, root: int) -> Objects:
    """Return all objects that the root leads to, numbered in the order in which it does."""
    order, waiting = dict[int, int](), [root]
    while waiting:
        number = waiting.pop(0)
        if number in order or number not in objects:
            continue
        order[number] = len(order) + 1
        waiting += [int(one) for one in _REFERENCE.findall(split(objects[number])[0])]
    found: Objects = {}
    for number, new in order.items():
        head, stream = split(objects[number])
        found[new] = _REFERENCE.sub(lambda one: b"%d 0 R" % order[int(one[1])], head) + stream
    return found


def text(value: str) -> str:
    """Return a text as PDF holds any: by its numbers in UTF-16."""
    return f"<FEFF{value.encode('utf-16-be').hex().upper()}>"


def put_together(objects: Objects, root: int, info: int) -> bytes:
    """Return objects as a file."""
    parts, places, length = [HEADER], [], len(HEADER)
    for number in sorted(objects):
        part = b"%d 0 obj\n%s\nendobj\n\n" % (number, objects[number])
        parts.append(part)
        places.append(length)
        length += len(part)
    count = len(objects) + 1
    digest = hashlib.sha256(b"".join(parts)).hexdigest()[:32].upper()
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {count}\n0000000000 65535 f \n{rows}trailer\n<<\n  /Size {count}\n"
        f"  /Root {root} 0 R\n  /Info {info} 0 R\n  /ID [<{digest}> <{digest}>]\n>>\n"
        f"startxref\n{length}\n%%EOF\n"
    )
    return b"".join([*parts, end.encode()])
