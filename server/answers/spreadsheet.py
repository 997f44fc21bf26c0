"""An answer as a workbook: its rows, typed, and a sheet that says what was asked of what."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from queries.catalogue import NamedQuery
from server.answers.cells import Value, value_of
from server.answers.rows import Rows
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import Language
from server.language import mark as _
from server.pages.description import title_of
from server.pages.display import LINKED
from server.questions.paging import Page
from server.sparql.protocol import Pairs

MOST_ROWS = 1_048_575
MOST_LINKS = 60_000
# Excel refuses longer ones; an escaped character takes three.
LONGEST_LINK = 2_079 // 3
LONGEST_TEXT = 32_767
MOST_DIGITS = 15
FIRST_DAY = date(1900, 3, 1)
NARROWEST, WIDEST, LOOKED_AT = 8, 60, 500
DAYS = {"fr": "dd/mm/yyyy"}
PLAIN = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False,
}  # fmt: skip


@dataclass(frozen=True)
class Forms:
    """How cells look."""

    head: Format
    day: Format
    moment: Format
    link: Format


@dataclass(frozen=True)
class Asked:
    """What was asked, of which release, and in which language to tell it.

    The lines are the first of the second sheet, a text for each cell.
    """

    title: str
    lines: tuple[tuple[str, ...], ...]
    snapshot: Snapshot
    speech: Language


def by_name(query: NamedQuery, values: Pairs, snapshot: Snapshot, speech: Language) -> Asked:
    """Return what a named question with its parameters is, to be told."""
    summary = query.summary_fr if speech.code == "fr" else query.summary
    head = (speech.gettext(_("Question")), summary, query.name)
    label = speech.gettext(_("Parameter"))
    return Asked(summary, (head, *((label, *pair) for pair in values)), snapshot, speech)


def in_full(query: str, snapshot: Snapshot, speech: Language) -> Asked:
    """Return what a query is, to be told line by line."""
    label = speech.gettext(_("Query"))
    parts = [
        line[start : start + LONGEST_TEXT]
        for line in query.expandtabs(2).splitlines()
        for start in range(0, len(line) or 1, LONGEST_TEXT)
    ]
    lines = tuple(("" if number else label, part) for number, part in enumerate(parts))
    return Asked("SPARQL", lines, snapshot, speech)


def workbook(page: Page, asked: Asked) -> bytes:
    """Return an answer as a workbook."""
    if len(page.rows.lines) > MOST_ROWS:
        detail = _("A spreadsheet holds %(limit)s rows; the answer has more. Ask for pages.")
        raise ProblemError("result-too-large", detail, limit=MOST_ROWS, dumps="/dumps")
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, PLAIN)
    say = asked.speech.gettext
    created = asked.snapshot.release.manifest.created.replace(tzinfo=None)
    book.set_properties({"title": asked.title, "created": created})
    day = DAYS.get(asked.speech.code, "yyyy-mm-dd")
    forms = Forms(
        head=book.add_format({"bold": True}),
        day=book.add_format({"num_format": day}),
        moment=book.add_format({"num_format": f"{day} hh:mm:ss"}),
        link=book.get_default_url_format(),
    )
    write_rows(book.add_worksheet(say(_("Answer"))), page.rows, forms)
    write_about(book.add_worksheet(say(_("About"))), list(about(page, asked)), forms)
    book.close()
    return output.getvalue()


def write_rows(sheet: Worksheet, rows: Rows, forms: Forms) -> None:
    """Write the sheet of the answer."""
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(rows.columns):
        sheet.set_column(column, column, width(rows, name))
        sheet.write_string(0, column, name, forms.head)
    links = MOST_LINKS
    for number, row in enumerate(rows.lines, 1):
        for column, name in enumerate(rows.columns):
            term = row.get(name)
            if term is None:
                continue
            if links and is_link(term):
                links -= 1
                sheet.write_url(number, column, term["value"], forms.link, term["value"])
            else:
                write_value(sheet, number, column, value_of(term), forms)


def width(rows: Rows, name: str) -> int:
    """Return how wide a column is made: as its first cells need, within bounds."""
    texts = (row[name]["value"] for row in rows.lines[:LOOKED_AT] if name in row)
    return fitted([name, *texts])


def fitted(texts: Iterable[str]) -> int:
    """Return the width that texts need, within bounds."""
    return min(WIDEST, max(NARROWEST, *(len(text) + 2 for text in texts)))


def is_link(term: Mapping[str, Any]) -> bool:
    """Tell whether a term can be followed and is not longer than Excel takes."""
    iri = term["value"]
    return term["type"] == "uri" and len(iri) <= LONGEST_LINK and bool(LINKED.match(iri))


def write_value(sheet: Worksheet, number: int, column: int, value: Value, forms: Forms) -> None:
    """Write a value with its type; what a spreadsheet would change is written as text."""
    if isinstance(value, bool):
        sheet.write_boolean(number, column, value)
    elif isinstance(value, date) and as_day(value) >= FIRST_DAY:
        form = forms.moment if isinstance(value, datetime) else forms.day
        sheet.write_datetime(number, column, value, form)
    elif isinstance(value, int | float | Decimal) and exact(Decimal(value)):
        sheet.write_number(number, column, value)
    else:
        write_text(sheet, number, column, str(value))


def as_day(value: date) -> date:
    """Return the day of a day or of a moment."""
    return value.date() if isinstance(value, datetime) else value


def exact(value: Decimal) -> bool:
    """Tell whether a spreadsheet keeps the digits of a number, those of a long fraction aside.

    >>> exact(Decimal(2) / 3), exact(Decimal("1E20")), exact(Decimal(4_000_000_000_000_001))
    (True, True, False)
    """
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    return abs(value) < 10**MOST_DIGITS or len(digits) <= MOST_DIGITS


def write_text(sheet: Worksheet, number: int, column: int, text: str) -> None:
    """Write a text as a text, whatever it begins with."""
    if len(text) > LONGEST_TEXT:
        detail = _("A cell of a spreadsheet holds %(limit)s characters; one here has more.")
        raise ProblemError("result-too-large", detail, limit=LONGEST_TEXT, dumps="/dumps")
    sheet.write_string(number, column, text)


def write_about(sheet: Worksheet, lines: list[tuple[str, ...]], forms: Forms) -> None:
    """Write the sheet that says what the answer is."""
    for column in range(max(len(line) for line in lines)):
        texts = (line[column] for line in lines if len(line) > column)
        sheet.set_column(column, column, fitted(texts))
    for number, line in enumerate(lines):
        for column, text in enumerate(line):
            if column == 0 and text:
                sheet.write_string(number, column, text, forms.head)
            elif text:
                write_text(sheet, number, column, text)


def about(page: Page, asked: Asked) -> Iterable[tuple[str, ...]]:
    """Return what was asked, of which release, and where that comes from."""
    speech, release = asked.speech, asked.snapshot.release
    yield from asked.lines
    last = page.start + len(page.rows.lines)
    yield speech.gettext(_("Rows")), f"{min(page.start + 1, last)}–{last}", f"/ {page.total}"
    yield speech.gettext(_("Release")), release.id, speech.moment(release.manifest.created)
    yield ("",)
    heads = (_("Source"), _("Publisher"), _("Period"), _("Licence"), _("Graph"))
    yield tuple(speech.gettext(head) for head in heads)
    for iri, graph in asked.snapshot.graphs.items():
        told = (graph.publisher, graph.period, graph.licence) if graph else (None, None, None)
        yield title_of(graph, iri, speech.code), *(one or "" for one in told), iri
