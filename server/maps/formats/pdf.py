"""PDF: the picture for paper, with its text as text, on A3 or the next size that can be read."""

from server.maps.format import Format
from server.maps.paper import printed

FORMAT = Format(".pdf", "application/pdf", "PDF", printed, order=3, image=True)
