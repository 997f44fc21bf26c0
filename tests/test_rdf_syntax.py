"""Deliveries in RDF that a parser must not trust: the corpus of bad inputs, by number."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loaders.errors import SourceError
from loaders.partner_graphs.context import ADDRESS
from tests.rdf_delivered import (
    BASE,
    LABEL,
    OWN,
    PREFIXES,
    RDF,
    as_json,
    delivered,
    lines,
    refused,
    said,
    xml,
)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """Yield an address on this machine, and the list of those who called there."""
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    server.accept()[0].close()
                except TimeoutError:
                    continue
                calls.append("called")

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/x", calls
        finally:
            ended.set()
            thread.join()


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
BLOW_UP = f'<!DOCTYPE r [<!ENTITY a "{"a" * 60_000}">]>'
TYPES = {
    "file": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "address": '<!DOCTYPE r [<!ENTITY x SYSTEM "{address}">]>',
    "outside": '<!DOCTYPE r SYSTEM "{address}">',
    "laughs": f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>',
    "quadratic": BLOW_UP,
    "after remarks": '<?xml version="1.0"?>\n<!-- <r> -->\n<?x y?><!DOCTYPE r []>',
}


@pytest.mark.parametrize("kind", TYPES)
def test_35_document_types_are_refused_and_nothing_is_opened(kind: str, tmp_path: Path) -> None:
    with listening() as (address, calls):
        head = TYPES[kind].replace("{address}", address)
        error = refused(tmp_path, "doctype-not-allowed", a_rdf=xml("&x;", head))
        assert error.line == (3 if kind == "after remarks" else 1)
        assert calls == []
        assert "root:" not in str(error)


@pytest.mark.parametrize("place", ["top", "within", "imported"])
def test_36_and_37_contexts_from_elsewhere_are_not_fetched(place: str, tmp_path: Path) -> None:
    with listening() as (address, calls):
        for there in (address, "file:///etc/passwd", "context.jsonld"):
            documents: dict[str, object] = {
                "top": {"@context": [there], "@id": OWN},
                "within": {"@id": OWN, LABEL: [{"@context": there, "@value": "x"}]},
                "imported": {"@context": {"@import": there}, "@id": OWN},
            }
            content = json.dumps(documents[place])
            refused(tmp_path, "context-not-allowed", there, a_jsonld=content)
        assert calls == []


def test_36_our_own_context_is_known(tmp_path: Path) -> None:
    said = {
        "@context": ADDRESS,
        "id": OWN,
        "type": "Network",
        "prefLabel": "x",
        "validFrom": "2025",
    }
    found = lines(tmp_path, a_jsonld=json.dumps(said))
    assert (
        f'<{OWN}> <{BASE}ns#validFrom> "2025"^^<http://www.w3.org/2001/XMLSchema#date> .' in found
    )
    assert f"<{OWN}> <{RDF}type> <{BASE}ns#Network> ." in found
    refused(tmp_path, "unmapped-key", "validForm", a_jsonld=json.dumps({**said, "validForm": 1}))


DEEP = 20_000


def test_38_json_is_not_read_deeper_than_it_can_be(tmp_path: Path) -> None:
    for opening, closing in (('{"http://x/p":', "}"), ("[", "]")):
        content = opening * DEEP + "1" + closing * DEEP
        refused(tmp_path, "too-deep", "100 deep", a_jsonld=content)
    brackets = as_json(prefLabel="[" * 500)
    assert "[[[" in lines(tmp_path, a_jsonld=brackets)[0]


def test_39_triple_terms_are_refused_however_deep(tmp_path: Path) -> None:
    refused(tmp_path, "triple-term", a_nt=said(OWN, LABEL, f'<<( <{OWN}> <{LABEL}> "x" )>>'))
    deep = f"<{OWN}> <{LABEL}> " + f"<<( <{OWN}> <{LABEL}> " * 50_000 + '"x"' + " )>>" * 50_000
    with pytest.raises(SourceError, match="too-deep|triple-term|syntax|too-large"):
        delivered(tmp_path, a_ttl=f"{deep} .")


def test_40_xml_is_not_read_deeper_than_it_can_be(tmp_path: Path) -> None:
    pairs = 25_000
    inner = '\n<rdf:Description><skos:x rdf:parseType="Resource">' * pairs
    content = xml(inner + "</skos:x></rdf:Description>" * pairs)
    error = refused(tmp_path, "too-deep", a_rdf=content)
    assert error.line is not None


def test_40_turtle_nested_deep_is_read(tmp_path: Path) -> None:
    deep = f"<{OWN}> <{BASE}ns#x> " + f"[ <{BASE}ns#x> " * 200 + "1" + " ]" * 200 + " ."
    assert len(lines(tmp_path, a_ttl=deep)) == 201


def test_41_keys_that_no_context_maps_are_counted_and_refused(tmp_path: Path) -> None:
    lost = as_json(prefLabel="x", name="lost", city={"@id": "https://data.example.org/x"}, size=3)
    refused(tmp_path, "unmapped-key", "3 keys produced no triple: city, name, size", a_jsonld=lost)
    inner = as_json(prefLabel="x", **{LABEL + "x": {"name": "lost"}})
    refused(tmp_path, "unmapped-key", "1 keys produced no triple: name", a_jsonld=inner)
    refused(tmp_path, "unmapped-key", "Nettwork", a_jsonld=as_json(**{"@type": "Nettwork"}))
    refused(tmp_path, "unmapped-key", "first name", a_jsonld=as_json(**{"first name": "x"}))
    refused(tmp_path, "unmapped-key", "@idd", a_jsonld=as_json(prefLabel="x", **{"@idd": "x"}))


def test_41_what_hides_keys_from_being_counted_is_refused(tmp_path: Path) -> None:
    for context in (None, {"@vocab": None}):
        hidden = {"@id": OWN, LABEL: {"@context": context, "@id": OWN, "name": "lost"}}
        refused(tmp_path, "context-null", a_jsonld=json.dumps(hidden))
    ignored = as_json(
        prefLabel="x", **{"@context": {"prefLabel": LABEL, "remark": None}, "remark": 1}
    )
    assert len(lines(tmp_path, a_jsonld=ignored)) == 1


def test_41_values_that_a_parser_drops_are_refused(tmp_path: Path) -> None:
    context = {"n": {"@id": f"{BASE}ns#x", "@type": "@id"}}
    refused(
        tmp_path, "iri", "no IRI", a_jsonld=as_json(**{"@context": context, "n": "https://a b"})
    )
    tag = {"@value": "x", "@language": "fr be"}
    refused(tmp_path, "language", a_jsonld=as_json(prefLabel=tag))


def test_42_doubled_keys_and_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    doubled = as_json(prefLabel="a")[:-1] + ', "prefLabel": "b"}'
    refused(tmp_path, "duplicate-key", "prefLabel", a_jsonld=doubled)
    for number in ("NaN", "Infinity", "-Infinity"):
        content = as_json(prefLabel=0).replace(" 0}", f" {number}}}")
        refused(tmp_path, "not-a-number", number, a_jsonld=content)


def test_43_prefixes_must_be_declared(tmp_path: Path) -> None:
    error = refused(tmp_path, "syntax", "has not been declared", a_ttl=f"\n<{OWN}> skos:x 1 .")
    assert error.line == 2
    assert "column" in error.reason
    refused(tmp_path, "syntax", a_rdf=xml('<foaf:x rdf:about="urn:x"/>'))
    refused(tmp_path, "scheme", "foaf:", a_jsonld=as_json(**{"foaf:name": "x"}))


def test_44_relative_iris_need_a_base(tmp_path: Path) -> None:
    error = refused(tmp_path, "relative-iri", "base", a_ttl=f"<network> <{LABEL}> 'x' .")
    assert error.line == 1
    assert "file:" not in str(error)
    relative = json.dumps({"@id": "network", LABEL: "x"})
    refused(tmp_path, "relative-iri", "network", a_jsonld=relative)
    about = xml('<rdf:Description rdf:about="network" skos:prefLabel="x"/>')
    refused(tmp_path, "relative-iri", a_rdf=about)
    own = f"@base <{OWN}> . <> <{LABEL}> 'x' ."
    assert lines(tmp_path, a_ttl=own) == [f'<{OWN}> <{LABEL}> "x" .']


BAD = {"space": "a b", "newline": "a\\u000Ab", "end": "a\\u003Eb", "backslash": "a\\u005Cb",
       "control": "a\\u0001b"}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("name", ["a_ttl", "a_nt", "a_jsonld"])
def test_45_iris_with_signs_that_no_iri_has_are_refused(
    kind: str, name: str, tmp_path: Path
) -> None:
    iri = f"https://data.example.org/{BAD[kind]}"
    if name == "a_jsonld":
        refused(tmp_path, "iri", a_jsonld=f'{{"@id": "{OWN}", "{LABEL}": {{"@id": "{iri}"}}}}')
    else:
        refused(tmp_path, "syntax", **{name: said(OWN, LABEL, f"<{iri}>")})


def test_45_endless_iris_are_refused(tmp_path: Path) -> None:
    endless = f"<https://data.example.org/{'a' * 5_000_000}>"
    error = refused(tmp_path, "iri-too-long", a_ttl=said(OWN, LABEL, endless))
    assert len(str(error)) < 300


@pytest.mark.parametrize("scheme", ["javascript", "data", "file", "JavaScript", "ftp", "blob"])
def test_46_iris_of_other_schemes_are_refused(scheme: str, tmp_path: Path) -> None:
    iri = f"{scheme}:alert(1)"
    refused(tmp_path, "scheme", f"{scheme}:", a_ttl=said(OWN, LABEL, f"<{iri}>"))
    refused(tmp_path, "scheme", a_jsonld=f'{{"@id": "{OWN}", "{LABEL}": {{"@id": "{iri}"}}}}')


def test_47_endless_texts_are_refused(tmp_path: Path) -> None:
    refused(tmp_path, "literal-too-long", "1 MB", a_ttl=said(OWN, LABEL, f'"{"a" * 1_048_577}"'))
    refused(tmp_path, "literal-too-long", a_ttl=said(OWN, LABEL, f'"{"é" * 524_289}"'))
    with pytest.raises(SourceError, match="literal-too-long|too-large|syntax"):
        delivered(tmp_path, a_nt=said(OWN, LABEL, f'"{"a" * (60 << 20)}"'))
    assert len(lines(tmp_path, a_ttl=said(OWN, LABEL, f'"{"a" * 1_048_576}"'))) == 1


@pytest.mark.parametrize(
    ("sign", "shown"),
    [("\\u0000", "U+0000"), ("\\u202E", "U+202E"), ("\\u200B", "U+200B"), ("\\u0085", "U+0085"),
     ("\\uFEFF", "U+FEFF"), ("\\u2066", "U+2066"), ("\\uFFFE", "U+FFFE")],
)  # fmt: skip
def test_48_signs_that_nobody_sees_are_refused(sign: str, shown: str, tmp_path: Path) -> None:
    refused(tmp_path, "character", shown, a_ttl=said(OWN, LABEL, f'"a{sign}b"'))
    text = f'{{"@id": "{OWN}", "{LABEL}": "a{sign}b"}}'
    refused(tmp_path, "character", shown, a_jsonld=text)


def test_48_halves_of_pairs_are_refused_and_joiners_kept(tmp_path: Path) -> None:
    refused(tmp_path, "syntax", a_ttl=said(OWN, LABEL, '"a\\uD800b"'))
    refused(tmp_path, "character", a_jsonld=f'{{"@id": "{OWN}", "{LABEL}": "a\\uD800b"}}')
    assert lines(tmp_path, a_ttl=said(OWN, LABEL, '"می\u200cخواهم"@fa'))


def test_values_are_written_as_stores_give_them_back(tmp_path: Path) -> None:
    said = f'<{OWN}> <{BASE}ns#amount> 100.00 ; <{BASE}ns#foundedOn> "2020-01-01"^^xsd:date .'
    found = "\n".join(delivered(tmp_path, **{"a.ttl": PREFIXES + said}).lines["public"])
    assert '"100"^^<http://www.w3.org/2001/XMLSchema#decimal>' in found
    assert '"2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>' in found
