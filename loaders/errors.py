"""What can go wrong while loading, said so that the sender or the operator can mend it."""

from __future__ import annotations

from pathlib import Path


class LoadError(Exception):
    """A source, delivery or release that cannot be used; the message says what to do."""


class SourceError(LoadError):
    """A defect at one place of a delivered file.

    The message reads ``file, line n: reason``; ``file`` is the name the sender knows.
    """

    def __init__(
        self, reason: str, file: Path | str | None = None, line: int | None = None
    ) -> None:
        self.reason = reason
        self.file = Path(file).name if file else None
        self.line = line
        where = self.file or ""
        if line is not None:
            where += f", line {line}"
        super().__init__(f"{where}: {reason}" if where else reason)


class UnconfirmedError(LoadError):
    """A delivery that is readable but suspicious; it is accepted only when confirmed."""


class BusyError(LoadError):
    """Another process is writing in the same home."""


def is_interruption(error: BaseException) -> bool:
    """Tell whether an error is how DuckDB says that the user interrupted it."""
    return isinstance(error, RuntimeError) and "Query interrupted" in str(error)
