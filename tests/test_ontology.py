"""The vocabulary, its alignments and its worked examples keep their promises."""

import re
import tomllib
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

import ontology
from ontology import generate
from ontology import terms as se
from ontology.outside import OWL, RDF, RDFS, SCHEMA, SKOS

REPOSITORY = Path(__file__).parent.parent
CODE = re.compile(re.escape(ontology.DEFAULT_BASE) + r"code/([a-z0-9-]+)/[^/]+")
CODE_SCHEME = re.compile(re.escape(ontology.DEFAULT_BASE) + r"code/([a-z0-9-]+)")
LANGUAGES = {"fr", "nl", "de", "en"}
EXAMPLES = sorted(ontology.examples().items())
VERSION = re.compile(r"/v?\d+\.\d+")


def terms() -> list[NamedNode]:
    found = (t.subject for t in ontology.vocabulary() if t.predicate == RDFS.isDefinedBy)
    return [term for term in found if isinstance(term, NamedNode)]


def objects(term: NamedNode, predicate: NamedNode) -> list[object]:
    found = (t for t in ontology.vocabulary() if t.subject == term)
    return [t.object for t in found if t.predicate == predicate]


def texts(term: NamedNode, predicate: NamedNode) -> dict[str, str]:
    found = [text for text in objects(term, predicate) if isinstance(text, Literal)]
    by_language = {text.language or "": text.value for text in found}
    assert len(by_language) == len(found), f"{term.value} repeats a language"
    return by_language


def nodes(triples: tuple[Triple, ...]) -> set[str]:
    found = (node for t in triples for node in (t.subject, t.predicate, t.object))
    return {node.value for node in found if isinstance(node, NamedNode)}


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.value.split("#")[1])
class TestTerm:
    def test_has_a_label_in_four_languages(self, term: NamedNode) -> None:
        labels = texts(term, RDFS.label)
        assert set(labels) == LANGUAGES
        assert all(label == label.strip() and label for label in labels.values())

    def test_has_a_definition_that_says_more_than_its_label(self, term: NamedNode) -> None:
        definitions = texts(term, RDFS.comment)
        assert set(definitions) == {"fr", "en"}
        for language, text in definitions.items():
            assert re.fullmatch(r"[A-ZÀÉŒ].+[^ .]\.", text), text
            assert text.rstrip(".").lower() != texts(term, RDFS.label)[language].lower()

    def test_is_named_after_its_kind(self, term: NamedNode) -> None:
        kinds = objects(term, RDF.type)
        assert len(kinds) == 1
        first = term.value.removeprefix(ontology.NAMESPACE)[0]
        assert first.isupper() == (kinds[0] == OWL.Class)

    def test_takes_its_codes_from_lists_when_its_values_are_concepts(self, term: NamedNode) -> None:
        schemes = objects(term, se.codeScheme)
        if SKOS.Concept in objects(term, RDFS.range):
            assert schemes
        assert all(CODE_SCHEME.fullmatch(s.value) for s in schemes if isinstance(s, NamedNode))


def test_no_two_terms_share_a_label() -> None:
    for language in LANGUAGES:
        labels = [texts(term, RDFS.label)[language] for term in terms()]
        assert {label for label in labels if labels.count(label) > 1} == set()


def test_the_vocabulary_speaks_only_of_its_own_terms() -> None:
    known = {term.value for term in terms()}
    spoken = {iri for iri in nodes(ontology.vocabulary()) if iri.startswith(ontology.NAMESPACE)}
    assert spoken == known


def test_no_version_is_in_the_iri_of_a_term() -> None:
    assert [term.value for term in terms() if VERSION.search(term.value)] == []


def test_superclasses_are_transitive_and_nearest_first() -> None:
    assert ontology.superclasses(se.UmbrellaOrganisation) == (se.Federation, se.Organisation)
    assert ontology.superclasses(se.Organisation) == ()


def test_no_class_is_above_itself() -> None:
    assert [t.value for t in terms() if t in ontology.superclasses(t)] == []


def test_the_version_is_that_of_the_distribution() -> None:
    header = NamedNode(ontology.NAMESPACE.removesuffix("#"))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert objects(header, OWL.versionInfo) == [Literal(project["version"])]
    assert objects(header, OWL.versionIRI) == [NamedNode(f"{header.value}/{project['version']}")]


def test_the_generated_modules_are_fresh() -> None:
    assert generate.main(["--check"]) == 0


def test_a_stale_module_is_named_with_the_command_that_renews_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = (REPOSITORY / "ontology" / "outside.toml").read_text(encoding="utf-8")
    (tmp_path / "outside.toml").write_text(declared, encoding="utf-8")
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    generate.main([])
    (tmp_path / "terms.py").write_text("", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    expected = "ontology/terms.py out of date: run python -m ontology.generate\n"
    assert capsys.readouterr().err == expected


def test_alignments_link_our_terms_to_outside_ones() -> None:
    known = {term.value for term in terms()}
    allowed = {RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch, RDFS.seeAlso}
    for link in ontology.alignments():
        assert isinstance(link.subject, NamedNode)
        assert isinstance(link.object, NamedNode)
        assert link.subject.value in known
        assert not link.object.value.startswith(ontology.DEFAULT_BASE)
        assert link.predicate in allowed


def test_alignments_put_classes_below_classes_and_properties_below_properties() -> None:
    for link in ontology.alignments():
        if not isinstance(link.subject, NamedNode):
            continue
        if link.predicate in {RDFS.subClassOf, RDFS.subPropertyOf}:
            is_class = objects(link.subject, RDF.type) == [OWL.Class]
            assert is_class == (link.predicate == RDFS.subClassOf), link


def test_prefixes_are_unique_and_include_ours() -> None:
    table = ontology.prefixes()
    assert table["se"] == ontology.NAMESPACE
    assert table["id"] == f"{ontology.DEFAULT_BASE}id/"
    assert len(set(table.values())) == len(table)


@pytest.mark.parametrize(("name", "triples"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
class TestExample:
    def test_uses_only_known_terms_and_code_lists(
        self, name: str, triples: tuple[Triple, ...]
    ) -> None:
        known = {term.value for term in terms()}
        schemes = {
            scheme.value
            for t in ontology.vocabulary()
            if t.predicate == se.codeScheme and isinstance(scheme := t.object, NamedNode)
        }
        for iri in nodes(triples):
            if iri.startswith(ontology.NAMESPACE):
                assert iri in known, name
            if iri.startswith(f"{ontology.DEFAULT_BASE}code/"):
                match = CODE.fullmatch(iri)
                assert match, iri
                assert f"{ontology.DEFAULT_BASE}code/{match[1]}" in schemes

    def test_takes_each_code_from_a_list_of_its_property(
        self, name: str, triples: tuple[Triple, ...]
    ) -> None:
        for t in triples:
            schemes = objects(t.predicate, se.codeScheme)
            if schemes and isinstance(t.object, NamedNode):
                match = CODE.fullmatch(t.object.value)
                assert match, f"{name}: {t}"
                assert NamedNode(f"{ontology.DEFAULT_BASE}code/{match[1]}") in schemes

    def test_has_no_blank_node(self, name: str, triples: tuple[Triple, ...]) -> None:
        ends = [node for t in triples for node in (t.subject, t.object)]
        assert not any(isinstance(node, BlankNode) for node in ends), name

    def test_keeps_the_declared_ranges(self, name: str, triples: tuple[Triple, ...]) -> None:
        for t in triples:
            ranges = objects(t.predicate, RDFS.range)
            if isinstance(t.object, Literal) and ranges and ranges != [RDFS.Literal]:
                # Turtle writes 40000 for an integer, which is a decimal too.
                assert t.object.datatype in ranges or t.object.value.isdigit(), f"{name}: {t}"

    def test_says_its_domain(self, name: str, triples: tuple[Triple, ...]) -> None:
        types: dict[object, set[object]] = {}
        for t in triples:
            if t.predicate == RDF.type and isinstance(t.object, NamedNode):
                types.setdefault(t.subject, set()).update(
                    {t.object, *ontology.superclasses(t.object)}
                )
        for t in triples:
            domains = objects(t.predicate, RDFS.domain)
            domains += objects(t.predicate, SCHEMA.domainIncludes)
            assert types.get(t.subject), f"{name}: {t.subject} has no type"
            assert not domains or types[t.subject] & set(domains), f"{name}: {t}"


def test_every_term_is_shown_in_an_example() -> None:
    shown = {iri for triples in ontology.examples().values() for iri in nodes(triples)}
    above = {
        parent for term in terms() if term.value in shown for parent in ontology.superclasses(term)
    }
    missing = [t.value for t in terms() if t.value not in shown and t not in above]
    assert missing == [se.codeScheme.value]
