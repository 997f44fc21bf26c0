"""What was judged of a list, row by row, for its sender to act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from loaders.errors import SourceError
from loaders.records.layout import Layout
from loaders.wording import NOTHING, CellError, FileError, Wording

LINES_SHOWN = 5


class Verdict(Enum):
    """What becomes of a row. A row without number is kept, to be linked by name and address."""

    ACCEPTED = "accepted"
    REMARKED = "accepted-with-remarks"
    UNNUMBERED = "no-number"
    REFUSED = "refused"


@dataclass(frozen=True)
class Finding:
    """One thing to say of a cell, a row or, without line, the file: what is wrong, what to do."""

    line: int | None
    column: str
    value: str
    refused: bool
    reason: Wording
    remedy: Wording = NOTHING


@dataclass(frozen=True)
class Judged:
    """The verdict on one row, under the name that it gives."""

    line: int
    name: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()


@dataclass
class Judgement:
    """The verdicts on all rows of one list, with what concerns the file as a whole."""

    list_fr: str
    list_en: str
    sender: str
    file: str
    layout: Layout
    period: str = ""
    rows: list[Judged] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def counts(self) -> Mapping[Verdict, int]:
        """Return the number of rows by verdict, every verdict named; they add up to the rows."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in Verdict}

    @property
    def refused(self) -> bool:
        """Whether the file or any of its rows is refused."""
        return any(finding.refused for finding in self.all_findings())

    @property
    def kept(self) -> int:
        """The number of rows that are not refused."""
        return len(self.rows) - self.counts()[Verdict.REFUSED]

    def all_findings(self) -> Iterator[Finding]:
        """Yield what there is to say, of the file first, then row by row."""
        yield from self.findings
        for row in self.rows:
            yield from row.findings

    def summary(self) -> list[str]:
        """Return one line for each kind of remark, with the rows that it concerns."""
        kinds: dict[tuple[str, str], list[int]] = {}
        for finding in self.all_findings():
            reason = f"set aside, {finding.reason.en}" if finding.refused else finding.reason.en
            where = kinds.setdefault((finding.column, reason), [])
            if finding.line is not None:
                where.append(finding.line)
        return [
            summed(self.file, column, reason, lines) for (column, reason), lines in kinds.items()
        ]


def summed(file: str, column: str, reason: str, lines: list[int]) -> str:
    """Return one sentence on the rows to which one remark applies."""
    text = f"{column}: {reason}" if column else reason
    if not lines:
        return f"{file}: {text}"
    shown = ", ".join(map(str, lines[:LINES_SHOWN]))
    more = f" and {len(lines) - LINES_SHOWN} more" if len(lines) > LINES_SHOWN else ""
    return f"{file}, line{'s' if len(lines) > 1 else ''} {shown}{more}: {text}"


class RefusedError(SourceError):
    """A list that is refused as a whole; ``judgement`` says all that is wrong with it."""

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        refused = [finding for finding in judgement.all_findings() if finding.refused]
        first = refused[0]
        said = f"{first.column}: {first.reason}" if first.column else str(first.reason)
        count = judgement.counts()[Verdict.REFUSED]
        if count:
            rows = "1 row is" if count == 1 else f"{count} rows are"
            said = f"{said}; {rows} refused of {len(judgement.rows)}, the report names each"
        elif first.remedy:
            said = f"{said}; {first.remedy}"
        super().__init__(said, judgement.file, first.line)


def verdict_of(findings: Iterable[Finding], numbered: bool) -> Verdict:
    """Return the verdict on a row with these findings."""
    found = list(findings)
    if any(finding.refused for finding in found):
        return Verdict.REFUSED
    if not numbered:
        return Verdict.UNNUMBERED
    return Verdict.REMARKED if found else Verdict.ACCEPTED


def finding_of(error: SourceError, line: int | None) -> Finding:
    """Return what an error says as a finding; one without French is told in English."""
    if isinstance(error, CellError):
        return Finding(line, error.column, "", True, error.wording, error.remedy)
    if isinstance(error, FileError):
        return Finding(error.line, "", "", True, error.wording, error.remedy)
    return Finding(line, "", "", True, Wording(error.reason, error.reason))
