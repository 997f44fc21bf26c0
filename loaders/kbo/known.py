"""The platform's codes as they stand in lines: a code that a list lacks is never linked."""

from __future__ import annotations

from loaders.codes import CodeBook


class Codes:
    """The codes of a code book, ready to be written."""

    def __init__(self, book: CodeBook) -> None:
        self.schemes = {
            scheme: {notation: str(iri) for notation, iri in codes.items()}
            for scheme, codes in book.schemes.items()
        }

    def find(self, scheme: str, notation: str) -> str | None:
        """Return a code as it stands in a line, None when the list does not have it."""
        return self.schemes.get(scheme, {}).get(notation)
