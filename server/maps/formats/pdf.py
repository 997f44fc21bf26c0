"""PDF: the picture for paper, with its text as text."""

import vl_convert

from server.maps.format import Format
from server.maps.paper import on_paper
from server.maps.picture import Picture
from server.maps.svg import svg


def write(picture: Picture) -> bytes:
    """Return the picture as PDF."""
    drawn, _sheet = on_paper(svg(picture, "light"))
    found: bytes = vl_convert.svg_to_pdf(drawn)
    return found


FORMAT = Format(".pdf", "application/pdf", "PDF", write, order=3, image=True)
