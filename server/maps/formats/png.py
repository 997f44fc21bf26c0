"""PNG: the picture as dots, twice as fine as it is large, that says where it comes from."""

import zlib

import vl_convert

from server.maps.format import Format
from server.maps.paper import size_of
from server.maps.picture import Picture
from server.maps.svg import svg
from server.maps.text import clean
from server.maps.xmp import MAKER, packet

# Dots that the longer side has at most.
MOST_DOTS = 6_000
# What a file begins with: its signature, and how large it is.
BEGIN = 8 + 25


def write(picture: Picture) -> bytes:
    """Return the picture as PNG."""
    drawn = svg(picture, picture.theme or "light")
    found: bytes = vl_convert.svg_to_png(drawn, scale=scale(drawn))
    about = picture.about()
    said = {
        "Title": clean(picture.heading()), "Author": MAKER, "Creation Time": about["date"],
        "Source": about["sources"], "Copyright": about["licence"], "Release": about["release"],
        "Address": about["address"], "XML:com.adobe.xmp": packet(picture).decode(),
    }  # fmt: skip
    texts = b"".join(international(name, value) for name, value in said.items() if value)
    return found[:BEGIN] + texts + found[BEGIN:]


def scale(drawn: str) -> float:
    """Return how much finer than its size a picture is, so that it stays within bounds."""
    return min(2.0, MOST_DOTS / max(size_of(drawn)))


def international(name: str, value: str) -> bytes:
    """Return a text as a part of a PNG (iTXt), in UTF-8."""
    body = b"iTXt" + name.encode("latin-1") + b"\0\0\0\0\0" + value.encode()
    return (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


FORMAT = Format(".png", "image/png", "PNG", write, order=2, image=True, themed=True)
