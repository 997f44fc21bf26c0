"""One source record, read strictly: what is taken is used, what is left is reported."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from loaders.errors import SourceError
from loaders.records import dates, identify
from loaders.records.codes import CodeBook
from loaders.records.dates import Statement
from loaders.records.tables import Record, Table
from loaders.wording import NOTHING, CellError, Wording
from ontology.outside import XSD

SEPARATOR = "|"
INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


@dataclass
class Context:
    """What a row may refer to, and where it leaves its remarks.

    ``references`` holds the IRIs of the keyed rows of the source, by table and key; ``remarks``
    what was set aside or looks odd without being an error, for the sender's quality report.
    Lists also know the ``period`` and the ``sender`` of their delivery, and leave what they find
    as column, reason and remedy in ``findings``.
    """

    references: dict[str, dict[str, NamedNode]] = field(default_factory=dict)
    codes: CodeBook = field(default_factory=CodeBook)
    remarks: list[str] = field(default_factory=list)
    period: str = ""
    sender: str = ""
    findings: list[tuple[str, Wording, Wording]] = field(default_factory=list)


class Row:
    """A record whose fields are taken one by one, so that none is silently lost."""

    __slots__ = ("_cells", "_taken", "context", "line", "table")

    def __init__(self, table: Table, record: Record, context: Context) -> None:
        self.table = table
        self.line = record.line
        self.context = context
        self._cells = record.cells
        self._taken: set[str] = set()

    # ------------------------------------------------------------------ text

    def get(self, name: str) -> str | None:
        """Return a field without surrounding space, None when empty."""
        if name not in self._cells:
            raise self.error(f"there is no column {name!r}")
        self._taken.add(name)
        return self._cells[name].strip() or None

    def has(self, name: str) -> bool:
        """Tell whether the table has a column."""
        return name in self._cells

    def take(self, name: str) -> str:
        """Return a mandatory field."""
        value = self.get(name)
        if value is None:
            raise self.error(f"{name} is empty")
        return value

    def split(self, name: str) -> list[str]:
        """Return the parts of a field that holds several values separated by ``|``."""
        return [part.strip() for part in (self.get(name) or "").split(SEPARATOR) if part.strip()]

    def text(self, name: str, lang: str | None = None) -> Literal:
        """Return a mandatory field as a literal."""
        return Literal(self.take(name), language=lang)

    def optional_text(self, name: str, lang: str | None = None) -> Literal | None:
        """Return a field as a literal, None when empty."""
        value = self.get(name)
        return None if value is None else Literal(value, language=lang)

    def locator(self) -> Literal:
        """Return where in the source the record comes from (column ``locator``)."""
        return self.text("locator")

    # ------------------------------------------------------------- quantities

    def date(self, name: str, layout: str = "%Y-%m-%d") -> Literal:
        """Return a mandatory day as xsd:date."""
        return self._typed(name, lambda text: dates.literal(dates.parse(text, layout)))

    def optional_date(self, name: str, layout: str = "%Y-%m-%d") -> Literal | None:
        """Return a day as xsd:date, None when empty."""
        return self.date(name, layout) if self.get(name) else None

    def year(self, name: str) -> Literal:
        """Return a mandatory year as xsd:gYear."""
        return self._typed(
            name, lambda text: Literal(str(dates.parse(text, "%Y").year), datatype=XSD.gYear)
        )

    def optional_year(self, name: str) -> Literal | None:
        """Return a year as xsd:gYear, None when empty."""
        return self.year(name) if self.get(name) else None

    def integer(self, name: str) -> Literal:
        """Return a mandatory whole number."""
        return self._typed(name, integer)

    def optional_integer(self, name: str) -> Literal | None:
        """Return a whole number, None when empty."""
        return self.integer(name) if self.get(name) else None

    def decimal(self, name: str) -> Literal:
        """Return a mandatory number as xsd:decimal."""
        return self._typed(name, decimal)

    def optional_decimal(self, name: str) -> Literal | None:
        """Return a number as xsd:decimal, None when empty."""
        return self.decimal(name) if self.get(name) else None

    def _typed(self, name: str, parse: Callable[[str], Literal]) -> Literal:
        value = self.take(name)
        try:
            return parse(value)
        except ValueError as error:
            raise self.error(f"{name} {value!r} cannot be read: {error}") from None

    def validity(self, subject: NamedNode) -> list[Statement]:
        """Return when the thing holds, from valid_from, valid_to, observed_on where present."""
        cells = [
            self.get(name) if name in self._cells else None
            for name in ("valid_from", "valid_to", "observed_on")
        ]
        try:
            return list(dates.validity(subject, *cells))
        except ValueError as error:
            raise self.error(str(error)) from None

    # ------------------------------------------------------- codes, references

    def code(self, name: str, scheme: str) -> NamedNode:
        """Return the concept that a mandatory field names in a code list."""
        return self._find_code(scheme, self.take(name), name)

    def optional_code(self, name: str, scheme: str) -> NamedNode | None:
        """Return the concept that a field names, None when empty."""
        value = self.get(name)
        return None if value is None else self._find_code(scheme, value, name)

    def concept(self, scheme: str, notation: str) -> NamedNode:
        """Return a concept of a code list by a notation that the loader worked out."""
        return self._find_code(scheme, notation, scheme)

    def codes(self, name: str, scheme: str) -> list[NamedNode]:
        """Return the concepts that a field names, separated by ``|``."""
        return [self._find_code(scheme, value, name) for value in self.split(name)]

    def _find_code(self, scheme: str, value: str, name: str) -> NamedNode:
        try:
            return self.context.codes.find(scheme, value)
        except KeyError as error:
            raise self.error(f"{name}: {error.args[0]}") from None

    def reference(self, name: str, tables: str) -> NamedNode:
        """Return the thing that a mandatory field refers to by its key.

        ``tables`` names the table that holds the key, or several separated by ``|``; the field
        may say which one as ``table:key``.
        """
        return self._refer(name, self.take(name), tables)

    def optional_reference(self, name: str, tables: str) -> NamedNode | None:
        """Return the thing that a field refers to, None when empty."""
        value = self.get(name)
        return None if value is None else self._refer(name, value, tables)

    def references(self, name: str, tables: str) -> list[NamedNode]:
        """Return the things that a field refers to, separated by ``|``."""
        return [self._refer(name, value, tables) for value in self.split(name)]

    def _refer(self, name: str, value: str, tables: str) -> NamedNode:
        candidates = tables.split(SEPARATOR)
        named, colon, key = value.partition(":")
        if colon and named in candidates:
            candidates, value = [named], key
        index: Mapping[str, Mapping[str, NamedNode]] = self.context.references
        found = {index[table][value] for table in candidates if value in index.get(table, {})}
        if len(found) == 1:
            return found.pop()
        problem = "is the key of several rows of" if found else "is no key of"
        raise self.error(f"{name} {value!r} {problem} {' or '.join(candidates)}")

    # ------------------------------------------------------------------- IRIs

    def iri(self) -> NamedNode:
        """Return the IRI of the thing that this record describes."""
        if self.table.kind is None or self.table.number is None:
            raise self.error(f"table {self.table.name} declares no kind and number")
        return identify.thing(self.table.kind, self.table.authority, self.take(self.table.number))

    def part(self, kind: str, suffix: str = "") -> NamedNode:
        """Return the IRI of something that exists only with this record's thing."""
        number = self.take(self.table.number) if self.table.number else str(self.line)
        tail = f"{self.table.kind or self.table.name}-{number}" + (f"-{suffix}" if suffix else "")
        return identify.thing(kind, self.table.authority, tail)

    # ----------------------------------------------------------------- strictness

    def close(self) -> None:
        """Refuse a record with a filled field that nobody took."""
        if len(self._taken) == len(self._cells):
            return
        left = [
            name
            for name in self._cells.keys() - self._taken - self.table.ignored
            if self._cells[name].strip()
        ]
        if left:
            raise self.error(f"column {min(left)!r} is filled but not read; describe or ignore it")

    def remark(self, reason: str | Wording, column: str = "", remedy: Wording = NOTHING) -> None:
        """Note for the quality report what is odd in this record, or why it is set aside."""
        if isinstance(reason, Wording):
            self.context.findings.append((column, reason, remedy))
        else:
            self.context.remarks.append(str(self.error(reason)))

    def skip(self, reason: str) -> None:
        """Set this record aside: nothing of it is read, and the report says why."""
        self._taken.update(self._cells)
        self.remark(reason)

    def refusal(self, column: str, reason: Wording, remedy: Wording) -> CellError:
        """Return an error at this record of a list, for its sender to mend."""
        return CellError(reason, remedy, column, self.table.file, self.line)

    def error(self, reason: str) -> SourceError:
        """Return an error at this record's line."""
        return SourceError(reason, self.table.file, self.line)


def integer(text: str) -> Literal:
    """Return a whole number written in ASCII digits."""
    if not INTEGER.fullmatch(text):
        raise ValueError("not a whole number in plain digits")
    return Literal(str(int(text)), datatype=XSD.integer)


def decimal(text: str) -> Literal:
    """Return a number written in ASCII digits, with a decimal point where it has decimals."""
    if not DECIMAL.fullmatch(text):
        raise ValueError("not a number in plain digits with a decimal point")
    whole, _, fraction = text.lstrip("+").partition(".")
    number = f"{int(whole)}.{fraction}".rstrip("0").rstrip(".") if fraction else str(int(whole))
    negative = whole.startswith("-") and not number.startswith("-") and number.strip("0.")
    return Literal(f"-{number}" if negative else number, datatype=XSD.decimal)
