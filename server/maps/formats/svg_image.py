"""SVG: the picture itself."""

from server.maps.format import Format
from server.maps.picture import Picture
from server.maps.svg import svg


def write(picture: Picture) -> bytes:
    """Return the picture as a file of its own."""
    return svg(picture, picture.theme).encode()


FORMAT = Format(".svg", "image/svg+xml", "SVG", write, order=1, image=True, themed=True)
