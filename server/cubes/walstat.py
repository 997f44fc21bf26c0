"""Observations as Walstat offers its indicators: a sheet each, territories by periods.

As a workbook, entities stand in rows and periods in columns; as CSV, one line per figure with the
columns indicator, period, level, REFNIS code, value, unit and note.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from xlsxwriter.workbook import Workbook

from queries.cubes.model import Code
from server.answers.french_csv import STARTS
from server.answers.spreadsheet import Forms, write_text
from server.cubes.seen import CONFIDENTIALITY, FREE, Name, Row, Seen, plain, territory_of
from server.cubes.workbook import forms_of, opened, write_cell, write_notes
from server.errors import ProblemError
from server.language import mark as _

AREA, UNIT = "REF_AREA", "UNIT_MEASURE"
MOST_INDICATORS = 200
PART = 500
HEAD = ("indicateur_id", "period", "level", "refnis", "value", "unit", "note")
# The letters by which Walstat names its levels: those of the country and the regions by their
# codes, others by the form of theirs.
LETTERS = {"01000": "B", "02000": "R", "03000": "R", "04000": "R", "BE10": "R"}
NUTS_LETTERS = {2: "B", 3: "R", 4: "P", 5: "A"}


@dataclass
class Indicator:
    """The figures of one indicator."""

    key: tuple[str, ...]
    figures: dict[tuple[str, str], Row] = field(default_factory=dict)


def needs_territories(seen: Seen) -> None:
    """Refuse a cube without territories."""
    if AREA not in {one.id for one in seen.cube.structure.dimensions}:
        detail = _("This cube has no territories, which the layout of Walstat puts in rows.")
        raise ProblemError("not-acceptable", detail)


def others(seen: Seen) -> list[str]:
    """Return the dimensions whose codes make an indicator."""
    return [one.id for one in seen.cube.structure.dimensions if one.id != AREA]


def key_of(seen: Seen, row: Row) -> tuple[str, ...]:
    """Return which indicator an observation belongs to."""
    return tuple(str(row[seen.place[name]]) for name in others(seen))


def level(code: Code | None) -> str:
    """Return the letter of the level of a territory; empty for one that is no REFNIS code."""
    found = territory_of(code) if code else None
    if found is None:
        return ""
    if found in LETTERS:
        return LETTERS[found]
    if found.startswith("BE"):
        return NUTS_LETTERS[len(found)]
    if found.endswith("000"):
        return "P" if found[1:] in ("0000", "0001", "0002") else "A"
    return "C"


def refnis(seen: Seen, code: str) -> str:
    """Return the REFNIS code of a territory, or the code that the cube has for it."""
    found = seen.codes[AREA].get(code)
    return (territory_of(found) if found else None) or code


def write_csv(seen: Seen) -> Iterator[bytes]:
    """Yield one line per figure."""
    needs_territories(seen)
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(HEAD)
    time = seen.place[seen.cube.structure.time.id]
    for number, row in enumerate(seen.rows(), 1):
        area, unit = str(row[seen.place[AREA]]), seen.place.get(UNIT)
        value = row[seen.measure]
        line = (
            ".".join(key_of(seen, row)), row[time], level(seen.codes[AREA].get(area)),
            refnis(seen, area), value, row[unit] if unit is not None else None, note(seen, row),
        )  # fmt: skip
        writer.writerow([written(one) for one in line])
        if number % PART == 0:
            yield taken(output)
    yield taken(output)


def taken(output: io.StringIO) -> bytes:
    """Return what was written, and make room for more."""
    found = output.getvalue().encode()
    output.seek(0)
    output.truncate()
    return found


def written(value: str | Decimal | None) -> str:
    """Write a value; a text that a spreadsheet would run is written as a text.

    >>> written(Decimal("-1.5000")), written("=1+1"), written(None)
    ('-1.5', "'=1+1", '')
    """
    if isinstance(value, Decimal):
        return plain(value)
    return f"'{value}" if value and value.startswith(STARTS) else value or ""


def note(seen: Seen, row: Row) -> str | None:
    """Return why a figure is not there, or what is said of it."""
    reason = row[seen.place[CONFIDENTIALITY]] if CONFIDENTIALITY in seen.place else None
    if reason not in (None, FREE):
        return seen.of_code(CONFIDENTIALITY, str(reason)).text
    comment = row[seen.place["COMMENT_OBS"]] if "COMMENT_OBS" in seen.place else None
    return str(comment) if comment is not None else None


def write(seen: Seen, target: Path) -> None:
    """Write a workbook with a sheet per indicator, a list of them, and notes."""
    needs_territories(seen)
    found = indicators(seen)
    book = opened(seen, target)
    forms = forms_of(book)
    write_index(book, seen, found, forms)
    for number, one in enumerate(found, 1):
        write_indicator(book, seen, number, one, forms)
    write_notes(book.add_worksheet(seen.speech.gettext(_("Notes"))), seen, forms)
    book.close()


def indicators(seen: Seen) -> list[Indicator]:
    """Return the figures by indicator."""
    time = seen.place[seen.cube.structure.time.id]
    found: dict[tuple[str, ...], Indicator] = {}
    for row in seen.rows():
        key = key_of(seen, row)
        one = found.setdefault(key, Indicator(key))
        one.figures[str(row[seen.place[AREA]]), str(row[time])] = row
        if len(found) > MOST_INDICATORS:
            detail = _("A workbook holds %(limit)s indicators; there are more. Choose less.")
            raise ProblemError("result-too-large", detail, limit=MOST_INDICATORS)
    order = [list(seen.codes.get(name, {})) for name in others(seen)]
    return sorted(found.values(), key=lambda one: [
        held.index(code) if code in held else -1 for held, code in zip(order, one.key, strict=True)
    ])  # fmt: skip


def write_index(book: Workbook, seen: Seen, found: list[Indicator], forms: Forms) -> None:
    """Write which sheet holds which indicator."""
    sheet = book.add_worksheet(seen.speech.gettext(_("Indicators")))
    head = [seen.speech.gettext(_("Sheet")), *(seen.of_component(one).text for one in others(seen))]
    for place, text in enumerate(head):
        sheet.set_column(place, place, 8 if place == 0 else 28)
        sheet.write_string(0, place, text, forms.head)
    for number, one in enumerate(found, 1):
        sheet.write_number(number, 0, number)
        for place, name in enumerate(names_of(seen, one), 1):
            write_text(sheet, number, place, name.text)


def names_of(seen: Seen, one: Indicator) -> list[Name]:
    """Return what the codes of an indicator are called."""
    return [seen.of_code(name, code) for name, code in zip(others(seen), one.key, strict=True)]


def write_indicator(book: Workbook, seen: Seen, number: int, one: Indicator, forms: Forms) -> None:
    """Write an indicator: entities in rows, periods in columns, the reasons of gaps beside."""
    sheet = book.add_worksheet(str(number))
    sheet.set_column(1, 1, 32)
    periods = sorted({period for _area, period in one.figures})
    say = seen.speech.gettext
    head = ["REFNIS", seen.of_component(AREA).text, say(_("Level")), *periods, say(_("Note"))]
    sheet.write_string(0, 0, " · ".join(name.text for name in names_of(seen, one)), forms.head)
    for place, text in enumerate(head):
        sheet.write_string(2, place, text, forms.head)
    held = {area for area, _period in one.figures}
    areas = [code for code in seen.codes[AREA] if code in held]
    for line, area in enumerate(areas, 3):
        write_text(sheet, line, 0, refnis(seen, area))
        write_text(sheet, line, 1, seen.of_code(AREA, area).text)
        sheet.write_string(line, 2, level(seen.codes[AREA].get(area)))
        said = []
        for place, period in enumerate(periods, 3):
            row = one.figures.get((area, period))
            if row is None:
                continue
            write_cell(sheet, line, place, row[seen.measure])
            if told := note(seen, row):
                said.append(f"{period}: {told}")
        if said:
            write_text(sheet, line, 3 + len(periods), "; ".join(said))
