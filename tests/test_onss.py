"""ONSS: two bases that never mix, cells that stay withheld, and employers that stay secret."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store, parse

from loaders import delivery
from loaders.building import accept
from loaders.description.describe import Described, describe
from loaders.errors import SourceError
from loaders.records.source import find
from queries.catalogue import catalogue, checks
from queries.release import Home, Release, open_store
from queries.run import run
from tests.test_sources import codes

BASES = ("centralised", "decentralised")
EMPLOYERS = find("onss_employers")
SE = "https://w3id.org/maillage/ns#"
BASE = "https://w3id.org/maillage/"
HEADER = "period,refnis,nace_version,nace,legal_form_group,sector,joint_committee,status,sex"
HEADER += ",posts,fte,local_units,scope,suppressed"
# What only the sample of employers holds: two enterprises, an establishment, their figures.
SECRETS = (
    "1909876550", "1909.876.550", "1909876154", "2909876571", "2.909.876.571", "7431", "6180.77",
    "4311", "3590.63", "12.41",
)  # fmt: skip


def loaded(basis: str, folder: Path) -> Described:
    return describe(find(f"onss_{basis}"), folder, codes())


@cache
def sample(basis: str) -> Described:
    return loaded(basis, find(f"onss_{basis}").folder / "sample")


def store_of(*described: Described) -> Store:
    store = Store()
    for result in described:
        text = "".join(f"{line}\n" for line in result.lines["public"])
        store.extend(parse(text, format=RdfFormat.N_TRIPLES))
    return store


def rows_of(store: Store, names: str, body: str) -> list[tuple[str, ...]]:
    answer = store.query(f"PREFIX se: <{SE}> SELECT {names} {{ {body} }}")
    assert isinstance(answer, QuerySolutions)
    return sorted(tuple(str(v.value) if v else "" for v in row) for row in answer)


def cell(folder: Path, *lines: str, basis: str = "decentralised") -> Described:
    """Describe a delivery of some lines."""
    folder.mkdir(exist_ok=True)
    (folder / "figures.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return loaded(basis, folder)


def status_of(result: Described) -> str:
    (line,) = (line for line in result.lines["public"] if "#confidentialityStatus>" in line)
    return line.removesuffix("> .").rpartition("/")[2]


# ------------------------------------------------------------------ bases


@pytest.mark.parametrize("basis", BASES)
def test_every_figure_is_on_the_basis_of_its_source(basis: str) -> None:
    store = store_of(sample(basis))
    figures = rows_of(store, "?f ?basis", "?f a se:EmploymentFigures ; se:observationBasis ?basis")
    assert len(figures) == len({row[0] for row in figures}) == sample(basis).classes["Observation"]
    assert {row[1] for row in figures} == {f"{BASE}code/observation-basis/{basis}"}


@pytest.mark.parametrize(("basis", "other"), [BASES, BASES[::-1]])
def test_figures_of_the_other_basis_are_refused(tmp_path: Path, basis: str, other: str) -> None:
    line = f"2018,03000,,,,,,,,10,9,5,{other},false"
    with pytest.raises(SourceError, match=f"'{other}'.*never mixed.*its own source") as caught:
        cell(tmp_path, line, basis=basis)
    assert (caught.value.file, caught.value.line) == ("figures.csv", 2)


def test_the_two_bases_are_two_graphs_of_years_of_their_own() -> None:
    """The report used 2018 centralised and 2017 decentralised figures at the same time."""
    both = store_of(*(sample(basis) for basis in BASES))
    of_region = f"?f se:observedUnit <{BASE}code/refnis-region/03000> ; se:observationBasis ?b ; "
    years = rows_of(both, "?b ?y ?j", f"{of_region} se:referencePeriod ?y ; se:jobs ?j")
    found = {(row[0].rpartition("/")[2], *row[1:]) for row in years}
    assert found == {("centralised", "2018", "64000"), ("decentralised", "2017", "70000")}


@pytest.mark.parametrize(
    ("basis", "year", "jobs"),
    [
        ("decentralised", 2017, {"01000": "118000", "03000": "70000", "04000": "48000"}),
        ("centralised", 2018, {"01000": "121500", "03000": "64000", "04000": "57500"}),
        ("centralised", 2017, {}),
    ],
)
def test_totals_are_asked_for_on_one_basis(basis: str, year: int, jobs: dict[str, str]) -> None:
    both = store_of(*(sample(one) for one in BASES))
    for line in codes_lines("refnis-region"):
        both.extend(parse(line, format=RdfFormat.N_TRIPLES))
    question = catalogue()["employment_by_region"]
    mandatory = {one.name for one in question.parameters if not one.optional}
    assert mandatory == {"basis", "year"}
    rows = run(both, question, {"basis": basis, "year": str(year)})
    assert {str(row["region"]).rpartition("/")[2]: row["jobs"] for row in rows} == jobs


def codes_lines(scheme: str) -> list[str]:
    """The codes of a list, each in its list."""
    inside = "<http://www.w3.org/2004/02/skos/core#inScheme>"
    listed = f"<{BASE}code/{scheme}>"
    return [f"{code} {inside} {listed} ." for code in codes().schemes[scheme].values()]


def test_a_figure_without_basis_or_made_of_two_is_found() -> None:
    store = store_of(*(sample(basis) for basis in BASES))
    check = checks()["figure_of_two_bases"]
    assert run(store, check) == []
    first, second = (f"<{BASE}id/observation/onss-{b}-{y}-03000>" for b, y in
                     (("centralised", 2018), ("decentralised", 2017)))  # fmt: skip
    derived = "<http://www.w3.org/ns/prov#wasDerivedFrom>"
    mixed = f"<urn:sum> {derived} {first} .\n<urn:sum> {derived} {second} .\n"
    bare = f"<urn:bare> a <{SE}EmploymentFigures> ."
    store.extend(parse(mixed + bare, format=RdfFormat.TURTLE))
    assert {str(row["figure"]) for row in run(store, check)} == {"urn:sum", "urn:bare"}


# ---------------------------------------------------------------- withheld cells


@pytest.mark.parametrize(
    ("line", "status", "remark"),
    [
        ("2018,03000,,,,,,,,10,9,3,decentralised,false", "F", ""),
        ("2018,03000,,,,,,,,10,,3,decentralised,", "F", ""),
        ("2018,03000,,,,,,,,0,0,0,decentralised,false", "F", ""),
        ("2018,03000,,,,,,,,,,,decentralised,true", "C", ""),
        ("2018,03000,,,,,,,,10,9,2,decentralised,false", "A", "fewer than 3 units"),
        ("2018,03000,,,,,,,,10,9,1,decentralised,0", "A", "fewer than 3 units"),
        ("2018,03000,,,,,,,,10,9,,decentralised,false", "C", "how many units"),
        ("2018,03000,,,,,,,,10,9,8,decentralised,1", "C", "the figures are left out"),
    ],
)
def test_small_cells_stay_and_say_nothing(
    tmp_path: Path, line: str, status: str, remark: str
) -> None:
    result = cell(tmp_path, line)
    assert result.classes["EmploymentFigures"] == 1
    assert status_of(result) == status
    values = [at for at in result.lines["public"] if re.search("#(jobs|fullTime|localUnits)", at)]
    assert bool(values) == (status == "F")
    assert len(result.remarks) == bool(remark)
    assert all(remark in one for one in result.remarks)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2018-13,03000,,,,,,,,10,9,3,decentralised,", "period is no year or quarter"),
        ("2018,3000,,,,,,,,10,9,3,decentralised,", "refnis is not five digits"),
        ("2018,03000,,88995,,,,,,10,9,3,decentralised,", "nace without nace_version"),
        ("2018,03000,2012,88995,,,,,,10,9,3,decentralised,", "nace_version is none of"),
        ("2018,03000,2025,88995,,,,,,10,9,3,decentralised,", "'88995' is not a code of nace-bel-2"),
        ("2018,03000,,,club,,,,,10,9,3,decentralised,", "'club' is not a code of legal-family"),
        ("2018,03000,,,,,3x,,,10,9,3,decentralised,", "joint_committee is no number"),
        ("2018,03000,,,,,,,,-1,9,3,decentralised,", "posts is negative"),
        ("2018,03000,,,,,,,,10,9.5.1,3,decentralised,", "fte '9.5.1' cannot be read"),
        ("2018,03000,,,,,,,,,,3,decentralised,", "neither posts nor fte"),
        ("2018,03000,,,,,,,,10,9,0,decentralised,", "counts jobs in 0 local units"),
        ("2018,03000,,,,,,,,10,9,3,decentralised,maybe", "suppressed is none of"),
        ("2018,03000,,,,,,,,10,9,3,,", "scope is empty"),
    ],
)
def test_cells_that_cannot_be_read_are_refused(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        cell(tmp_path, line)
    assert (caught.value.file, caught.value.line) == ("figures.csv", 2)


def test_a_cell_that_stands_twice_is_refused_and_forgotten(tmp_path: Path) -> None:
    line = "2018,03000,2008,88.995,,,327.02,,F,10,9,3,decentralised,"
    with pytest.raises(SourceError, match="line 3: the same cell"):
        cell(tmp_path, line, line.replace("88.995", "88995").replace("327.02", "32702"))
    assert cell(tmp_path, line).classes["EmploymentFigures"] == 1


def test_another_delimiter_and_another_header_are_told(tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text(HEADER.replace(",", ";") + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match="is the delimiter ';'"):
        loaded("centralised", tmp_path)
    (tmp_path / "figures.csv").write_text(HEADER.replace("scope", "basis") + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match="missing: scope; not expected: basis"):
        loaded("centralised", tmp_path)


def test_a_territory_in_no_list_is_set_aside_with_its_line() -> None:
    (remark,) = (one for one in sample("decentralised").remarks if "54010" in one)
    assert remark.startswith("figures.csv, line 12: ")


# ------------------------------------------------------------------- employers


def test_employers_are_described_in_a_confidential_graph_only() -> None:
    result = describe(EMPLOYERS, EMPLOYERS.folder / "sample", codes())
    assert set(result.lines) == {"confidential"}
    said = "\n".join(result.lines["confidential"])
    assert all(secret in said for secret in SECRETS if "." not in secret)
    assert result.classes["EmployerFigures"] == 3
    assert not result.remarks


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("1909.876.550", "1909.876.551", "employer_number"),
        ("2.909.876.571", "2.909.876.570", "establishment_number"),
        ("7431", "-7431", "posts"),
        ("7431", "7431.x", "posts"),
        ("6180.77", "6180,77 (approx)", "fte"),
        (",62063,", ",620631,", "refnis"),
        ("327.03,manual,F,4311", "327.99,manual,F,4311", "joint_committee"),
        ("2025,88993", ",88993", "nace"),
    ],
)
def test_no_message_repeats_what_an_employer_reports(
    tmp_path: Path, old: str, new: str, column: str
) -> None:
    text = (EMPLOYERS.folder / "sample/employers.csv").read_text(encoding="utf-8")
    assert old in text
    quoted = f'"{new}"' if "," in new and "approx" in new else new
    (tmp_path / "employers.csv").write_text(text.replace(old, quoted, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=f"line [234]: {column}.* cannot be read") as caught:
        describe(EMPLOYERS, tmp_path, codes())
    digits = [part for part in re.findall(r"\d+", new) if len(part) > 2]
    assert not [part for part in digits if part in str(caught.value)]
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def betrays(content: bytes) -> bool:
    """Whether bytes hold a secret; the short ones are in any long file by chance."""
    return any(secret.encode() in content for secret in SECRETS if len(secret) > 5)


def holding(folder: Path) -> list[Path]:
    """The files below a folder that hold a secret, packed or not."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    return [
        file
        for file in files
        if betrays(
            gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        )
    ]


def test_no_byte_of_employers_leaves_the_home(delivered: Home, release: Release) -> None:
    # The files themselves and the graph for computations hold them: the search does find.
    assert holding(delivered.deliveries)
    kept = {file.relative_to(release.path).parts[0] for file in holding(release.path)}
    # What the next build starts from; no address leads there.
    assert kept <= {"kept", "sources"}
    for tier in ("public", "partner"):
        store = open_store(release, tier)
        assert not store.query(f"ASK {{ ?e a <{SE}EmployerFigures> }}")
        # Stores pack what they hold: it is read as they give it out.
        said = store.dump(format=RdfFormat.N_QUADS)
        assert said
        assert not betrays(said)


def test_the_manifest_offers_no_file_of_a_confidential_graph(release: Release) -> None:
    (graph,) = (g for g in release.graphs if g.source == EMPLOYERS.name)
    assert graph.visibility == "confidential"
    assert graph.file is None
    assert run(open_store(release, "partner"), checks()["employer_figures_in_public_graph"]) == []


def test_a_refused_delivery_of_employers_tells_nothing(
    home: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (EMPLOYERS.folder / "sample/employers.csv").read_text(encoding="utf-8")
    (tmp_path / "employers.csv").write_text(text.replace("12.41", "12.41 FTE"), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        accept.deliver(home, accept.handover(EMPLOYERS.name, tmp_path, "2018", confirmed=True))
    said = str(caught.value) + "".join(capfd.readouterr())
    assert not [secret for secret in SECRETS if secret in said]
    assert not delivery.accepted(home, EMPLOYERS)
