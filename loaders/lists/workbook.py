"""Workbooks (XLSX) as rows of text, without losing what a cell holds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from loaders.wording import FileError, Wording

Value: TypeAlias = str | float | bool | date | datetime | time | timedelta

PACKED, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LARGEST_SHEET = 1 << 28
EXACT = 1 << 53
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["'][^>]*>""")
FAILED = re.compile(rb"""\bt=["']e["']""")
UNPACKABLE = (
    zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError,
)  # fmt: skip
# A workbook is read as a full rectangle: one stray cell far away would make it an enormous one.
LARGEST_RECTANGLE = 20_000_000
SAVE_AS = Wording(
    "enregistrez-le en XLSX ou en CSV UTF-8 depuis votre tableur",
    "save it as XLSX or as CSV UTF-8 from your spreadsheet program",
)


class Plain(str):
    """What a number or date cell holds: a number with a decimal point, a date as ISO 8601."""

    __slots__ = ()


def is_workbook(start: bytes) -> bool:
    """Tell from its first bytes whether a file is a workbook, of any format."""
    return start.startswith((PACKED, OLD))


def read_rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet with their numbers: the sheet of that name, else the first.

    Raises FileError for what is no XLSX workbook, is protected, or holds an error such as #N/A.
    """
    refuse_others(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        found = choose(workbook, sheet)
        rows = found.to_python(skip_empty_area=False)
    except PasswordError:
        reason = Wording("le classeur est protégé", "the workbook is protected")
        remedy = Wording("enregistrez-le sans mot de passe", "save it without a password")
        raise FileError(reason, remedy, path) from None
    except CalamineError as error:
        reason = Wording(
            f"le classeur ne peut pas être lu ({error})", f"the workbook cannot be read ({error})"
        )
        raise FileError(reason, SAVE_AS, path) from None
    for number, row in enumerate(rows, start=1):
        yield number, [text_of(value) for value in row]


def choose(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    """Return the sheet of a name, whatever its case, else the first."""
    if not workbook.sheet_names:
        raise CalamineError("no sheet")
    named = [each for each in workbook.sheet_names if each.casefold() == name.casefold()]
    return workbook.get_sheet_by_name(named[0] if named else workbook.sheet_names[0])


def refuse_others(path: Path) -> None:
    """Refuse older or other formats, and workbooks that are damaged or swell when unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
            names = packed.namelist()
            if "xl/workbook.xml" not in names:
                raise zipfile.BadZipFile("no xl/workbook.xml")
            if sum(each.file_size for each in packed.infolist()) > LARGEST_SHEET:
                reason = Wording("le classeur est trop grand", "the workbook is too large")
                raise FileError(reason, SAVE_AS, path)
            if packed.testzip():
                raise zipfile.BadZipFile("damaged")
            for name in filter(SHEETS.fullmatch, names):
                refuse_cells(packed.read(name), path)
    except UNPACKABLE:
        reason = Wording("ce n'est pas un classeur XLSX", "this is not an XLSX workbook")
        raise FileError(reason, SAVE_AS, path) from None


def refuse_cells(sheet: bytes, path: Path) -> None:
    """Refuse a sheet in which a formula failed, or a cell stands far from all others."""
    right = below = 0
    for match in CELL.finditer(sheet):
        if match[0].endswith(b"/>"):
            continue
        if FAILED.search(match[0]):
            raise error_cell((match[1] + match[2]).decode(), path)
        right, below = max(right, column_of(match[1])), max(below, int(match[2]))
        if right * below > LARGEST_RECTANGLE:
            cell = (match[1] + match[2]).decode()
            reason = Wording(
                f"la cellule {cell} est remplie, loin du reste de la feuille",
                f"cell {cell} is filled, far from the rest of the sheet",
            )
            remedy = Wording(
                "supprimez les lignes et colonnes hors de la liste",
                "delete the rows and columns outside of the list",
            )
            raise FileError(reason, remedy, path, int(match[2]))


def column_of(letters: bytes) -> int:
    """Return the number of a column from its letters.

    >>> column_of(b"A"), column_of(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def error_cell(cell: str, path: Path) -> FileError:
    """Return the error for a cell whose formula failed: its value is not known."""
    return FileError(
        Wording(
            f"la cellule {cell} contient une erreur de formule",
            f"cell {cell} holds a formula error",
        ),
        Wording(
            "corrigez la formule ou remplacez-la par sa valeur",
            "correct the formula or replace it by its value",
        ),
        path,
        int("".join(filter(str.isdigit, cell))),
    )


def text_of(value: Value) -> str:
    """Return what a cell holds as text; numbers and dates are marked as such.

    >>> text_of(400123416.0), text_of(0.1), text_of(date(2024, 2, 1))
    ('400123416', '0.1', '2024-02-01')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return Plain("TRUE" if value else "FALSE")
    if isinstance(value, datetime):
        return Plain(value.date().isoformat() if value.time() == time() else value.isoformat())
    if isinstance(value, (date, time)):
        return Plain(value.isoformat())
    if isinstance(value, timedelta):
        return Plain(str(value))
    whole = float(value).is_integer() and abs(value) < EXACT
    return Plain(str(int(value)) if whole else repr(float(value)).upper())
