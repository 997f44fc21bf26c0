"""Why a file of RDF is refused: passed from the process that reads it to the one that asked."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - the refusal is the answer, not a fault of ours
    """A defect of a delivered file.

    ``slug`` names the kind of defect and never changes, ``reason`` says what and what to do,
    ``line`` is given where a parser says it.
    """

    def __init__(self, slug: str, reason: str, line: int | None = None) -> None:
        self.slug = slug
        self.reason = reason
        self.line = line
        super().__init__(f"{slug}: {reason}")
