"""The review queue as a file that a desk fills in, and its answers read back."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from loaders.errors import LoadError, SourceError
from loaders.linkage import queue, review
from loaders.linkage.journal import JUDGEMENTS
from loaders.linkage.queue import Item
from loaders.linkage.review import Answer
from loaders.lists import evidence, workbook
from queries.release import Home

FORMATS = (".csv", ".xlsx")
SHEET = "review"
SHOWN = (
    "kind", "doubt", "score", "left", "left_name", "left_address", "left_form", "right",
    "right_name", "right_address", "right_form", "features",
)  # fmt: skip
COLUMNS = ("item", "state", *SHOWN, "judgement", "reason")
NEEDED = ("item", "state", "judgement", "reason")
# A text that begins so is run as a formula by spreadsheets.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = {"item": 6, "state": 14, "score": 8, "judgement": 12, "reason": 40}
MOST_NAMED = 20


def state(item: Item) -> str:
    """Return a text that changes when an item, or what is known of it, does."""
    return "s-" + hashlib.sha256("\n".join(item.state).encode()).hexdigest()[:12]


def export(home: Home, target: Path) -> int:
    """Write the queue as CSV or XLSX for a desk; return how many items it holds."""
    if target.suffix.lower() not in FORMATS:
        raise LoadError(f"{target.name}: the name ends in neither .csv nor .xlsx")
    rows = [row(item) for item in queue.read(home)]
    if target.suffix.lower() == ".csv":
        write_csv(rows, target)
    else:
        write_workbook(rows, target)
    return len(rows)


def row(item: Item) -> list[str]:
    """Return the cells of an item, the last two for the desk to fill."""
    shown = [getattr(item, name) for name in SHOWN]
    return [str(item.item), state(item), *shown, "", ""]


def write_csv(rows: list[list[str]], target: Path) -> None:
    """Write rows with semicolons and a byte order mark, as spreadsheets here expect them."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([escaped(cell) for cell in cells] for cells in rows)
    target.write_bytes(b"\xef\xbb\xbf" + output.getvalue().encode())


def escaped(cell: str) -> str:
    """Return a cell so that no spreadsheet runs it.

    >>> escaped("=1+1"), escaped("Les Amis")
    ("'=1+1", 'Les Amis')
    """
    return f"'{cell}" if cell.startswith(FORMULAS) else cell


def write_workbook(rows: list[list[str]], target: Path) -> None:
    """Write rows as a workbook whose cells are texts, with a list to choose judgements from."""
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(target), plain) as book:
        sheet = book.add_worksheet(SHEET)
        head = book.add_format({"bold": True})
        for place, name in enumerate(COLUMNS):
            sheet.write_string(0, place, name, head)
            sheet.set_column(place, place, WIDTHS.get(name, 24))
        for line, cells in enumerate(rows, start=1):
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, cell[:32_767])
        sheet.freeze_panes(1, 0)
        column = COLUMNS.index("judgement")
        choice = {"validate": "list", "source": list(JUDGEMENTS)}
        sheet.data_validation(1, column, max(1, len(rows)), column, choice)


def answers(home: Home, file: Path) -> list[Answer]:
    """Return what a desk filled in; rows without judgement are passed over.

    SourceError names every row that cannot be taken: a judgement or reason that is none, or an
    item that is no longer in the queue, or not as it was when it was exported.
    """
    waiting = {item.item: item for item in queue.read(home)}
    found: list[Answer] = []
    problems: list[tuple[int, str]] = []
    seen: set[str] = set()
    for line, cells in read(file):
        if not cells["judgement"]:
            if cells["reason"]:
                problems.append((line, "a reason without a judgement"))
            continue
        number = cells["item"].removesuffix(".0")
        item = waiting.get(int(number)) if number.isdecimal() else None
        problem = ""
        if number in seen:
            problem = f"item {number} stands twice"
        elif item is None or state(item) != cells["state"]:
            problem = f"item {number} changed or left the queue since the export"
        seen.add(number)
        problem = problem or review.defect(cells["judgement"], cells["reason"])
        if problem:
            problems.append((line, problem))
        elif item:
            found.append(Answer(item, cells["judgement"], cells["reason"]))
    if problems:
        raise refused(file, problems)
    if not found:
        raise LoadError(f"{file.name}: no row has a judgement; nothing was imported")
    return found


def refused(file: Path, problems: list[tuple[int, str]]) -> SourceError:
    """Return the error that names the rows because of which nothing is imported."""
    named = "; ".join(f"line {line}: {problem}" for line, problem in problems[1:MOST_NAMED])
    more = f"; and {len(problems) - MOST_NAMED} more" if len(problems) > MOST_NAMED else ""
    line, first = problems[0]
    rest = f"; {named}{more}" if named else ""
    return SourceError(f"{first}{rest}; nothing was imported", file, line)


def read(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a filled-in file with their lines, as the cells that count."""
    if not file.is_file():
        raise LoadError(f"{file} is no file; give the one that `maillage review export` made")
    with file.open("rb") as stream:
        packed = workbook.is_workbook(stream.read(8))
    rows = workbook.read_rows(file, SHEET) if packed else text_rows(file)
    header: list[str] = []
    for line, cells in rows:
        if not header:
            header = [cell.strip().lower() for cell in cells]
            if missing := [name for name in NEEDED if header.count(name) != 1]:
                reason = f"column {missing[0]!r} does not stand once in the header"
                raise SourceError(f"{reason}; export the queue again", file, line)
        elif any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * len(header)]
            yield line, {name: padded[header.index(name)].strip() for name in NEEDED}
    if not header:
        raise SourceError("the file is empty; export the queue again", file, 1)


def text_rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a text file, whatever spreadsheets made its delimiter."""
    text, _ = evidence.decode(file.read_bytes(), file)
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise SourceError(f"{error}; export the queue again", file, start) from None
