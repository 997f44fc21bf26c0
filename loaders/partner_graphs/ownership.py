"""Whose things a delivery speaks about: a partner's own, and what it adds to registered ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad

from loaders.partner_graphs.refusal import Refusal
from loaders.partner_graphs.terms import short
from loaders.records import numbers
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import DCTERMS, OWL, RDF, SKOS

# What names another thing as the same, so that one would speak under the other's name.
IDENTITY = frozenset({OWL.sameAs, DCTERMS.isReplacedBy, DCTERMS.replaces})
# What a partner may add to an organisation or establishment that a register numbers. What the
# register itself says of it (form, status, dates, numbers) is not for others to say.
ADDED = frozenset({
    SKOS.prefLabel, SKOS.altLabel, DCTERMS.description, se.activity, se.address, se.activeIn,
    se.ecosystemRole, se.sectorClass, se.ownershipClass, se.federationFamily, se.beneficiaryOf,
})  # fmt: skip
KINDS = frozenset({
    se.Organisation, se.Enterprise, se.Establishment, se.Federation, se.UmbrellaOrganisation,
    se.Network,
})  # fmt: skip
# What the platform alone says: who delivered what, and who is the same as whom.
PLATFORM = frozenset(
    {se.GraphDelivery, se.SourceDelivery, se.IdentityDecision, se.Classification, se.Correction}
)
REGISTERED = re.compile(
    re.escape(DEFAULT_BASE) + r"id/(organisation|establishment)/(kbo|siren|siret|rna)-([^/#?]+)"
)
VERIFIED: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("organisation", "kbo"): numbers.kbo,
    ("establishment", "kbo"): numbers.kbo_establishment,
    ("organisation", "siren"): numbers.siren,
    ("establishment", "siret"): numbers.siret,
    ("organisation", "rna"): numbers.rna,
}


@dataclass(frozen=True)
class Owner:
    """A sender as the source of statements: ``authority`` in IRIs, its graphs, its web sites."""

    authority: str
    graph: str
    sites: tuple[str, ...] = ()

    def owns(self, iri: str) -> bool:
        """Tell whether an IRI is in a name space of the sender.

        Own keys hold no hyphen: the things of sender ``a`` are never those of sender ``a-b``.
        """
        own = rf"{re.escape(DEFAULT_BASE)}id/[a-z][a-z-]*/{re.escape(self.authority)}-[^-/#?]+"
        return re.fullmatch(own, iri) is not None or iri.startswith(self.sites)

    def owns_graph(self, iri: str) -> bool:
        """Tell whether the name of a graph is one of the sender's."""
        return iri == self.graph or iri.startswith((f"{self.graph}/", *self.sites))

    def check(self, quad: Quad) -> None:
        """Refuse a statement that is not the sender's to make."""
        self.check_graph(quad)
        own = not isinstance(quad.subject, NamedNode) or self.owns(quad.subject.value)
        if isinstance(quad.subject, NamedNode) and not own:
            self.check_addition(quad.subject.value, quad)
        same = quad.object if quad.predicate in IDENTITY else None
        if isinstance(same, NamedNode) and not self.owns(same.value):
            reason = f"<{short(same.value)}> is another's; who is the same is decided by linking"
            raise Refusal("foreign-subject", f"{reason}: leave {quad.predicate} out")
        if own and quad.predicate == RDF.type and quad.object in PLATFORM:
            raise Refusal("foreign-subject", f"only the platform makes things of {quad.object}")

    def check_graph(self, quad: Quad) -> None:
        """Refuse a statement in another's graph."""
        graph = quad.graph_name
        if isinstance(graph, DefaultGraph):
            return
        if not isinstance(graph, NamedNode) or not self.owns_graph(graph.value):
            name = f"<{short(graph.value)}>" if isinstance(graph, NamedNode) else "a blank node"
            reason = f"the graph {name} is not the sender's; leave graphs out, or name {self.graph}"
            raise Refusal("foreign-graph", reason)

    def check_addition(self, subject: str, quad: Quad) -> None:
        """Refuse what is said of another's thing, but for additions to registered ones."""
        registered = REGISTERED.fullmatch(subject)
        if not registered:
            own = f"{DEFAULT_BASE}id/<kind>/{self.authority}-<key without hyphen>"
            reason = f"<{short(subject)}> is not the sender's to describe; own things are {own}"
            raise Refusal("foreign-subject", reason)
        check_number(*registered.groups())
        added = quad.object in KINDS if quad.predicate == RDF.type else quad.predicate in ADDED
        if not added:
            reason = f"{quad.predicate} of <{short(subject)}> is for its register to say; describe"
            raise Refusal("foreign-subject", f"{reason} memberships, mandates… as own things")


def check_number(kind: str, register: str, number: str) -> None:
    """Refuse an IRI with a number that its register cannot have given."""
    verify = VERIFIED.get((kind, register))
    try:
        if verify is None or verify(number) != number:
            raise ValueError("it is not written as the register writes it, without signs")
    except ValueError as error:
        reason = str(error).partition(";")[0]
        raise Refusal("number", f"{kind} {register}-{short(number)}: {reason}") from None
