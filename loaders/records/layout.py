"""The layout of a list that partners send: its columns, and what makes its rows one another's."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from loaders.errors import LoadError

KINDS = (
    "text",
    "number",
    "date",
    "moment",
    "amount",
    "code",
    "codes",
    "page",
    "eli",
    "org-id",
    "unused",
)
FIELDS = (
    "name", "label_fr", "label_en", "required", "kind", "codes", "example", "help_fr", "help_en",
)  # fmt: skip
LAYOUT_KEYS = ("columns", "identified_by", "name_column", "unique", "agree", "decimal", "dates")
BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Column:
    """One column: how it is headed, whether it must be there and filled, and what it holds.

    ``codes`` names the code list of a column of codes, or the register of a column of numbers;
    several, separated by ``|``, where the column takes numbers of any of them.
    """

    name: str
    label_fr: str
    label_en: str
    required: bool
    kind: str
    codes: str
    example: str
    help_fr: str
    help_en: str

    @property
    def headings(self) -> frozenset[str]:
        """The headings under which the column is recognised, folded."""
        return frozenset(map(fold, (self.name, self.label_fr, self.label_en)))


@dataclass(frozen=True)
class Layout:
    """The columns of a list, and how its rows relate to organisations.

    ``identified_by`` are the columns of the organisation's number, ``name_column`` that of its
    name; ``unique`` the columns that tell the rows apart; ``agree`` those that must say the same
    wherever one number stands.
    ``decimal`` is the decimal mark of its amounts, ``day_first`` whether 01/02/2024 is in February.
    """

    columns: tuple[Column, ...]
    identified_by: tuple[str, ...]
    name_column: str = "name"
    unique: tuple[str, ...] = ()
    agree: tuple[str, ...] = ()
    decimal: str = ""
    day_first: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The technical names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def unused(self) -> frozenset[str]:
        """The columns that are accepted and not read."""
        return frozenset(column.name for column in self.columns if column.kind == "unused")


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Return a heading or name without case, accents, signs and repeated space.

    >>> fold("  Numéro_d'entreprise ")
    'numero d entreprise'
    """
    if not text.isascii():
        bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
        text = "".join(c for c in bare if not unicodedata.combining(c))
    return BETWEEN_WORDS.sub(" ", text.casefold()).strip()


def read_columns(file: Path) -> tuple[Column, ...]:
    """Return the columns that a layout's columns.csv declares."""
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        if tuple(reader.fieldnames or ()) != FIELDS:
            raise LoadError(f"{file}: the header is not {','.join(FIELDS)}")
        columns = tuple(read_column(row, f"{file}, line {reader.line_num}") for row in reader)
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        raise LoadError(f"{file}: a column stands twice")
    return columns


def read_column(row: Mapping[str, str], where: str) -> Column:
    """Return one declared column."""
    if row["kind"] not in KINDS:
        raise LoadError(f"{where}: kind is one of {', '.join(KINDS)}")
    if row["required"] not in ("yes", ""):
        raise LoadError(f"{where}: required is yes or empty")
    return Column(**{**row, "required": row["required"] == "yes"})  # type: ignore[arg-type]


def parse_layout(folder: Path, declared: Mapping[str, object]) -> Layout:
    """Return the layout that a table of a source.toml declares."""
    columns = read_columns(folder / str(declared["columns"]))
    layout = Layout(
        columns=columns,
        identified_by=texts(declared.get("identified_by", ())),
        name_column=str(declared.get("name_column", "name")),
        unique=texts(declared.get("unique", ())),
        agree=texts(declared.get("agree", ())),
        decimal=str(declared.get("decimal", "")),
        day_first=declared.get("dates") == "day-first",
    )
    named = {*layout.identified_by, layout.name_column, *layout.unique, *layout.agree}
    if unknown := sorted(named - set(layout.names)):
        raise LoadError(f"{folder.name}/source.toml: no column {unknown[0]!r} in the layout")
    return layout


def texts(declared: object) -> tuple[str, ...]:
    """Return a declared text, or list of texts."""
    if isinstance(declared, str):
        return (declared,)
    return tuple(map(str, declared)) if isinstance(declared, Iterable) else ()
