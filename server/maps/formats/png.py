"""PNG: the picture as dots, twice as fine as it is large."""

import vl_convert

from server.maps.format import Format
from server.maps.picture import Picture
from server.maps.svg import svg

# Dots that the longer side has at most.
MOST_DOTS = 6_000


def write(picture: Picture) -> bytes:
    """Return the picture as PNG."""
    drawn = svg(picture, picture.theme or "light")
    found: bytes = vl_convert.svg_to_png(drawn, scale=scale(drawn))
    return found


def scale(drawn: str) -> float:
    """Return how much finer than its size a picture is, so that it stays within bounds."""
    box = drawn.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return min(2.0, MOST_DOTS / max(float(box[2]), float(box[3])))


FORMAT = Format(".png", "image/png", "PNG", write, order=2, image=True, themed=True)
