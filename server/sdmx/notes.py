"""What SDMX has no place for, as annotations of dataflows and lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from queries.cubes.annotations import INVENTED, ISSUED, LICENCE, SAID, SOURCE, UPDATED
from queries.cubes.model import Artefact, CodeList, Dataflow, Names
from server.sdmx.header import SYNTHETIC


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
    yield Note(UPDATED, title=artefact.updated.isoformat())
    for name, texts in artefact.texts.items():
        yield Note(SAID, title=name, texts=texts)
    if artefact.synthetic:
        yield Note(INVENTED, texts=SYNTHETIC)


def iri_of(artefact: object) -> dict[str, str]:
    """Return under which IRI the graph knows something, where it has one, as its address."""
    found = getattr(artefact, "iri", None)
    return {"uri": found} if found else {}
