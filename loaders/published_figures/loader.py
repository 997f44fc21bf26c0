"""One row per published figure: what is said, by whom, and where."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from loaders.records.concepts import LANGUAGES
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import terms as se
from ontology.outside import DCTERMS, RDF


def describe_figure(row: Row) -> Triples:
    """Describe one figure as a claim about a perimeter or a country."""
    claim = row.iri()
    scheme, notation = row.take("about").split(":")
    yield claim, RDF.type, se.QuantityClaim
    yield claim, se.about, row.concept(scheme, notation)
    yield claim, se.claimedProperty, row.code("measure", "measure")
    yield claim, se.claimedValue, row.decimal("value")
    yield claim, se.precision, row.code("precision", "precision")
    yield claim, se.unit, row.code("unit", "unit")
    yield claim, se.claimMethod, row.concept("claim-method", "stated")
    if year := row.optional_year("year"):
        yield claim, se.referencePeriod, year
    for place in row.split("territory"):
        yield claim, se.claimedOf, row.concept(*place.split(":"))
    said = (row.take("publisher"), row.take("publication"), row.take("place"))
    yield claim, se.locator, Literal(", ".join(said))
    yield claim, DCTERMS.source, NamedNode(row.take("url"))
    for language in LANGUAGES:
        yield claim, se.note, row.text(f"note_{language}", lang=language)


TABLES: Mapping[str, Describe] = {"figures": describe_figure}
