"""What is said to senders, in French and in English."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loaders.errors import SourceError


@dataclass(frozen=True)
class Wording:
    """One sentence without its full stop, in both languages of the reports."""

    fr: str
    en: str

    def __str__(self) -> str:
        return self.en

    def __bool__(self) -> bool:
        return bool(self.en)


NOTHING = Wording("", "")


class UnreadableError(ValueError):
    """A value that cannot be read: what is wrong with it, and what its sender can do."""

    def __init__(self, reason: Wording, remedy: Wording = NOTHING) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{reason}; {remedy}" if remedy else str(reason))


class PersonalError(UnreadableError):
    """A value that holds data of a person, which no report repeats."""


class FileError(SourceError):
    """A defect because of which nothing of a file can be judged, in both languages."""

    def __init__(
        self, reason: Wording, remedy: Wording, file: Path | str | None, line: int | None = None
    ) -> None:
        super().__init__(f"{reason}; {remedy}" if remedy else str(reason), file, line)
        self.wording = reason
        self.remedy = remedy


class CellError(SourceError):
    """A defect of one row of a list, in both languages, at a column where one is to blame."""

    def __init__(self, reason: Wording, remedy: Wording, column: str, file: str, line: int) -> None:
        super().__init__(f"{column}: {reason}" if column else str(reason), file, line)
        self.wording = reason
        self.remedy = remedy
        self.column = column
