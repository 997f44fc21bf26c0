"""The register of the Crossroads Bank: what of an extract becomes which lines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, RdfFormat, parse

import shapes
from loaders.description.register import Packet, Selection
from loaders.kbo import lines, municipalities, scope
from loaders.kbo.contacts import address
from loaders.kbo.loader import open_register
from shapes import engines
from tests.kbo_files import (
    SAMPLE,
    all_packets,
    code_lines,
    codes,
    enterprise,
    establishment,
    load,
    plain,
    read,
    write_full,
)

NATURAL, COMPANY = plain(enterprise(5)), plain(enterprise(6))
ALL = {"public", "partner"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("kbo") / "kbo.duckdb"
    load(database, SAMPLE)
    return database


def text(packets: list[Packet]) -> str:
    parts = [part for packet in packets for part in packet.lines.values()]
    return "\n".join(line for part in parts for line in part)


def said(packets: list[Packet], end: str, term: str) -> set[str]:
    """Return the values of a term of what an IRI ends with."""
    begins = f"{end}> <https://w3id.org/maillage/ns#{term}> "
    found = (line for line in text(packets).splitlines() if begins in line)
    return {line.partition(begins)[2].removesuffix(" .") for line in found}


def test_packets_are_sorted_unique_and_in_the_form_of_a_store(sample: Path) -> None:
    packets = read(sample, Selection(frozenset({COMPANY})))
    assert [packet.key for packet in packets] == sorted({packet.key for packet in packets})
    for packet in packets:
        assert set(packet.lines) == ALL
        for found in packet.lines.values():
            assert found == sorted(set(found))
            content = "".join(f"{line}\n" for line in found)
            parsed = {f"{quad.triple} ." for quad in parse(content, format=RdfFormat.N_TRIPLES)}
            assert parsed == set(found)


@pytest.mark.parametrize("visibility", ["public", "partner"])
def test_the_lines_pass_the_gate_of_their_graph(
    sample: Path, tmp_path: Path, visibility: str
) -> None:
    public = visibility == "public"
    file = tmp_path / "all.nt"
    wanted = {"public"} if public else ALL
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in code_lines())
        for packet in read(sample, Selection(frozenset({COMPANY}))):
            stream.writelines(f"{line}\n" for part in wanted for line in packet.lines[part])
    graph = shapes.load() if public else shapes.load().core
    found = engines.validate(file, graph).results
    assert [result for result in found if result.severity == "Violation"] == []


def test_a_natural_person_never_becomes_a_graph_whoever_names_it(sample: Path) -> None:
    named = Selection(frozenset({NATURAL, COMPANY}))
    with open_register(sample) as register:
        packets = all_packets(register, named)
        assert register.remarks()[-1] == (
            "1 of the named enterprises are natural persons: they stay out of all graphs"
        )
    assert NATURAL not in text(packets)
    assert "Personne" not in text(packets)
    assert COMPANY in {packet.key for packet in packets}


def test_a_company_comes_in_only_when_it_is_named(sample: Path) -> None:
    assert COMPANY not in {packet.key for packet in read(sample)}
    assert COMPANY in {p.key for p in read(sample, Selection(frozenset({COMPANY})))}


def test_packets_of_some_keys_are_those_of_the_whole_pass(sample: Path) -> None:
    with open_register(sample) as register:
        whole = {packet.key: packet for packet in all_packets(register)}
        some = [*sorted(whole)[1:3], COMPANY, NATURAL, "0000000097"]
        found = all_packets(register, keys=some)
    assert found == [whole[key] for key in sorted(some) if key in whole]


def test_the_form_that_the_law_reads_stands_before_that_of_the_articles(sample: Path) -> None:
    number = f"organisation/kbo-{plain(enterprise(2))}"
    assert [value[-4:-1] for value in said(read(sample), number, "legalForm")] == ["706"]
    assert [value[-4:-1] for value in said(read(sample), number, "formInArticles")] == ["008"]
    family = said(read(sample), number, "legalFamily")
    assert family == {"<https://w3id.org/maillage/code/legal-family/cooperative>"}


def test_an_activity_known_to_several_authorities_is_one(sample: Path) -> None:
    found = said(read(sample), f"organisation/kbo-{plain(enterprise(1))}", "activity")
    assert len(found) == 3


def test_an_unknown_activity_code_is_a_note_and_no_link(sample: Path) -> None:
    packets = read(sample)
    number = f"organisation/kbo-{plain(enterprise(7))}"
    assert said(packets, number, "activity") == set()
    assert any("00000, NACE-BEL 2008" in note for note in said(packets, number, "note"))
    linked = set(re.findall(r"/code/([^/>]+)/([^>]+)>", text(packets)))
    assert len(linked) > 20
    for scheme, code in linked:
        assert code in codes().schemes[scheme]


def test_mail_and_telephone_are_for_partners(sample: Path) -> None:
    first = next(p for p in read(sample) if p.key == plain(enterprise(1)))
    assert "example.org/mail" in "".join(first.lines["public"])
    assert "info@example.org" not in "".join(first.lines["public"])
    assert len(first.lines["partner"]) == 3


def test_totals_count_the_whole_register(sample: Path) -> None:
    with open_register(sample) as register:
        found = register.totals()
    assert found["type"] == {"2": 8, "1": 1}
    assert found["legal form"]["017"] == 2
    assert found["legal form"]["706"] == 1
    assert "008" not in found["legal form"]
    # Namur and Liège twice; Ixelles; De Pinte; Lille. One seat is ambiguous, two are not given.
    assert found["region"] == {"03000": 3, "unknown": 3, "02000": 1, "04000": 1, "abroad": 1}
    # Of 38310, 47191, 56101, 62010 and of a code that is none.
    assert found["section 2008"] == {"E": 1, "G": 1, "I": 1, "J": 1, "unknown": 1}


def test_the_command_counts_the_register(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "maillage", "--home", str(tmp_path), "register", "totals"]
    missing = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (missing.returncode, missing.stdout) == (3, "")
    assert "run: maillage deliver kbo ZIP" in missing.stderr
    load(tmp_path / "registers" / "kbo.duckdb", SAMPLE)
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert (said["extract"], said["type"]) == (140, {"2": 8, "1": 1})


@pytest.mark.parametrize(
    ("written", "page"),
    [
        ("www.example.org", "http://www.example.org"),
        ("HTTPS://Example.org/a?b=c", "HTTPS://Example.org/a?b=c"),
        ("info@example.org", None), ("pas de site", None), ("", None), ("example", None),
        ("www.example.org/<b>", None), ("javascript:alert(1).x", None),
    ],
)  # fmt: skip
def test_web_pages(written: str, page: str | None) -> None:
    assert address(written) == page


@pytest.mark.parametrize(
    ("postcode", "nl", "fr", "refnis", "confidence"),
    [
        ("4000", "Luik", "Liège", "62063", "postcode-and-name"),
        ("1050", "Elsene", "Ixelles", "21009", "postcode-and-name"),
        ("1050", None, "Bruxelles", "21004", "postcode-and-name"),
        ("9100", "Sint-Niklaas", "Saint-Nicolas", "46021", "postcode-and-name"),
        (None, None, "LIEGE", "62063", "name"),
        ("5100", "Jambes", "Jambes", "92094", "postcode"),
        ("9840", "De Pinte", "De Pinte", "44086", "former-name"),
        (None, "Kortessem", None, "71072", "former-name"),
        ("1040", None, None, None, None),
        ("1040", "Onbekend", None, None, None),
        ("4000", "Namen", "Namur", None, None),
        ("9999", None, None, None, None),
        (None, None, None, None, None),
    ],
)
def test_a_municipality_is_told_only_where_it_is_sure(
    postcode: str | None, nl: str | None, fr: str | None, refnis: str | None, confidence: str | None
) -> None:
    found = municipalities.find(postcode, nl, fr)
    assert found == (None if refnis is None else (refnis, confidence))


def test_every_former_municipality_went_into_one_that_exists() -> None:
    known = {code for ids in municipalities.gazetteer().names.values() for code in ids}
    assert {code for ids in municipalities.gazetteer().former.values() for code in ids} <= known


def test_every_selected_form_is_a_code_of_the_platform() -> None:
    assert scope.forms() <= codes().schemes["kbo-legal-form"].keys()


@given(st.text(), st.sampled_from(["", "fr", "nl"]))
def test_literals_are_written_as_a_store_writes_them(value: str, language: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        return
    assert lines.text(value, language) == str(Literal(value, language=language or None))


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(CELLS, min_size=12, max_size=12), st.lists(CELLS, min_size=8, max_size=8))
def test_whatever_the_cells_hold_every_line_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, place: list[str], other: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    one, unit = enterprise(1), establishment(1)
    full = write_full(
        folder / "full",
        {
            "enterprise": [[one, other[0], other[1], "2", "017", other[2], ""]],
            "establishment": [[unit, "", one]],
            "denomination": [[one, other[3], other[4], other[5]]],
            "address": [[one, *place[:-1], ""], [unit, *place[1:], ""]],
            "contact": [[one, "ENT", "WEB", other[6]], [one, "ENT", "TEL", other[7]]],
            "activity": [[one, other[0], other[1], other[2], other[3]]],
        },
    )
    load(folder / "kbo.duckdb", full)
    (packet,) = read(folder / "kbo.duckdb")
    for found in packet.lines.values():
        content = "".join(f"{line}\n" for line in found)
        parsed = {f"{quad.triple} ." for quad in parse(content, format=RdfFormat.N_TRIPLES)}
        assert parsed == set(found)
