"""PDF: the picture for paper, with its text as text, on A3 or the next size that can be read."""

import vl_convert

from server.maps.format import Format
from server.maps.paper import on_paper
from server.maps.pdf_objects import finished
from server.maps.picture import Picture, summary
from server.maps.svg import svg
from server.maps.text import clean
from server.maps.xmp import MAKER, packet


def write(picture: Picture) -> bytes:
    """Return the picture as PDF."""
    drawn: bytes = vl_convert.svg_to_pdf(on_paper(svg(picture, "light")))
    about = picture.about()
    day = f"D:{picture.created:%Y%m%d}000000Z"
    info = {
        "Title": clean(picture.heading()), "Author": MAKER, "Subject": summary(picture),
        "Keywords": f"release {about['release']}", "Creator": MAKER, "Producer": "svg2pdf",
        "CreationDate": day, "ModDate": day, "Release": about["release"],
        "Sources": about["sources"], "Licence": about["licence"], "Address": about["address"],
    }  # fmt: skip
    return finished(drawn, info, packet(picture), picture.language)


FORMAT = Format(".pdf", "application/pdf", "PDF", write, order=3, image=True)
