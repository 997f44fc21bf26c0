"""Workbooks (XLSX) as rows of text, without losing what a cell holds."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from loaders.wording import FileError, Wording

Value: TypeAlias = str | float | bool | date | datetime | time | timedelta

PACKED, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LARGEST_SHEET = 1 << 29
EXACT = 1 << 53
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
ERROR_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]* t="e"')
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
    named = [each for each in workbook.sheet_names if each.casefold() == name.casefold()]
    return workbook.get_sheet_by_name(named[0] if named else workbook.sheet_names[0])


def refuse_others(path: Path) -> None:
    """Refuse older or other formats, sheets that swell when unpacked, and cells with errors."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            if "xl/workbook.xml" not in names:
                raise zipfile.BadZipFile("no xl/workbook.xml")
            if sum(each.file_size for each in packed.infolist()) > LARGEST_SHEET:
                reason = Wording("le classeur est trop grand", "the workbook is too large")
                raise FileError(reason, SAVE_AS, path)
            for name in filter(SHEETS.fullmatch, names):
                if match := ERROR_CELL.search(packed.read(name)):
                    raise error_cell(match[1].decode(), path)
    except zipfile.BadZipFile:
        reason = Wording("ce n'est pas un classeur XLSX", "this is not an XLSX workbook")
        raise FileError(reason, SAVE_AS, path) from None


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
