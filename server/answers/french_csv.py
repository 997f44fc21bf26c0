"""CSV as Excel in French reads it: decimal commas, days first, and nothing runs as a formula."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

from server.answers.cells import Value, value_of
from server.answers.rows import Rows

MARK = "\ufeff"
# A text that begins so is run as a formula by spreadsheets.
STARTS = ("=", "+", "-", "@", "\t", "\r")
TRUTH = {True: "VRAI", False: "FAUX"}


def french_csv(rows: Rows) -> bytes:
    """Return rows with semicolons, decimal commas and days first, in UTF-8 with its mark."""
    output = io.StringIO(newline="")
    output.write(MARK)
    writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
    writer.writerow(rows.columns)
    for row in rows.lines:
        terms = (row.get(name) for name in rows.columns)
        writer.writerow([text_of(value_of(term)) if term else "" for term in terms])
    return output.getvalue().encode()


def text_of(value: Value) -> str:
    """Write a value as a French spreadsheet does.

    >>> text_of(Decimal("-1234.50")), text_of(date(2020, 1, 31)), text_of("=1+1")
    ('-1234,50', '31/01/2020', "'=1+1")
    """
    if isinstance(value, bool):
        return TRUTH[value]
    if isinstance(value, datetime):
        return f"{value:%d/%m/}{value.year:04} {value:%H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%d/%m/}{value.year:04}"
    if isinstance(value, int | float | Decimal):
        return f"{Decimal(value):f}".replace(".", ",")
    return f"'{value}" if value.startswith(STARTS) else value
