"""Lists of tests: a layout's file written, judged and described."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import xlsxwriter

from loaders.description.describe import Described, describe
from loaders.lists.verdicts import Finding, Judgement, RefusedError
from loaders.records.codes import CodeBook
from loaders.records.source import find

PERIOD = "2026-06"
HEADER = "member_id;enterprise_number;name;legal_form;street;postcode;municipality;valid_from"
ROW = "M1;1900.000.168;Les Ateliers du Val;ASBL;Rue du Moulin 3;5000;Namur;2020-01-01"


@cache
def codes() -> CodeBook:
    """The code lists that the layouts name."""
    book = CodeBook()
    for name in ("maillage_codes", "kbo_codes", "refnis"):
        source = find(name)
        book.learn(describe(source, source.folder, book).lines["public"])
    return book


def given(
    folder: Path, content: bytes | str, layout: str = "members", suffix: str = ".csv",
    set_aside: bool = False,
) -> Described:  # fmt: skip
    """Describe a list with this content, sent by saw-b."""
    folder.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    (folder / f"{layout}{suffix}").write_bytes(data)
    source = find(f"{layout}-saw-b")
    return describe(source, folder, codes(), period=PERIOD, set_aside=set_aside)


def refused(folder: Path, content: bytes | str, layout: str = "members", **more: str) -> Judgement:
    """Return the judgement on a list that must be refused."""
    try:
        given(folder, content, layout, **more)  # type: ignore[arg-type]
    except RefusedError as error:
        return error.judgement
    raise AssertionError("the list was accepted")


def accepted(folder: Path, content: bytes | str, layout: str = "members", **more: str) -> Judgement:
    """Return the judgement on a list that must be accepted."""
    found = given(folder, content, layout, **more)  # type: ignore[arg-type]
    assert found.judgement is not None
    assert not found.judgement.refused
    return found.judgement


def members(*rows: str, header: str = HEADER) -> str:
    """Return a list of members as CSV."""
    return "\n".join([header, *rows]) + "\n"


def member(**cells: str) -> str:
    """Return a list of one member, the ordinary one but for these cells."""
    row = dict(zip(HEADER.split(";"), ROW.split(";"), strict=True)) | cells
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=";", lineterminator="\n")
    writer.writerows([row.keys(), row.values()])
    return output.getvalue()


def only(judgement: Judgement) -> Finding:
    """Return the only finding of a judgement, in both languages."""
    (finding,) = judgement.all_findings()
    assert finding.reason.fr
    assert finding.reason.en
    return finding


def workbook(rows: Sequence[Sequence[object]], name: str = "members") -> bytes:
    """Return rows as a workbook: numbers as numbers, dates as dates, texts as texts."""
    output = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "default_date_format": "dd/mm/yyyy"}  # fmt: skip
    book = xlsxwriter.Workbook(output, options)
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            else:
                sheet.write(number, column, cell)
    book.close()
    return output.getvalue()
