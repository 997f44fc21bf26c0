"""The gate's findings as a SHACL validation report, the same bytes for the same findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from shapes.engines import Result
from shapes.lint import SHACL
from shapes.terms import GATE

if TYPE_CHECKING:
    from shapes.report import Report, Tally

HEAD = f"""\
@prefix gate: <{GATE}> .
@prefix sh: <{SHACL}> .
"""


def render(report: Report) -> str:
    """Return the report as Turtle."""
    results = [block for entry in report.tallies for block in blocks(entry)]
    conforms = "false" if results else "true"
    parts = [f"[] a sh:ValidationReport ;\n    sh:conforms {conforms}", *results]
    return f"{HEAD}\n" + " ;\n    sh:result ".join(parts) + " .\n"


def blocks(entry: Tally) -> Iterator[str]:
    """Yield each listed result of a tally."""
    for result in entry.results:
        said = "".join(f" ;\n        {line}" for line in statements(entry, result))
        yield f"[\n        a sh:ValidationResult{said} ]"


def statements(entry: Tally, result: Result) -> Iterator[str]:
    """Yield what is said of one result."""
    own = entry.shape.startswith(GATE)
    component = f"gate:{entry.constraint}" if own else f"sh:{entry.constraint}ConstraintComponent"
    yield f"sh:focusNode <{result.focus}>"
    if result.path:
        yield f"sh:resultPath {path(result.path)}"
    if result.value:
        yield f"sh:value {result.value}"
    yield f"sh:resultSeverity sh:{entry.severity}"
    yield f"sh:sourceShape <{entry.shape}>"
    yield f"sh:sourceConstraintComponent {component}"
    for text, lang in ((result.message_fr, "fr"), (result.message_en, "en")):
        yield f"sh:resultMessage {Literal(text, language=lang)}"
    yield f"gate:graph <{entry.graph}>"


def path(written: str) -> str:
    """Return a path as Turtle writes it.

    >>> path("^<urn:a>")
    '[ sh:inversePath <urn:a> ]'
    """
    if written.startswith("^"):
        return f"[ sh:inversePath {path(written[1:])} ]"
    if "|" in written:
        return f"[ sh:alternativePath ( {' '.join(map(path, written.split('|')))} ) ]"
    return written
