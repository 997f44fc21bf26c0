"""XLSX: a sheet of things, one of ties, one that says what they are."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, time

import xlsxwriter

from server.answers.negotiate import XLSX
from server.maps.format import Format
from server.maps.picture import Picture
from server.maps.rows import EdgeRow, NodeRow, edge_rows, node_rows
from server.maps.text import clean

# The longest text that a cell takes.
LONGEST = 32_000


def write(picture: Picture) -> bytes:
    """Return the workbook; texts are texts and never formulas."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties(
        {
            "title": clean(picture.heading()),
            "comments": "\n".join(map(clean, picture.credits())),
            "created": datetime.combine(picture.created, time(), UTC),
        }
    )
    strong = book.add_format({"bold": True})
    fill(book.add_worksheet("nodes"), [one.name for one in fields(NodeRow)],
         map(asdict, node_rows(picture)), strong)  # fmt: skip
    fill(book.add_worksheet("edges"), [one.name for one in fields(EdgeRow)],
         map(asdict, edge_rows(picture)), strong)  # fmt: skip
    about = ({"name": name, "value": value} for name, value in picture.about().items())
    fill(book.add_worksheet("about"), ["name", "value"], about, strong)
    book.close()
    return stream.getvalue()


def fill(
    sheet: xlsxwriter.worksheet.Worksheet, names: Sequence[str],
    rows: Iterable[Mapping[str, object]], strong: object,
) -> None:  # fmt: skip
    """Fill a sheet, its first row staying in view."""
    sheet.write_row(0, 0, names, strong)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(names) - 1, 24)
    for place, row in enumerate(rows, 1):
        for column, name in enumerate(names):
            value = row[name]
            if isinstance(value, str):
                sheet.write_string(place, column, clean(value)[:LONGEST])
            else:
                sheet.write_number(place, column, value)


FORMAT = Format(".xlsx", XLSX, "XLSX", write, order=11)
