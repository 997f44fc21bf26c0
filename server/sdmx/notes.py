"""What SDMX has no place for, as annotations: licence and sources of dataflows, days of lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from queries.cubes.model import Artefact, CodeList, Dataflow, Names
from server.sdmx.header import SYNTHETIC, instant

LICENCE, SOURCE, INVENTED, UPDATED = "LICENSE", "SOURCE", "SYNTHETIC", "UPDATED"
# Of a list, the day on which it was issued.
ISSUED = "ISSUED"
# Of a code, the code above it where the schemas do not take its name.
PARENT = "PARENT"


@dataclass(frozen=True)
class Note:
    """One annotation."""

    type: str
    title: str | None = None
    url: str | None = None
    texts: Names = field(default_factory=dict)


def notes(artefact: Artefact) -> Iterator[Note]:
    """Yield the annotations of an artefact."""
    if isinstance(artefact, CodeList) and artefact.issued:
        yield Note(ISSUED, title=artefact.issued.isoformat())
    if not isinstance(artefact, Dataflow):
        return
    yield Note(LICENCE, url=artefact.licence)
    for source in artefact.sources:
        yield Note(SOURCE, title=source)
    yield Note(UPDATED, title=instant(artefact.updated))
    if artefact.synthetic:
        yield Note(INVENTED, texts=SYNTHETIC)


def iri_of(artefact: object) -> dict[str, str]:
    """Return under which IRI the graph knows something, where it has one, as its address."""
    found = getattr(artefact, "iri", None)
    return {"uri": found} if found else {}
