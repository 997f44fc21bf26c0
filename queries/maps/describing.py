"""What a release says of the things of a map: their kinds, names, codes, and so their group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from ontology import NAMESPACE, superclasses
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, SKOS
from queries.maps.graph import Node
from queries.maps.view import Condition, Group, View

Values = Mapping[str, list[NamedNode | Literal]]
# The longest that an acronym is.
ACRONYM = 12
FAMILIES = (se.federationFamily, se.legalFamily)
TERRITORIES = (se.activeIn, se.municipality, se.jurisdiction)


class Codes:
    """The codes of a map: what each is called, and those above it."""

    def __init__(self, base: str) -> None:
        self.start = f"{base}code/"
        self.labels: dict[str, dict[str, str]] = {}
        self.broader: dict[str, set[str]] = defaultdict(set)

    def learn(self, triples: Iterable[Triple]) -> None:
        """Take in what a release says of some codes."""
        for triple in triples:
            if not isinstance(triple.subject, NamedNode):
                continue
            code = self.short(triple.subject.value)
            if isinstance(triple.object, Literal):
                known = self.labels.setdefault(code, {})
                known[triple.object.language or ""] = triple.object.value
            elif isinstance(triple.object, NamedNode):
                self.broader[code].add(self.short(triple.object.value))

    def unread(self) -> set[str]:
        """Return the IRIs of the codes above others that nothing was read of."""
        above = {code for codes in self.broader.values() for code in codes}
        found = {code for code in above if code not in self.labels}
        self.labels.update({code: {} for code in found})
        return {self.start + code for code in found}

    def short(self, iri: str) -> str:
        """Return a code as ``<list>/<code>``."""
        return iri.removeprefix(self.start)

    def of(self, said: Values, properties: Iterable[NamedNode]) -> tuple[str, ...]:
        """Return the codes that a thing has, with all those above them."""
        found: set[str] = set()
        new = {self.short(value.value) for one in properties for value in said.get(one.value, ())}
        while new - found:
            found |= new
            new = {above for code in new for above in self.broader[code]}
        return tuple(sorted(found))


def node_of(name: str, said: Values, view: View, codes: Codes, ties: set[str]) -> Node | None:
    """Return a thing of a view; None when it belongs to none of the groups."""
    kinds = kinds_of(said)
    families = codes.of(said, FAMILIES)
    territories = codes.of(said, TERRITORIES)
    facets = {
        "kinds": set(kinds),
        "roles": {
            codes.short(one.value).rpartition("/")[2] for one in all_of(said, se.ecosystemRole)
        },
        "families": set(families),
        "countries": {
            codes.short(one.value).rpartition("/")[2] for one in all_of(said, se.country)
        },
        "territories": set(territories),
        "ties": ties,
    }
    group = group_of(view.groups, facets)
    if group is None:
        return None
    labels = labels_of(name, said)
    return Node(name, labels, group.id, kinds, families, territories, short_of(labels, said))


def all_of(said: Values, name: NamedNode) -> list[NamedNode | Literal]:
    """Return the values of a property."""
    return said.get(name.value, [])


def kinds_of(said: Values) -> tuple[str, ...]:
    """Return the classes of a thing, the most precise first."""
    classes = {
        value.value for value in said.get(RDF.type.value, ()) if value.value.startswith(NAMESPACE)
    }
    ordered = sorted(classes, key=lambda one: (-len(superclasses(NamedNode(one))), one))
    concept = any(value == SKOS.Concept for value in said.get(RDF.type.value, ()))
    kinds = [one.removeprefix(NAMESPACE) for one in ordered]
    return (*kinds, "Concept") if concept else tuple(kinds)


def labels_of(name: str, said: Values) -> dict[str, str]:
    """Return what a thing is called, by language."""
    found: dict[str, str] = {}
    for one in (DCTERMS.title, SKOS.prefLabel):
        values = (value for value in said.get(one.value, ()) if isinstance(value, Literal))
        for value in sorted(values, key=str, reverse=True):
            found[value.language or ""] = value.value
    return dict(sorted(found.items())) or {"": name.rpartition("/")[2]}


def short_of(labels: Mapping[str, str], said: Values) -> str | None:
    """Return the acronym of a thing whose names are long, if a source gives one."""
    if min(map(len, labels.values())) <= ACRONYM:
        return None
    others = {value.value for value in all_of(said, SKOS.altLabel)}
    fitting = (
        one for one in others if len(one) <= ACRONYM and one.upper() == one and " " not in one
    )
    return min(fitting, key=lambda one: (len(one), one), default=None)


def group_of(groups: Iterable[Group], facets: Mapping[str, set[str]]) -> Group | None:
    """Return the first group that takes a thing."""
    return next((one for one in groups if fits(one.when, facets)), None)


def fits(condition: Condition, facets: Mapping[str, set[str]]) -> bool:
    """Tell whether a thing fits every list that a condition gives."""
    for name, has in facets.items():
        wanted: tuple[str, ...] = getattr(condition, name)
        if wanted and has.isdisjoint(wanted) and not ("-" in wanted and not has):
            return False
    return True
