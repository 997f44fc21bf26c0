"""Deliveries in RDF: each hostile input of the corpus gets one clear answer, by its number."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import socket
import stat
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from loaders import accept, delivery
from loaders.codes import CodeBook
from loaders.describe import Described, describe
from loaders.errors import LoadError, SourceError
from loaders.partner_graphs import loader
from loaders.partner_graphs.context import ADDRESS
from loaders.partner_graphs.loader import LIMITS, Limits, owner, read
from loaders.source import find
from queries.release import Home
from shapes import gate

SOURCE = find("partner_graphs-saw-b")
BASE = "https://w3id.org/maillage/"
OWN = f"{BASE}id/network/partner-graphs-saw-b-1"
GRAPH = f"{BASE}graph/partner_graphs-saw-b/2026"
NUMBER = f"{BASE}id/organisation/kbo-1900000069"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
SAID = f'<{OWN}> <{LABEL}> "Réseau"@fr .\n'
PREFIXES = (
    f"@prefix se: <{BASE}ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def xml(inner: str, head: str = "") -> str:
    return (
        f'{head}<rdf:RDF xmlns:rdf="{RDF}" xmlns:skos="http://www.w3.org/2004/02/skos/core#">'
        f"{inner}</rdf:RDF>"
    )


def as_json(**said: object) -> str:
    return json.dumps({"@context": {"prefLabel": LABEL}, "@id": OWN, **said})


def delivered(folder: Path, **contents: str | bytes) -> Described:
    """Return what files say, named by argument: ``a_ttl`` is ``a.ttl``."""
    here = folder / "delivered"
    here.mkdir(exist_ok=True)
    for old in here.iterdir():
        old.unlink()
    for name, content in contents.items():
        encoded = content.encode() if isinstance(content, str) else content
        (here / name.replace("_", ".")).write_bytes(encoded)
    return describe(SOURCE, here, CodeBook())


def lines(folder: Path, **contents: str | bytes) -> list[str]:
    return delivered(folder, **contents).lines["public"]


def refused(folder: Path, slug: str, says: str = "", **contents: str | bytes) -> SourceError:
    """See that a delivery is refused for a reason, and return the error."""
    with pytest.raises(SourceError) as caught:
        delivered(folder, **contents)
    assert caught.value.reason.startswith(f"{slug}: "), caught.value
    assert says in caught.value.reason
    assert "Traceback" not in str(caught.value)
    return caught.value


def said(subject: str, predicate: str, value: str) -> str:
    return f"<{subject}> <{predicate}> {value} .\n"


# What is read


SAME: dict[str, str | bytes] = {
    "a_ttl": f"<{OWN}> <{LABEL}> 'Réseau'@fr .",
    "a_nt": SAID,
    "a_nq": SAID,
    "a_trig": f"<{GRAPH}> {{ {SAID} }}",
    "a_rdf": xml(
        f'<rdf:Description rdf:about="{OWN}"><skos:prefLabel xml:lang="fr">Réseau'
        "</skos:prefLabel></rdf:Description>"
    ),
    "a_jsonld": as_json(prefLabel={"@value": "Réseau", "@language": "fr"}),
    "a_ttl_gz": gzip.compress(SAID.encode()),
}


@pytest.mark.parametrize("name", SAME)
def test_each_format_is_read_by_its_name(name: str, tmp_path: Path) -> None:
    assert lines(tmp_path, **{name: SAME[name]}) == [SAID.strip()]


def test_the_sample_passes_the_gate_and_what_it_leaves_unnamed_has_a_name(tmp_path: Path) -> None:
    source = find("partner_graphs-example")
    result = describe(source, source.folder / "sample", CodeBook())
    file = tmp_path / "sample.nt"
    file.write_text("".join(f"{line}\n" for line in result.lines["public"]), encoding="utf-8")
    report = gate.check(file)
    assert report.blocked == set(), report.as_text()
    assert result.classes["FederationMembership"] == 1
    assert any(
        "/id/federation-membership/partner-graphs-example-" in x for x in result.lines["public"]
    )
    assert result.rows == {"statements": len(result.lines["public"])}


def test_what_is_nothing_or_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, "empty", a_ttl=" \n")
    refused(tmp_path, "empty", "no statement", a_ttl="# only a remark\n")
    refused(tmp_path, "empty", "no file was delivered")
    refused(tmp_path, "format", "none of .ttl", a_csv="a,b")
    refused(tmp_path, "format", "looks like RDF/XML", a_ttl=SAME["a_rdf"])
    refused(tmp_path, "format", a_jsonld=SAID)
    (tmp_path / "delivered" / "more").mkdir()
    with pytest.raises(SourceError, match="folders within"):
        delivered_again(tmp_path)


def delivered_again(folder: Path) -> Described:
    return describe(SOURCE, folder / "delivered", CodeBook())


# The corpus of bad inputs, by number


def test_27_a_byte_order_mark_is_taken_off_with_a_remark(tmp_path: Path) -> None:
    result = delivered(tmp_path, a_ttl=b"\xef\xbb\xbf" + SAID.encode())
    assert result.lines["public"] == [SAID.strip()]
    assert result.remarks == ["a.ttl: a byte order mark was taken off its beginning"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_28_other_encodings_are_refused(encoding: str, tmp_path: Path) -> None:
    refused(tmp_path, "encoding", "UTF-8", a_ttl=SAID.encode(encoding))


def test_28_the_byte_and_its_line_are_named(tmp_path: Path) -> None:
    content = b"# ok\n" + SAID.encode("latin-1")
    error = refused(tmp_path, "encoding", f"byte {content.index(0xE9) + 1} ", a_nt=content)
    assert (error.file, error.line) == ("a.nt", 2)
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    refused(tmp_path, "encoding", "ISO-8859-1", a_rdf=xml("", head))


@pytest.mark.parametrize("name", SAME)
def test_29_a_file_cut_short_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    content = SAME[name]
    cut = content[: len(content) - 9]
    if name == "a_ttl_gz":
        refused(tmp_path, "compressed", "cannot be unpacked", **{name: cut})
    else:
        error = refused(tmp_path, "syntax", "", **{name: cut})
        assert error.line == 1
        assert "column" in error.reason


@pytest.mark.parametrize("name", ["a_ttl", "a_rdf", "a_jsonld", "a_nt"])
def test_30_a_login_page_is_no_data(name: str, tmp_path: Path) -> None:
    page = "\n<!-- x --><!DOCTYPE HTML><html><title>Log in</title></html>"
    refused(tmp_path, "html", "web page", **{name: page})


def test_31_what_is_packed_without_saying_so_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(SAID.encode())
    refused(tmp_path, "compressed", "gzip", a_ttl=packed)
    refused(tmp_path, "compressed", "gzip", a_ttl_gz=gzip.compress(packed))
    refused(tmp_path, "compressed", "bzip2", a_ttl=b"BZh91AY")


def test_32_what_swells_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, "bomb", "200 times", a_ttl_gz=gzip.compress(b" " * (8 << 20)))
    archive = zipped(tmp_path, {"a.ttl": b" " * (8 << 20)})
    with pytest.raises(SourceError, match="swells"):
        unpacked(archive, tmp_path)


def zipped(folder: Path, members: dict[str, bytes], link: bool = False) -> Path:
    archive = folder / "delivered.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as content:
        for name, member in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if link:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            content.writestr(info, member)
    return archive


def unpacked(archive: Path, folder: Path) -> list[str]:
    """Return what a zip says, read as a delivery is."""
    working = folder / "working"
    working.mkdir(exist_ok=True)
    with delivery.opened(SOURCE, archive, working) as received:
        return describe(SOURCE, received.folder, CodeBook()).lines["public"]


def test_33_paths_out_of_a_zip_are_refused(tmp_path: Path) -> None:
    for name in ("../../etc/x.ttl", "/etc/x.ttl"):
        with pytest.raises(SourceError, match="unsafe path"):
            unpacked(zipped(tmp_path, {name: SAID.encode()}), tmp_path)
    with pytest.raises(SourceError, match="unsafe path"):
        unpacked(zipped(tmp_path, {"a.ttl": b"/etc/passwd"}, link=True), tmp_path)
    assert unpacked(zipped(tmp_path, {"a.ttl": SAID.encode()}), tmp_path) == [SAID.strip()]


def test_34_a_zip_in_a_zip_is_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as content:
        content.writestr("a.ttl", SAID)
    for name in ("inner.zip", "inner.ttl"):
        with pytest.raises(SourceError, match="zip"):
            unpacked(zipped(tmp_path, {name: inner.getvalue()}), tmp_path)


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


@pytest.mark.parametrize(
    ("predicate", "value", "shape"),
    [("validFrom", '"2024-02-30"^^xsd:date', "validFrom"),
     ("foundedOn", '"2024-13-45"^^xsd:date', "foundedOn"),
     ("heldDuring", '"abc"^^xsd:gYear', "heldDuring"),
     ("memberCount", '"abc"^^xsd:integer', None)],
)  # fmt: skip
def test_49_the_gate_catches_ill_typed_values(
    predicate: str, value: str, shape: str | None, tmp_path: Path
) -> None:
    content = f'{PREFIXES}<{OWN}> a se:Network ; skos:prefLabel "x"@fr ; se:{predicate} {value} .'
    file = tmp_path / "said.nt"
    file.write_text("".join(f"{line}\n" for line in lines(tmp_path, a_ttl=content)), "utf-8")
    report = gate.check(file)
    assert report.blocked
    if shape:
        assert shape in report.as_text()


def test_50_numbers_of_registers_are_texts(tmp_path: Path) -> None:
    for value in ('"01"^^xsd:integer', "400123416", "4.1", "4E8"):
        content = f"{PREFIXES}[] a se:Identifier ; skos:notation {value} ."
        refused(tmp_path, "must-be-string", "notation", a_ttl=content)
    refused(
        tmp_path, "must-be-string", a_jsonld=json.dumps({"@id": OWN, f"{BASE}ns#postalCode": 1})
    )


FOREIGN = {
    "register's graph": ("foreign-graph", f"<{OWN}> <{LABEL}> 'x' <{BASE}graph/kbo/2026> ."),
    "another's graph": ("foreign-graph", f"<{OWN}> <{LABEL}> 'x' <{GRAPH[:-5]}x/2026> ."),
    "unnamed graph": ("foreign-graph", f"<{OWN}> <{LABEL}> 'x' _:g ."),
    "several graphs": ("several-graphs", f"<{OWN}> <{LABEL}> 'x' <{GRAPH}> .\n{SAID}"),
    "vocabulary": ("foreign-subject", f"<{BASE}ns#Organisation> <{LABEL}> 'x' ."),
    "code": ("foreign-subject", f"<{BASE}code/visibility/public> <{LABEL}> 'x' ."),
    "another sender": ("foreign-subject", f"<{OWN[:-1]}c-1> <{LABEL}> 'x' ."),
    "shorter sender": (
        "foreign-subject", f"<{BASE}id/network/partner-graphs-saw-1> <{LABEL}> 'x' .",
    ),
    "another site": ("foreign-subject", f"<https://data.example.org/x> <{LABEL}> 'x' ."),
    "other vocabulary": ("foreign-subject", f"<{LABEL}> <{LABEL}> 'x' ."),
    "form": ("foreign-subject", f"<{NUMBER}> <{BASE}ns#legalForm> <{BASE}code/legal-form/1> ."),
    "end": ("foreign-subject", f"<{NUMBER}> <{BASE}ns#dissolvedOn> '2020-01-01' ."),
    "same": ("foreign-subject", f"<{OWN}> <http://www.w3.org/2002/07/owl#sameAs> <{NUMBER}> ."),
    "same, turned": (
        "foreign-subject", f"<{NUMBER}> <http://www.w3.org/2002/07/owl#sameAs> <{OWN}> .",
    ),
    "replaced": (
        "foreign-subject", f"<{OWN}> <http://purl.org/dc/terms/isReplacedBy> <{NUMBER}> .",
    ),
    "decision": ("foreign-subject", f"<{OWN}> <{RDF}type> <{BASE}ns#IdentityDecision> ."),
    "check digits": ("number", f"<{NUMBER[:-1]}8> <{LABEL}> 'x' ."),
    "shortened number": ("number", f"<{BASE}id/organisation/kbo-400123416> <{LABEL}> 'x' ."),
}  # fmt: skip


@pytest.mark.parametrize("case", FOREIGN)
def test_51_a_partner_speaks_of_its_own_only(case: str, tmp_path: Path) -> None:
    slug, content = FOREIGN[case]
    refused(tmp_path, slug, a_nq=content.replace("'", '"'))


def test_51_a_partner_adds_to_what_a_register_numbers(tmp_path: Path) -> None:
    content = said(NUMBER, f"{RDF}type", f"<{BASE}ns#Enterprise>") + said(NUMBER, LABEL, '"x"')
    same = said(OWN, "http://www.w3.org/2002/07/owl#sameAs", f"<{OWN}2>")
    found = lines(tmp_path, a_nt=content + same)
    assert said(NUMBER, LABEL, '"x"').strip() in found
    assert f"<{NUMBER}> <{RDF}type> <{BASE}ns#Organisation> ." in found


def test_51_the_site_of_a_sender_is_its_own_and_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(said("https://data.example.org/x", LABEL, '"x"'), "utf-8")
    assert list(read(file, owner(find("partner_graphs-example")), []))
    with pytest.raises(SourceError, match="foreign-subject"):
        list(read(file, owner(SOURCE), []))


@pytest.mark.parametrize(
    "site", ["https://data.example.org", BASE, "https://w3id.org/", "ftp://x/"]
)
def test_51_a_site_that_is_none_is_refused(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = tmp_path / "senders.toml"
    declared.write_text(f'[saw-b]\nsites = ["{site}"]\n', "utf-8")
    monkeypatch.setattr(loader, "SENDERS", declared)
    with pytest.raises(LoadError, match="no name space of another web site"):
        owner(SOURCE)


def test_52_equal_labels_in_two_files_are_two_nodes(tmp_path: Path) -> None:
    one = f'_:b0 <{LABEL}> "one" .\n'
    two = f'_:b0 <{LABEL}> "two" .\n'
    subjects = {line.partition(" ")[0] for line in lines(tmp_path, a_nt=one, b_nt=two)}
    assert len(subjects) == 2
    assert all(subject.startswith(f"<{BASE}id/node/partner-graphs-saw-b-") for subject in subjects)


def test_52_the_same_file_twice_gives_the_same_whatever_its_labels(tmp_path: Path) -> None:
    content = f'_:a <{LABEL}> "x" .\n_:a <{BASE}ns#x> _:b .\n_:b <{LABEL}> "y" .\n'
    relabelled = content.replace("_:a", "_:z").replace("_:b", "_:a")
    shuffled = "".join(reversed(relabelled.splitlines(keepends=True)))
    once = lines(tmp_path, a_nt=content)
    assert len(once) == 3
    assert lines(tmp_path, a_nt=shuffled) == once
    assert lines(tmp_path, a_nt=content, b_nt=relabelled) == once
    more = lines(tmp_path, a_nt=content + f'_:c <{LABEL}> "z" .\n')
    assert set(once) < set(more)


def test_52_what_is_said_twice_without_a_name_stays_two_things(tmp_path: Path) -> None:
    result = delivered(tmp_path, a_ttl=f"[] a <{BASE}ns#Seat> . [] a <{BASE}ns#Seat> .")
    assert len(result.lines["public"]) == 2
    assert "1 blank nodes say the same as another one" in result.remarks[0]


def test_52_blank_nodes_that_are_too_alike_are_refused_by_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "clique.nt"
    pairs = permutations(range(9), 2)
    file.write_text("".join(f"_:b{a} <{BASE}ns#x> _:b{b} .\n" for a, b in pairs), "utf-8")
    with pytest.raises(SourceError, match="blank-nodes: .*within 1 s.*give them IRIs"):
        list(read(file, owner(SOURCE), [], Limits(naming_seconds=1)))


# The process that reads


def test_what_takes_too_long_or_too_much_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text("".join(f'<{OWN}> <{LABEL}> "{n}" .\n' for n in range(200_000)), "utf-8")
    with pytest.raises(SourceError, match="too-costly: more than 0.05 s of processor time"):
        list(read(file, owner(SOURCE), [], Limits(seconds=0.05)))
    with pytest.raises(SourceError, match="too-large"):
        list(read(file, owner(SOURCE), [], Limits(memory=100 << 20)))
    assert LIMITS.memory < 3 << 30


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Cs")), max_size=40
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=20))
def test_nothing_that_may_be_said_is_lost(tmp_path: Path, pairs: list[tuple[str, str]]) -> None:
    keyed = {f"{OWN}{quote(key, safe='').replace('-', '_')}": text for key, text in pairs}
    graph = [{"@id": key, LABEL: text} for key, text in keyed.items()]
    found = lines(tmp_path, a_jsonld=json.dumps(graph))
    assert len(found) == len(keyed)
    assert {line.partition(" ")[0] for line in found} == {str(NamedNode(key)) for key in keyed}
    assert not any(re.search("unmapped|relative.invalid", line) for line in found)


# Through the whole way in


@pytest.fixture
def stocked(published: Home, tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    shutil.copytree(published.graphs, home.graphs)
    return home


def handed(folder: Path, content: str) -> accept.Handover:
    file = folder / "network.ttl"
    file.write_text(PREFIXES + content, encoding="utf-8")
    return accept.handover("partner_graphs", file, "2026", sender="saw-b")


def test_a_file_is_delivered_recorded_once_and_refused_whole(stocked: Home, tmp_path: Path) -> None:
    good = f'<{OWN}> a se:Network ; skos:prefLabel "Réseau"@fr .\n'
    first = accept.deliver(stocked, handed(tmp_path, good))
    assert first.new
    assert (first.delivery.source, first.delivery.rows) == (SOURCE.name, {"statements": 3})
    assert not accept.deliver(stocked, handed(tmp_path, good)).new
    ill_typed = handed(tmp_path, good + f'<{OWN}> se:foundedOn "2024-02-30"^^xsd:date .\n')
    with pytest.raises(SourceError, match="(?s)refused by the gate.*foundedOn"):
        accept.deliver(stocked, ill_typed)
    foreign = handed(tmp_path, f'{good}<{OWN}> a se:Network . se:Network skos:prefLabel "x" .\n')
    with pytest.raises(SourceError, match="foreign-subject"):
        accept.deliver(stocked, foreign)
    assert delivery.accepted(stocked, SOURCE) == [first.delivery]
