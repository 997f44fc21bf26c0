"""Observations as a workbook: typed, with the table as it is seen, and a sheet of notes."""

from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from server.answers.spreadsheet import MOST_ROWS, PLAIN, Forms, exact, fitted, write_text
from server.cubes.choice import Choice
from server.cubes.columns import columns, flat
from server.cubes.notes import SYNTHETIC, lines, notes
from server.cubes.pivot import Cell, Pivot, pivot
from server.cubes.seen import CONFIDENTIALITY, STATUS, Seen, plain
from server.errors import ProblemError
from server.language import mark as _

WITHHELD = "–"
Legend = tuple[str, str, str]


def write(seen: Seen, target: Path, choice: Choice | None = None) -> None:
    """Write a workbook."""
    if seen.count() > MOST_ROWS:
        detail = _("A spreadsheet holds %(limit)s rows; the answer has more. Choose less.")
        raise ProblemError("result-too-large", detail, limit=MOST_ROWS)
    book = opened(seen, target)
    forms = forms_of(book)
    say = seen.speech.gettext
    if choice is not None:
        write_table(book.add_worksheet(say(_("Table"))), seen, choice, forms)
    write_observations(book.add_worksheet(say(_("Observations"))), seen, forms)
    write_notes(book.add_worksheet(say(_("Notes"))), seen, forms)
    book.close()


def opened(seen: Seen, target: Path) -> Workbook:
    """Return a new workbook, whose properties depend on the release only."""
    book = xlsxwriter.Workbook(str(target), PLAIN)
    told = notes(seen)
    created = seen.release.manifest.created.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({
        "title": told.title, "created": created,
        "comments": seen.speech.gettext(SYNTHETIC) if told.synthetic else "",
    })  # fmt: skip
    return book


def forms_of(book: Workbook) -> Forms:
    """Return how cells look."""
    head = book.add_format({"bold": True})
    return Forms(head, head, head, head)


def write_observations(sheet: Worksheet, seen: Seen, forms: Forms) -> None:
    """Write one row per observation."""
    sheet.freeze_panes(1, 0)
    for place, one in enumerate(columns(seen, with_origin=False)):
        sheet.set_column(place, place, 28 if one.is_name else 14)
        sheet.write_string(0, place, one.id, forms.head)
    for number, row in enumerate(flat(seen, with_origin=False), 1):
        for place, value in enumerate(row):
            write_cell(sheet, number, place, value)


def write_cell(sheet: Worksheet, number: int, place: int, value: str | Decimal | None) -> None:
    """Write a number as a number, and any text as a text."""
    if isinstance(value, Decimal):
        if exact(value):
            sheet.write_number(number, place, value)
        else:
            sheet.write_string(number, place, plain(value))
    elif value is not None:
        write_text(sheet, number, place, value)


def write_table(sheet: Worksheet, seen: Seen, choice: Choice, forms: Forms) -> None:
    """Write the table as the page shows it, and below it why some cells have no value."""
    found = pivot(seen, choice)
    sheet.set_column(0, 0, fitted(head.name.text for head in found.rows))
    top = [seen.of_component(choice.rows).text, *(head.name.text for head in found.columns)]
    for place, text in enumerate(top):
        sheet.write_string(0, place, text, forms.head)
    for number, row in enumerate(found.rows, 1):
        write_text(sheet, number, 0, row.name.text)
        for place, column in enumerate(found.columns, 1):
            cell = found.cell(row, column)
            if cell is not None:
                write_cell(sheet, number, place, shown(cell))
    for number, line in enumerate(legend(seen, found), len(found.rows) + 2):
        for place, part in enumerate(line):
            write_text(sheet, number, place, part)


def shown(cell: Cell) -> str | Decimal | None:
    """Return what stands in a cell."""
    return f"{WITHHELD} ({cell.withheld})" if cell.withheld else cell.value


def legend(seen: Seen, found: Pivot) -> Iterable[Legend]:
    """Yield what the marks of a table mean."""
    for reason, count in found.withheld.items():
        name = seen.of_code(CONFIDENTIALITY, reason).text
        yield f"{WITHHELD} ({reason})", f"{seen.speech.gettext(_('withheld:'))} {name}", str(count)
    for status in found.statuses:
        yield status, seen.of_code(STATUS, status).text, ""


def write_notes(sheet: Worksheet, seen: Seen, forms: Forms) -> None:
    """Write where the figures come from."""
    told = lines(seen)
    sheet.set_column(0, 0, fitted(name for name, _text in told))
    sheet.set_column(1, 1, 80)
    for number, (name, text) in enumerate(told):
        sheet.write_string(number, 0, name, forms.head)
        write_text(sheet, number, 1, text)
