"""Deliveries in RDF: what is read, and what of the corpus of bad inputs is no RDF at all."""

from __future__ import annotations

import gzip
import io
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from loaders import delivery
from loaders.building import accept
from loaders.description.describe import Described, describe
from loaders.errors import SourceError
from loaders.records.codes import CodeBook
from loaders.records.source import find
from queries.release import Home
from shapes import gate
from tests.rdf_delivered import (
    GRAPH,
    LABEL,
    OWN,
    PREFIXES,
    SAID,
    SOURCE,
    as_json,
    delivered,
    lines,
    refused,
    xml,
)

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
