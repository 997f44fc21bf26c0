"""The platform's codes as they stand in lines: a code that a list lacks is never linked."""

from __future__ import annotations

import duckdb

from loaders.records.codes import CodeBook

# The platform's lists of what code.csv explains.
SCHEMES = {
    "JuridicalForm": "kbo-legal-form", "Nace2003": "nace-bel-2003",
    "Nace2008": "nace-bel-2008", "Nace2025": "nace-bel-2025",
}  # fmt: skip
SHOWN = 10


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

    def lacking(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """Say which codes of code.csv the platform's lists do not have: they become notes."""
        remarks = []
        for category, scheme in SCHEMES.items():
            found = connection.execute(
                "SELECT DISTINCT code FROM code WHERE category = ? ORDER BY code", [category]
            ).fetchall()
            lacking = [code for (code,) in found if self.find(scheme, code) is None]
            if lacking:
                listed = ", ".join(lacking[:SHOWN]) + (", …" if len(lacking) > SHOWN else "")
                remarks.append(
                    f"code.csv: {len(lacking)} codes of {category} are not in {scheme}, "
                    f"and become notes: {listed}"
                )
        return remarks
