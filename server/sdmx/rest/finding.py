"""Structure queries: the artefacts that a path names, and those that refer to them or they to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pysdmx.api.qb.structure import StructureDetail, StructureReference, StructureType

from queries.cubes.model import CodeList, Structure
from server.errors import ProblemError
from server.language import mark as _
from server.questions.parameters import LONGEST_SHOWN
from server.sdmx import versions
from server.sdmx.artefacts import ConceptScheme, Detail, Library, Maintained, Scheme
from server.sdmx.rest.asked import Asked, refuse

PARAMETERS = ("detail", "references", "asOf")
DETAILS = tuple(one.value for one in StructureDetail)
REFERENCES = (*(one.value for one in StructureReference), "*")
KINDS = tuple(one.value for one in StructureType)
ALL = ("*", "all", "structure")
# What the first version of the web services calls otherwise, or gathers.
SAME_KIND = {"organisationscheme": "agencyscheme"}
STUBS: dict[str, Detail] = {
    "allstubs": "stub", "allcompletestubs": "complete stub", "referencestubs": "stub",
    "referencecompletestubs": "complete stub",
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """What a path names."""

    kind: str
    agency: str
    name: str
    version: str
    items: str

    @property
    def is_exact(self) -> bool:
        """Tell whether one artefact was named, which must then be there."""
        return self.name != "*"


def read(asked: Asked, *, kind: str | None = None) -> Named:
    """Return what a path names; ProblemError for a kind of artefact that does not exist."""
    shift = 0 if kind is None else -1
    told = kind or asked.part(0, "*")
    told = "*" if told in ALL else SAME_KIND.get(told, told)
    if told not in KINDS and told != "*":
        refuse("artefactType", told, ", ".join(KINDS))

    def part(place: int, default: str) -> str:
        found = asked.part(place + shift, default)
        return default if found == "all" and default == "*" else found

    return Named(told, part(1, "*"), part(2, "*"), part(3, versions.LATEST), part(4, "*"))


def find(library: Library, named: Named) -> list[Maintained]:
    """Return the artefacts that a path names; none where nothing has these names."""
    agencies, names = several(named.agency), several(named.name)
    same = [
        one
        for one in library.of(named.kind)
        if (named.agency == "*" or one.artefact.agency in agencies)
        and (named.name == "*" or one.artefact.id in names)
    ]
    groups: dict[tuple[str, str, str], list[Maintained]] = {}
    for one in same:
        groups.setdefault((one.kind, one.artefact.agency, one.artefact.id), []).append(one)
    found = []
    for group in groups.values():
        wanted = pick(named.version, [one.artefact.version for one in group])
        found += [one for one in group if one.artefact.version in wanted]
    if named.items != "*":
        found = [one for one in (only_items(one, several(named.items)) for one in found) if one]
    return found


def missing(library: Library, named: Named) -> ProblemError:
    """Return the failure to find what a path names: an artefact, or an item of one."""
    values = {
        "context": named.kind, "agency": named.agency[:LONGEST_SHOWN],
        "name": named.name[:LONGEST_SHOWN], "version": named.version[:LONGEST_SHOWN],
        "item": named.items[:LONGEST_SHOWN],
    }  # fmt: skip
    detail = _("There is no %(context)s %(agency)s:%(name)s(%(version)s) in this release.")
    if named.items != "*" and find(library, replace(named, items="*")):
        detail = _("%(context)s %(agency)s:%(name)s(%(version)s) has no item %(item)s.")
    return ProblemError("not-found", detail).having(values)


def several(text: str) -> list[str]:
    """Return the names that a part of a path has: the first version joins them by a plus.

    >>> several("A+B"), several("A,B")
    (['A', 'B'], ['A', 'B'])
    """
    return text.replace("+", ",").split(",")


def pick(wanted: str, known: Sequence[str]) -> set[str]:
    """Return the versions that are wanted; ProblemError for what asks for none."""
    try:
        return versions.selected(wanted, known)
    except versions.VersionError:
        detail = _("%(version)s is no version, and no way to ask for some; these are: %(known)s.")
        raise ProblemError(
            "bad-request", detail, version=wanted[:LONGEST_SHOWN], known="1.0.0, 1.0+.0, +, ~, *"
        ) from None


def only_items(one: Maintained, items: Iterable[str]) -> Maintained | None:
    """Return a scheme with some of its items; nothing where it has none of them."""
    wanted = set(items)
    artefact = one.artefact
    if isinstance(artefact, CodeList):
        codes = tuple(code for code in artefact.codes if code.id in wanted)
        return part_of(one, artefact.model_copy(update={"codes": codes})) if codes else None
    if isinstance(artefact, ConceptScheme):
        concepts = tuple(each for each in artefact.concepts if each.id in wanted)
        made = artefact.model_copy(update={"concepts": concepts})
        return part_of(one, made) if concepts else None
    if isinstance(artefact, Scheme):
        held = tuple(item for item in artefact.items if item.id in wanted)
        return part_of(one, artefact.model_copy(update={"items": held})) if held else None
    return None


def part_of(one: Maintained, artefact: CodeList | ConceptScheme | Scheme) -> Maintained:
    """Return an artefact with a part of what it has."""
    return replace(one, artefact=artefact, partial=True)


def with_references(
    library: Library, found: Sequence[Maintained], wanted: str, detail: str
) -> list[Maintained]:
    """Return artefacts with those that refer to them, or they to, as much of each as is wanted."""
    own = {one.urn: one for one in found}
    names = {name for word in wanted.split(",") for name in related(library, set(own), word)}
    others = [library.artefacts[name] for name in library.artefacts if name in names - set(own)]
    if detail == "referencepartial":
        others = [only_used(one, [*own.values(), *others]) for one in others]
    if detail.startswith("reference") and detail in STUBS:
        others = [one.stub(STUBS[detail]) for one in others]
    everything = [*own.values(), *others]
    if detail.startswith("all"):
        everything = [one.stub(STUBS[detail]) for one in everything]
    return everything


def related(library: Library, own: set[str], word: str) -> set[str]:
    """Return the URNs of what stands in a relation to artefacts."""
    match word:
        case "none":
            return set()
        case "children":
            return below(library, own)
        case "descendants":
            return closure(own, lambda some: below(library, some))
        case "parents":
            return above(library, own)
        case "ancestors":
            return closure(own, lambda some: above(library, some))
        case "parentsandsiblings":
            parents = above(library, own)
            return parents | below(library, parents)
        case "all" | "*":
            both = related(library, own, "parentsandsiblings")
            return both | related(library, own, "descendants")
    kind = SAME_KIND.get(word, word)
    everything = related(library, own, "ancestors") | related(library, own, "descendants")
    return {name for name in everything if library.artefacts[name].kind == kind}


def below(library: Library, some: set[str]) -> set[str]:
    """Return what artefacts refer to, as far as it is ours."""
    children = {name for one in some for name in library.artefacts[one].children}
    return children & set(library.artefacts)


def above(library: Library, some: set[str]) -> set[str]:
    """Return what refers to artefacts."""
    return {name for one in some for name in library.parents[one]}


def closure(own: set[str], step: Callable[[set[str]], set[str]]) -> set[str]:
    """Return everything that is reached in any number of steps."""
    found: set[str] = set()
    edge = set(own)
    while edge:
        edge = step(edge) - found
        found |= edge
    return found


def only_used(one: Maintained, others: Sequence[Maintained]) -> Maintained:
    """Return a scheme of concepts with those that the structures beside it use."""
    if not isinstance(one.artefact, ConceptScheme):
        return one
    structures = [each.artefact for each in others if isinstance(each.artefact, Structure)]
    used = {part.id for each in structures for part in each.components}
    if used >= {concept.id for concept in one.artefact.concepts}:
        return one
    return only_items(one, used) or one
