"""What holds for every code list, and what the lists are known to hold."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, RdfFormat, Store

from loaders.description.describe import describe
from loaders.maillage_codes.loader import TABLES
from loaders.records import identify
from loaders.records.codes import CodeBook
from loaders.records.source import find, sources
from ontology import prefixes, vocabulary
from ontology import terms as se

SIZES = {
    "abandonment-reason": 5,
    "accreditation-scheme": 14,
    "delay-reason": 4,
    "icnp-tso": 127,
    "joint-committee": 180,
    "kbo-legal-form": 86,
    "kbo-mandate-function": 16,
    "nace-bel-2003": 3838,
    "nace-bel-2008": 3324,
    "nace-bel-2025": 3265,
    "nace-rev2": 996,
    "nace-rev21": 1047,
    "nuts-2024": 59,
    "postal-code-be": 1149,
    "refnis-arrondissement": 43,
    "refnis-municipality": 565,
    "refnis-province": 10,
    "refnis-region": 4,
    "size-class": 9,
}


@cache
def lists() -> dict[str, list[str]]:
    """The lines of every source of code lists that carries its content."""
    return {
        source.name: describe(source, source.folder, CodeBook()).lines["public"]
        for source in sources().values()
        if source.codes
    }


@cache
def store() -> Store:
    store = Store()
    for lines in lists().values():
        store.bulk_load("\n".join(lines).encode(), format=RdfFormat.N_TRIPLES)
    return store


@cache
def book() -> CodeBook:
    book = CodeBook()
    for lines in lists().values():
        book.learn(lines)
    return book


def select(query: str) -> Iterator[tuple[str, ...]]:
    found = store().query(query, prefixes=prefixes())
    assert isinstance(found, QuerySolutions)
    for row in found:
        yield tuple(t.value for t in row if isinstance(t, NamedNode | Literal))


def labels(scheme: str, code: str) -> dict[str | None, str]:
    found = store().quads_for_pattern(
        identify.code(scheme, code),
        NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"),
        None,
    )
    return {q.object.language: q.object.value for q in found if isinstance(q.object, Literal)}


def linked(scheme: str, code: str, path: str) -> set[str]:
    subject = identify.code(scheme, code)
    found = select(f"SELECT ?found WHERE {{ {subject} {path} ?found }}")
    return {row[0].removeprefix("https://w3id.org/maillage/code/") for row in found}


# What holds for every list


def test_every_scheme_says_its_version_licence_and_title() -> None:
    bare = """SELECT ?scheme WHERE { ?scheme a skos:ConceptScheme
        FILTER NOT EXISTS { ?scheme owl:versionInfo ?version ; dcterms:license ?licence ;
                            dcterms:title ?fr , ?en FILTER(LANG(?fr) = "fr" && LANG(?en) = "en") }
    }"""
    assert not list(select(bare))


def test_every_code_belongs_to_a_described_scheme() -> None:
    lost = """SELECT ?code WHERE { ?code skos:inScheme ?scheme
        FILTER NOT EXISTS { ?scheme a skos:ConceptScheme } }"""
    assert not list(select(lost))


def test_every_code_has_one_notation_and_one_label_per_language() -> None:
    doubled = """SELECT ?code WHERE { ?code skos:prefLabel ?one , ?other
        FILTER(LANG(?one) = LANG(?other) && STR(?one) < STR(?other)) }"""
    assert not list(select(doubled))
    unnamed = """SELECT ?code WHERE { ?code a skos:Concept
        FILTER NOT EXISTS { ?code skos:prefLabel ?label ; skos:notation ?notation } }"""
    assert not list(select(unnamed))
    counted = """SELECT ?code WHERE { ?code a skos:Concept ; skos:notation ?notation }
        GROUP BY ?code HAVING (COUNT(?notation) > 1)"""
    assert not list(select(counted))


def test_every_code_that_is_not_at_the_top_is_below_one_of_its_scheme() -> None:
    orphans = """SELECT ?code WHERE { ?code skos:inScheme ?scheme
        FILTER NOT EXISTS { ?code skos:topConceptOf ?scheme . ?scheme skos:hasTopConcept ?code }
        FILTER NOT EXISTS { ?code skos:broader/skos:inScheme ?scheme } }"""
    assert not list(select(orphans))


def test_nothing_is_below_a_code_that_does_not_exist() -> None:
    dangling = """SELECT ?code ?to WHERE {
        ?code skos:broader|se:prerequisite|se:excludes|se:jurisdiction|se:legalFamily
              |dcterms:isReplacedBy ?to
        FILTER NOT EXISTS { ?to skos:inScheme ?scheme } }"""
    assert not list(select(dangling))


def test_no_code_is_below_itself() -> None:
    above: dict[str, set[str]] = {}
    for code, broader in select("SELECT ?a ?b WHERE { ?a skos:broader ?b }"):
        above.setdefault(code, set()).add(broader)

    def climb(code: str, path: tuple[str, ...]) -> None:
        assert code not in path, f"{code} is below itself"
        for broader in above.get(code, ()):
            climb(broader, (*path, code))

    for code in above:
        climb(code, ())


def test_there_are_no_blank_nodes() -> None:
    assert not [q for q in store() if isinstance(q.subject, BlankNode)]
    assert not [q for q in store() if isinstance(q.object, BlankNode)]


def test_describing_again_gives_the_same_lines() -> None:
    for name, lines in lists().items():
        source = find(name)
        assert describe(source, source.folder, CodeBook()).lines["public"] == lines


def test_every_list_that_the_vocabulary_names_exists() -> None:
    named = {
        str(triple.object.value).rpartition("/")[2]
        for triple in vocabulary()
        if triple.predicate == se.codeScheme and isinstance(triple.object, NamedNode)
    }
    assert named
    assert not named - book().schemes.keys()


@pytest.mark.parametrize(("scheme", "size"), SIZES.items())
def test_a_list_has_the_size_it_is_known_to_have(scheme: str, size: int) -> None:
    assert len(book().schemes[scheme]) == size


# The platform's own lists


def test_each_of_our_files_is_a_declared_scheme() -> None:
    source = find("maillage_codes")
    with (source.folder / "schemes.csv").open(encoding="utf-8", newline="") as stream:
        declared = [row["scheme"] for row in csv.DictReader(stream)]
    assert sorted(declared) == sorted(TABLES.keys() - {"schemes"})


def test_our_lists_are_in_four_languages() -> None:
    for scheme in TABLES.keys() - {"schemes"}:
        for code in book().schemes[scheme]:
            assert labels(scheme, code).keys() == {"fr", "nl", "de", "en"}, (scheme, code)


def test_an_accreditation_says_where_it_holds_and_what_it_requires() -> None:
    scheme = "accreditation-scheme"
    assert linked(scheme, "EI", "se:jurisdiction") == {"refnis-region/03000"}
    assert linked(scheme, "EI", "se:prerequisite") == {"accreditation-scheme/IES"}
    assert linked(scheme, "ESI", "se:prerequisite") == {"accreditation-scheme/ES-BXL"}
    assert linked(scheme, "ESUS", "se:jurisdiction") == {"country/FR"}


def test_what_an_accreditation_excludes_excludes_it_too() -> None:
    pairs = set(select("SELECT ?a ?b WHERE { ?a se:excludes ?b }"))
    assert pairs
    assert pairs == {(other, one) for one, other in pairs}


def test_esa_sectors_nest_by_their_digits() -> None:
    assert linked("esa-sector", "S1314", "skos:broader+") == {
        "esa-sector/S13",
        "esa-sector/S1",
    }
