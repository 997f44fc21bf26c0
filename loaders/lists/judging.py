"""Lists judged row by row: every defect of a file is found, not only the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from loaders.errors import SourceError
from loaders.lists.cells import Reader
from loaders.lists.listed import Listed, read_list
from loaders.lists.verdicts import Finding, Judged, Judgement, finding_of, verdict_of
from loaders.records.codes import CodeBook
from loaders.records.dates import Statement
from loaders.records.layout import Layout, fold
from loaders.records.numbers import number_in
from loaders.records.row import Context, Row
from loaders.records.source import Describe, Source
from loaders.records.tables import Record, Table, locate
from loaders.wording import FileError, PersonalError, UnreadableError, Wording

EURO = "EUR"
CHECK = Wording("à vérifier", "to be checked")
GIVE = Wording("remplissez la cellule", "fill the cell")
MEND_ROW = Wording("corrigez la ligne ou supprimez-la", "correct the row or remove it")
ONE_ROW = Wording("gardez une seule des deux lignes", "keep one of the two rows")
AGREE = Wording(
    "donnez partout les mêmes données pour un même numéro, ou corrigez le numéro",
    "give the same data wherever a number stands, or correct the number",
)
REPEATED = Wording("lue une seule fois", "read once")


@dataclass
class Candidate:
    """One row under judgement: the cells as read, brought to one writing, and what was found."""

    line: int
    cells: dict[str, str]
    given: dict[str, str]
    findings: list[Finding] = field(default_factory=list)
    repeats: bool = False

    @property
    def refused(self) -> bool:
        """Whether anything found refuses the row."""
        return any(finding.refused for finding in self.findings)

    def refuse(self, column: str, reason: Wording, remedy: Wording) -> None:
        """Refuse the row because of a column, or as a whole."""
        self.findings.append(
            Finding(self.line, column, self.given.get(column, ""), True, reason, remedy)
        )

    def remark(self, column: str, reason: Wording, remedy: Wording) -> None:
        """Note what is odd without refusing the row."""
        self.findings.append(
            Finding(self.line, column, self.given.get(column, ""), False, reason, remedy)
        )


def candidates(layout: Layout, rows: Sequence[Listed], codes: CodeBook) -> list[Candidate]:
    """Return the rows with every cell read, and compared with one another."""
    reader = Reader(layout, codes)
    found = [candidate(reader, row) for row in rows]
    compare_repeats(layout, found)
    compare_organisations(layout, found)
    return found


def candidate(reader: Reader, row: Listed) -> Candidate:
    """Return one row with every cell read."""
    result = Candidate(row.line, dict.fromkeys(reader.layout.names, ""), row.cells)
    if row.defect:
        result.refuse("", row.defect, MEND_ROW)
        return result
    for column in reader.layout.columns:
        raw = row.cells[column.name]
        cell = type(raw)(raw.strip())
        if not cell:
            if column.required:
                empty = Wording("la cellule est vide", "the cell is empty")
                result.refuse(column.name, empty, GIVE)
            continue
        try:
            result.cells[column.name] = reader.read(column, cell)
        except PersonalError as error:
            result.given = {**result.given, column.name: ""}
            result.refuse(column.name, error.reason, error.remedy)
        except UnreadableError as error:
            result.refuse(column.name, error.reason, error.remedy)
        for remark in reader.remarks:
            result.remark(column.name, remark, CHECK)
    compare_currency(reader.layout, result)
    return result


def compare_currency(layout: Layout, row: Candidate) -> None:
    """Refuse an amount in euros beside another currency."""
    stated = [row.cells[column.name] for column in layout.columns if column.codes == "currency"]
    other = next((code for code in stated if code not in ("", EURO)), "")
    for column in layout.columns:
        amount = row.given[column.name]
        if other and column.kind == "amount" and ("€" in amount or EURO in amount):
            reason = Wording(
                f"« {amount} » est en EUR, la monnaie {other}",
                f"“{amount}” is EUR, the currency {other}",
            )
            row.refuse(column.name, reason, Wording("gardez une monnaie", "keep one currency"))


def compare_repeats(layout: Layout, rows: Sequence[Candidate]) -> None:
    """Read a row that stands twice once; refuse two rows of one key that say different things."""
    if not layout.unique:
        return
    first: dict[tuple[str, ...], Candidate] = {}
    for row in rows:
        key = tuple(fold(row.cells[name]) for name in layout.unique)
        if row.refused or not any(key):
            continue
        earlier = first.setdefault(key, row)
        if earlier is row:
            continue
        odd = [name for name in layout.names if row.cells[name] != earlier.cells[name]]
        if not odd:
            row.repeats = True
            row.remark("", twice(earlier.line), REPEATED)
            continue
        for one, other in ((earlier, row), (row, earlier)):
            conflict(one, odd, twice(other.line), other, ONE_ROW)


def compare_organisations(layout: Layout, rows: Sequence[Candidate]) -> None:
    """Refuse rows of one organisation's number that describe it differently."""
    if not layout.agree:
        return
    first: dict[str, Candidate] = {}
    for row in rows:
        number = number_in(row.cells, layout.identified_by)
        if not number:
            continue
        earlier = first.setdefault(number, row)
        odd = different(earlier, row, layout.agree)
        if earlier is row or not odd or same_conflict(row, earlier):
            continue
        for one, other in ((earlier, row), (row, earlier)):
            conflict(one, odd, same_number(other.line), other, AGREE)


def same_conflict(row: Candidate, earlier: Candidate) -> bool:
    """Tell whether the two rows are known already to contradict one another."""
    return any(finding.reason.en.startswith(twice(earlier.line).en) for finding in row.findings)


def different(one: Candidate, other: Candidate, names: Sequence[str]) -> list[str]:
    """Return the columns in which two rows say something else; an empty cell says nothing."""
    return [
        name
        for name in names
        if one.cells[name]
        and other.cells[name]
        and fold(one.cells[name]) != fold(other.cells[name])
    ]


def conflict(
    row: Candidate, odd: list[str], same: Wording, other: Candidate, remedy: Wording
) -> None:
    """Refuse a row that contradicts another one, naming what each says."""
    for name in odd:
        mine, theirs = row.given.get(name, ""), other.given.get(name, "")
        row.refuse(
            name,
            Wording(
                f"{same.fr}, mais « {mine} » ici et « {theirs} » là",
                f"{same.en}, but “{mine}” here and “{theirs}” there",
            ),
            remedy,
        )


def twice(line: int) -> Wording:
    """Return the words for a row whose key stands on another line too."""
    return Wording(f"répète la ligne {line}", f"repeats line {line}")


def same_number(line: int) -> Wording:
    """Return the words for a row whose organisation stands on another line too."""
    return Wording(f"même numéro qu'à la ligne {line}", f"same number as on line {line}")


def judge(
    source: Source, table: Table, folder: Path, context: Context, describer: Describe
) -> tuple[Judgement, list[Statement]]:
    """Return the verdicts on all rows of a list, and what the rows say that are not refused."""
    file = locate(table, folder)
    here = replace(table, file=file.name)
    layout = table.layout or Layout((), ())
    result = Judgement(
        source.title_fr or source.title, source.title, source.sender, file.name, layout,
        context.period,
    )  # fmt: skip
    try:
        listed = read_list(layout, table.name, file)
    except FileError as error:
        result.findings.append(finding_of(error, error.line))
        return result, []
    result.findings += [Finding(None, "", "", False, remark) for remark in listed.remarks]
    statements: list[Statement] = []
    for row in candidates(layout, listed.rows, context.codes):
        if not row.refused and not row.repeats:
            statements += said(row, here, context, describer)
        result.rows.append(judged(row, layout))
    return result, statements


def said(row: Candidate, table: Table, context: Context, describer: Describe) -> list[Statement]:
    """Return what a row says; nothing, and a finding, where its describer refuses it."""
    record = Row(table, Record(row.line, row.cells), context)
    try:
        statements = list(describer(record))
        record.close()
    except SourceError as error:
        found = finding_of(error, row.line)
        row.findings.append(replace(found, value=row.given.get(found.column, "")))
        statements = []
    for column, reason, remedy in context.findings:
        row.remark(column, reason, remedy)
    context.findings.clear()
    return statements


def judged(row: Candidate, layout: Layout) -> Judged:
    """Return the verdict on a row."""
    numbered = number_in(row.cells, layout.identified_by) != ""
    verdict = verdict_of(row.findings, numbered)
    return Judged(row.line, row.cells.get(layout.name_column, ""), verdict, tuple(row.findings))
