"""The rows of a list as its sender wrote them: CSV or XLSX, under recognised headings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from loaders.lists import evidence, workbook
from loaders.records.layout import Column, Layout, fold
from loaders.wording import NOTHING, FileError, Wording

LARGEST_LIST = 1 << 28
SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
FROM_TEMPLATE = Wording("repartez du modèle de la liste", "start again from the list's template")
Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True)
class Listed:
    """One row: the cells by the technical names of their columns, or why it is torn."""

    line: int
    cells: dict[str, str]
    defect: Wording = NOTHING


@dataclass
class List:
    """A list as read: its rows, and what there is to say of the file as a whole."""

    rows: list[Listed] = field(default_factory=list)
    remarks: list[Wording] = field(default_factory=list)


def read_list(layout: Layout, name: str, path: Path) -> List:
    """Return the rows of a list's file; FileError where nothing of it can be judged.

    ``name`` is that of the table, and of the sheet where a workbook has several. A torn row is
    returned as such, for the sender to mend with the others.
    """
    result = List()
    if path.stat().st_size > LARGEST_LIST:
        reason = Wording("le fichier dépasse 256 Mo", "the file exceeds 256 MB")
        remedy = Wording("livrez-le en plusieurs parties", "deliver it in several parts")
        raise FileError(reason, remedy, path)
    with path.open("rb") as stream:
        packed = workbook.is_workbook(stream.read(8))
    rows = workbook.read_rows(path, name) if packed else text_rows(layout, path, result)
    filled = ((line, cells) for line, cells in rows if any(cell.strip() for cell in cells))
    first = next(filled, None)
    if first is None:
        raise empty(path, Wording("le fichier est vide", "the file is empty"), 1)
    names = recognise(layout, first[1], path, first[0])
    result.rows = [listed(line, cells, names, layout) for line, cells in filled]
    if not result.rows:
        raise empty(path, Wording("il n'y a aucune ligne", "there is no row"), first[0])
    if len(result.rows) > 1 and all(row.defect for row in result.rows):
        reason = Wording(
            f"aucune ligne n'a les {len(names)} cellules de l'en-tête",
            f"no row has the {len(names)} cells of the header",
        )
        raise FileError(reason, FROM_TEMPLATE, path, result.rows[0].line)
    return result


def empty(path: Path, reason: Wording, line: int) -> FileError:
    """Return the error for a list without rows, which is never read as “everybody left”."""
    remedy = Wording(
        "livrez la liste complète ; une liste vide ne retire personne",
        "deliver the whole list; an empty list removes nobody",
    )
    return FileError(reason, remedy, path, line)


def text_rows(layout: Layout, path: Path, result: List) -> Rows:
    """Yield the rows of a text file with the lines on which they start."""
    text, encoding = evidence.decode(path.read_bytes(), path)
    if encoding == "cp1252":
        result.remarks.append(
            Wording(
                "fichier lu comme Windows-1252 ; enregistrez-le en CSV UTF-8 la prochaine fois",
                "file read as Windows-1252; save it as CSV UTF-8 next time",
            )
        )
    said = SEP.match(text)
    body = text[said.end() :] if said else text
    if not body.strip():
        return
    folded = frozenset(heading for column in layout.columns for heading in column.headings)
    known = [column.label_fr for column in layout.columns if column.required]
    mark = evidence.delimiter(body, known, folded, path)
    if said and said[1] != mark:
        reason = Wording(
            f"la ligne « {said[0].strip()} » annonce un autre séparateur que {mark!r} de l'en-tête",
            f"the line “{said[0].strip()}” announces another delimiter than {mark!r} of the header",
        )
        raise FileError(reason, FROM_TEMPLATE, path, 1)
    yield from numbered(body, mark, 1 if said else 0, path)


def numbered(text: str, mark: str, before: int, path: Path) -> Rows:
    """Yield the rows of a text under one delimiter, with the lines on which they start."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    start = before + 1
    try:
        for cells in reader:
            yield start, cells
            start = before + reader.line_num + 1
    except csv.Error as error:
        large = "field limit" in str(error)
        reason = Wording(
            "une cellule dépasse 128 ko ou un guillemet n'est pas fermé",
            "a cell exceeds 128 kB or a quote is not closed",
        )
        quote = Wording(
            "un guillemet n'est pas fermé ou est suivi de texte",
            "a quote is not closed or has text behind it",
        )
        remedy = Wording(
            "corrigez cette ligne ou réexportez la liste depuis le tableur",
            "correct this row or export the list again from the spreadsheet program",
        )
        raise FileError(reason if large else quote, remedy, path, start) from None


def recognise(layout: Layout, header: list[str], path: Path, line: int) -> list[str]:
    """Return the technical name of each heading; FileError names all that is wrong with them."""
    while header and not header[-1].strip():
        header.pop()
    by_heading = {heading: column for column in layout.columns for heading in column.headings}
    found = [by_heading.get(fold(heading)) for heading in header]
    names = [column.name for column in found if column]
    problems: list[Wording] = []
    for heading, column in zip(header, found, strict=True):
        if column is None:
            problems.append(unknown(heading, by_heading, names))
    for column in layout.columns:
        label = f"« {column.label_fr} » ({column.name})"
        if names.count(column.name) > 1:
            problems.append(Wording(f"la colonne {label} est en double", f"{label} stands twice"))
        if column.required and column.name not in names:
            problems.append(Wording(f"la colonne {label} manque", f"{label} is missing"))
    if problems:
        reason = Wording("; ".join(p.fr for p in problems), "; ".join(p.en for p in problems))
        raise FileError(reason, FROM_TEMPLATE, path, line)
    return names


def unknown(heading: str, by_heading: dict[str, Column], taken: list[str]) -> Wording:
    """Return the sentence on a heading that is none of the layout's, with the nearest free one."""
    free = [key for key, column in by_heading.items() if column.name not in taken]
    near = get_close_matches(fold(heading), free, n=1)
    shown = heading.strip() or "(vide)"
    hint = by_heading[near[0]] if near else None
    return Wording(
        f"la colonne « {shown} » est inconnue"
        + (f" (est-ce « {hint.label_fr} » ?)" if hint else ""),
        f"the column “{heading.strip() or '(empty)'}” is unknown"
        + (f" (is it “{hint.label_en}”?)" if hint else ""),
    )


def listed(line: int, cells: list[str], names: list[str], layout: Layout) -> Listed:
    """Return one row; a row with more or fewer cells than the header is torn."""
    beyond = cells[len(names) :]
    if len(cells) < len(names) or any(cell.strip() for cell in beyond):
        count = len(cells)
        defect = Wording(
            f"la ligne a {count} cellules au lieu de {len(names)} : déchirée ou décalée",
            f"the row has {count} cells instead of {len(names)}: torn or shifted",
        )
        return Listed(line, {}, defect)
    given = dict(zip(names, cells, strict=False))
    return Listed(line, {name: given.get(name, "") for name in layout.names})
