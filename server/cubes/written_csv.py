"""Observations as CSV: for programs, or as Excel in French reads it; nothing runs as a formula."""

from pathlib import Path

from server.answers.french_csv import MARK
from server.cubes.columns import Style, as_text, chosen, listed, literal
from server.cubes.seen import Seen


def write(seen: Seen, target: Path) -> None:
    """Write CSV in UTF-8, with commas and decimal points (RFC 4180)."""
    written(seen, target, Style(as_text, number), ",")


def write_french(seen: Seen, target: Path) -> None:
    """Write CSV with semicolons and decimal commas, in UTF-8 with its mark."""
    plain = target.with_suffix(".plain")
    written(seen, plain, Style(as_text, french_number), ";")
    with plain.open("rb") as source, target.open("wb") as file:
        file.write(MARK.encode())
        while part := source.read(1 << 20):
            file.write(part)
    plain.unlink()


def written(seen: Seen, target: Path, style: Style, separator: str) -> None:
    """Write the rows in a style."""
    cursor = chosen(seen)
    options = f"FORMAT csv, HEADER, DELIMITER {literal(separator)}"
    cursor.execute(f"COPY ({listed(seen, style)}) TO {literal(str(target))} ({options})")


def number(expression: str) -> str:
    """Return a number without needless zeros."""
    return f"rtrim(rtrim(CAST({expression} AS VARCHAR), '0'), '.')"


def french_number(expression: str) -> str:
    """Return a number with a comma."""
    return f"replace({number(expression)}, '.', ',')"
