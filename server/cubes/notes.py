"""What every exit says of itself: release, day, sources, licence, and whether it is invented."""

from collections.abc import Iterator
from dataclasses import dataclass

from queries.cubes import lineage
from server.cubes.seen import Seen
from server.language import mark as _

SYNTHETIC = _("Invented data: these figures were computed from synthetic records.")


@dataclass(frozen=True)
class Notes:
    """Where figures come from, for people and for programs."""

    title: str
    description: str
    flow: str
    release: str
    updated: str
    sources: tuple[str, ...]
    licence: str
    synthetic: bool
    chosen: tuple[tuple[str, str], ...]


def notes(seen: Seen) -> Notes:
    """Return what is to be said of a choice."""
    flow = seen.flow
    return Notes(
        title=seen.name(flow.names, flow.id).text,
        description=seen.name(flow.descriptions, "").text,
        flow=flow.reference,
        release=seen.release.id,
        updated=flow.updated.isoformat(),
        sources=flow.sources,
        licence=flow.licence,
        synthetic=flow.synthetic,
        chosen=tuple(chosen(seen)),
    )


def chosen(seen: Seen) -> list[tuple[str, str]]:
    """Return what was chosen, in words."""
    found = []
    for name, codes in seen.selection.codes.items():
        said = ", ".join(seen.of_code(name, code).text for code in codes)
        found.append((seen.of_component(name).text, said))
    start, end = seen.selection.start, seen.selection.end
    if start or end:
        time = seen.of_component(seen.cube.structure.time.id).text
        found.append((time, f"{start or '…'}–{end or '…'}"))
    return found


def legend(seen: Seen) -> Iterator[tuple[str, str]]:
    """Yield what lineage names: the rules that were applied, in words."""
    if not seen.with_lineage:
        return
    known = lineage.rules(seen.cube.path.parent)
    for name in lineage.named(seen.cube, seen.selection):
        yield name, seen.name(known.get(name, {}), name).text


def lines(seen: Seen) -> list[tuple[str, str]]:
    """Return what is to be said, line by line, in the language of the page."""
    say, told = seen.speech.gettext, notes(seen)
    found = [(say(_("Title")), told.title), (say(_("Description")), told.description)]
    if told.synthetic:
        found.append((say(_("Synthetic")), say(SYNTHETIC)))
    found += [
        (say(_("Identifier")), told.flow),
        (say(_("Release")), told.release),
        (say(_("Updated")), told.updated),
        *((say(_("Source")), one.text) for one in seen.sources),
        (say(_("Licence")), told.licence),
        *told.chosen,
        *legend(seen),
    ]
    return [line for line in found if line[1]]
