"""Templates of the lists that partners send: CSV and XLSX, with what each column means."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from loaders.description.describe import describe
from loaders.errors import LoadError
from loaders.records.codes import LABEL, CodeBook
from loaders.records.layout import Column, Layout
from loaders.records.source import Source, find, sources
from loaders.records.tables import Table

MARK = "\ufeff"
FORMATS = ("csv", "xlsx")
# Workbooks are the same bytes whenever they are made.
MADE = datetime(2026, 1, 1)  # noqa: DTZ001 a workbook has no zone
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
ROWS_PREPARED = 5000
KINDS: Mapping[str, tuple[str, str]] = {
    "text": ("texte", "text"),
    "number": ("numéro", "number"),
    "date": ("date", "date"),
    "moment": ("date, mois ou année", "date, month or year"),
    "amount": ("montant", "amount"),
    "code": ("code", "code"),
    "codes": ("codes séparés par |", "codes separated by |"),
    "page": ("adresse web", "web address"),
    "eli": ("adresse ELI", "ELI address"),
    "org-id": ("identifiant org-id", "org-id identifier"),
}
HELP_HEAD = (
    "colonne / column", "intitulé (fr)", "heading (en)", "obligatoire / required",
    "contenu", "content", "exemple / example", "explication", "explanation",
)  # fmt: skip
Labels = Mapping[str, Mapping[str, Mapping[str, str]]]


def layouts() -> dict[str, Source]:
    """Return the sources that are layouts of lists, by name."""
    return {name: source for name, source in sources().items() if list_in(source)}


def list_in(source: Source) -> Table | None:
    """Return the only table of a source, where it is a list."""
    tables = list(source.tables.values())
    return tables[0] if len(tables) == 1 and tables[0].layout is not None else None


def layout_of(source: Source) -> Layout:
    """Return the columns of a layout; LoadError where the source is no list."""
    table = list_in(source)
    if table is None or table.layout is None:
        raise LoadError(f"{source.name} is no list; lists: {', '.join(layouts())}")
    return table.layout


def used(layout: Layout) -> list[Column]:
    """Return the columns that a template has: those that are read."""
    return [column for column in layout.columns if column.kind != "unused"]


def headings(source: Source) -> list[str]:
    """Return the headings of a template: those of a standard as they are, else French ones."""
    columns = used(layout_of(source))
    standard = any(":" in column.name for column in columns)
    return [column.name if standard else column.label_fr for column in columns]


def as_csv(source: Source) -> bytes:
    """Return the empty list as CSV that spreadsheets open with its accents."""
    output = io.StringIO(newline="")
    output.write(MARK)
    delimiter = "," if layout_of(source).decimal == "." else ";"
    csv.writer(output, delimiter=delimiter, lineterminator="\r\n").writerow(headings(source))
    return output.getvalue().encode()


def as_xlsx(source: Source, labels: Labels) -> bytes:
    """Return the empty list as a workbook with an explanation of each column and the codes."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, PLAIN)
    book.set_properties({"title": source.title_fr, "author": "Maillage", "created": MADE})
    columns = used(layout_of(source))
    sheet = book.add_worksheet(next(iter(source.tables)))
    about = book.add_worksheet("Explications - Help")
    codes = book.add_worksheet("Codes")
    ranges = write_codes(book, codes, columns, labels)
    write_list(book, sheet, columns, headings(source), ranges)
    write_help(book, about, source, columns)
    book.close()
    return output.getvalue()


def write_list(
    book: Any, sheet: Any, columns: list[Column], heads: list[str], ranges: Mapping[str, str]
) -> None:
    """Write the sheet to fill: headings, text cells that keep every zero, lists of codes."""
    required = book.add_format({"bold": True, "bg_color": "#D7E9EC", "border": 1})
    optional = book.add_format({"bg_color": "#F0F3F6", "border": 1})
    as_text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for number, (column, head) in enumerate(zip(columns, heads, strict=True)):
        form = as_text if column.kind != "amount" else None
        sheet.set_column(number, number, max(14, min(36, len(head) + 3)), form)
        sheet.write_string(0, number, head, required if column.required else optional)
        if column.help_fr:
            sheet.write_comment(0, number, f"{column.help_fr}\n\n{column.help_en}", {"x_scale": 2})
        if column.codes in ranges and column.kind == "code":
            rule = {
                "validate": "list",
                "source": ranges[column.codes],
                "error_type": "information",
                "error_title": "Codes",
                "error_message": "Voyez la feuille Codes. See the sheet Codes.",
            }
            sheet.data_validation(1, number, ROWS_PREPARED, number, rule)


def write_codes(book: Any, sheet: Any, columns: list[Column], labels: Labels) -> dict[str, str]:
    """Write the codes of each list with their labels; return where each list stands."""
    bold = book.add_format({"bold": True})
    ranges: dict[str, str] = {}
    schemes = sorted({column.codes for column in columns if column.codes in labels})
    for place, scheme in enumerate(schemes):
        left = place * 4
        for offset, text in enumerate((scheme, "français", "English")):
            sheet.write_string(0, left + offset, text, bold)
        sheet.set_column(left, left, 18)
        sheet.set_column(left + 1, left + 2, 40)
        for line, (code, named) in enumerate(sorted(labels[scheme].items()), start=1):
            sheet.write_string(line, left, code)
            sheet.write_string(line, left + 1, named.get("fr", ""))
            sheet.write_string(line, left + 2, named.get("en", ""))
        letters = xlsxwriter.utility.xl_col_to_name(left, col_abs=True)
        ranges[scheme] = f"=Codes!{letters}$2:{letters}${len(labels[scheme]) + 1}"
    sheet.freeze_panes(1, 0)
    return ranges


def write_help(book: Any, sheet: Any, source: Source, columns: list[Column]) -> None:
    """Write the sheet that says what each column holds."""
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 6, 24, wrap)
    sheet.set_column(7, 8, 60, wrap)
    sheet.write_string(0, 0, f"{source.title_fr} / {source.title}", bold)
    for number, text in enumerate(HELP_HEAD):
        sheet.write_string(2, number, text, bold)
    for line, column in enumerate(columns, start=3):
        fr, en = KINDS[column.kind]
        codes = f" ({column.codes.replace('|', ', ')})" if column.codes else ""
        cells = (
            column.name, column.label_fr, column.label_en,
            "oui / yes" if column.required else "",
            fr + codes, en + codes, column.example, column.help_fr, column.help_en,
        )  # fmt: skip
        for number, text in enumerate(cells):
            sheet.write_string(line, number, text)
    sheet.freeze_panes(3, 1)


def code_labels(wanted: Iterable[str]) -> Labels:
    """Return the labels of the codes of some code lists, by list, code and language."""
    schemes, book = set(wanted), CodeBook()
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name in ("maillage_codes", "kbo_codes"):
        source = find(name)
        lines = describe(source, source.folder, book).lines["public"]
        book.learn(lines)
        kept = [line for line in lines if (match := LABEL.match(line)) and match[1] in schemes]
        for quad in parse("\n".join(kept), format=RdfFormat.N_TRIPLES):
            if not (isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal)):
                continue
            scheme, _, code = quad.subject.value.rpartition("/code/")[2].partition("/")
            if quad.predicate.value.endswith("prefLabel"):
                named = found.setdefault(scheme, {}).setdefault(code, {})
                named[quad.object.language or ""] = quad.object.value
    return found


def all_labels() -> Labels:
    """Return the labels of every code list that a layout names."""
    return code_labels(
        column.codes for source in layouts().values() for column in layout_of(source).columns
    )


def template(name: str, form: str) -> bytes:
    """Return the template of a layout as csv or xlsx; LoadError for what is no layout."""
    source = find(name)
    if form == "csv":
        return as_csv(source)
    layout = layout_of(source)
    return as_xlsx(source, code_labels(column.codes for column in layout.columns))


def write_templates(folder: Path) -> None:
    """Write the templates of all layouts, and lists.json that says what each is, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = all_labels()
    makers: Mapping[str, Callable[[Source], bytes]] = {
        "csv": as_csv,
        "xlsx": lambda source: as_xlsx(source, labels),
    }
    for name, source in layouts().items():
        for form, make in makers.items():
            (folder / f"{name}.{form}").write_bytes(make(source))
    told = [described(source) for source in layouts().values()]
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    (folder / "lists.json").write_text(text, encoding="utf-8")


def described(source: Source) -> dict[str, object]:
    """Return what a layout is, for a page that offers its templates."""
    return {
        "name": source.name,
        "title_fr": source.title_fr,
        "title": source.title,
        "columns": [
            {
                "name": column.name,
                "label_fr": column.label_fr,
                "label_en": column.label_en,
                "required": column.required,
                "content_fr": KINDS[column.kind][0],
                "content_en": KINDS[column.kind][1],
                "codes": column.codes,
                "example": column.example,
                "help_fr": column.help_fr,
                "help_en": column.help_en,
            }
            for column in used(layout_of(source))
        ],
    }
