"""Observations as Parquet, with where they come from in the metadata of the file."""

from pathlib import Path

from server.cubes.columns import Style, chosen, listed, literal
from server.cubes.notes import lines, notes
from server.cubes.seen import Seen


def write(seen: Seen, target: Path) -> None:
    """Write the chosen observations, with the names of their codes."""
    told = notes(seen)
    said = {
        "title": told.title,
        "identifier": told.flow,
        "notes": "\n".join(f"{name}: {text}" for name, text in lines(seen)),
    }
    metadata = ", ".join(f"{name}: {literal(text)}" for name, text in said.items())
    options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{metadata}}}"
    cursor = chosen(seen)
    cursor.execute(f"COPY ({listed(seen, Style())}) TO {literal(str(target))} ({options})")
