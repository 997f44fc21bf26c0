"""What the classifications taken from packages are known to hold, and the traps in them."""

from __future__ import annotations

import pytest

from loaders.kbo_codes.loader import written_out
from loaders.nace.loader import day_after, same_title
from loaders.nace.successors import successors
from loaders.records import identify
from tests.test_codes import book, labels, linked, select

LEVELS = {
    "nace-bel-2003": [17, 16, 62, 228, 539, 881, 2095],
    "nace-bel-2008": [21, 88, 272, 615, 943, 1385],
    "nace-bel-2025": [22, 87, 275, 651, 977, 1253],
    "nace-rev2": [21, 88, 272, 615],
    "nace-rev21": [22, 87, 287, 651],
}


# Legal forms and joint committees


def test_every_legal_form_has_one_family() -> None:
    for code in book().schemes["kbo-legal-form"]:
        assert len(linked("kbo-legal-form", code, "se:legalFamily")) == 1, code


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("017", "association"),
        ("019", "mutual"),
        ("026", "foundation"),
        ("027", "other"),
        ("028", "association"),
        ("108", "public"),
        ("117", "public"),
        ("508", "company-social-purpose"),
        ("706", "cooperative"),
    ],
)
def test_a_legal_form_is_in_its_family(code: str, family: str) -> None:
    assert linked("kbo-legal-form", code, "se:legalFamily") == {f"legal-family/{family}"}


def test_the_code_of_companies_ended_forms_and_made_others() -> None:
    form = "kbo-legal-form"
    assert linked(form, "008", "se:validTo") == {"2019-05-01"}
    assert linked(form, "008", "dcterms:isReplacedBy") == {f"{form}/706", f"{form}/610"}
    assert linked(form, "508", "se:validTo") == {"2024-01-01"}
    assert linked(form, "706", "se:validFrom") == {"2019-05-01"}
    assert not linked(form, "017", "se:validTo")


def test_joint_committees_are_written_out() -> None:
    assert written_out("SCP des tuileries", "fr") == "Sous-commission paritaire des tuileries"
    assert written_out("PC voor de sport", "nl") == "Paritair comité voor de sport"
    assert written_out("die p.K. für Häfen", "de") == "Paritätische Kommission für Häfen"


def test_a_joint_subcommittee_is_below_its_committee() -> None:
    assert linked("joint-committee", "327.02", "skos:broader") == {"joint-committee/327"}


# Activities


@pytest.mark.parametrize(("scheme", "sizes"), LEVELS.items())
def test_a_classification_has_its_levels_in_order(scheme: str, sizes: list[int]) -> None:
    query = f"""SELECT (COUNT(?code) AS ?size) WHERE {{
        {identify.scheme(scheme)} xkos:levels/rdf:rest*/rdf:first ?level .
        ?level xkos:depth ?depth ; skos:member ?code
    }} GROUP BY ?level ?depth ORDER BY ?depth"""
    assert [int(row[0]) for row in select(query)] == sizes


def test_the_same_code_means_another_thing_in_another_version() -> None:
    addiction = labels("nace-bel-2008", "88993")["fr"]
    sheltered_work = labels("nace-bel-2025", "88993")["fr"]
    assert "toxicodépendantes" in addiction
    assert "travail adapté" in sheltered_work
    assert labels("nace-bel-2008", "88995")["fr"] == sheltered_work
    assert not labels("nace-bel-2025", "88995")


@pytest.mark.parametrize(
    ("scheme", "section"),
    [("nace-bel-2003", "N"), ("nace-bel-2008", "Q"), ("nace-bel-2025", "R"), ("nace-rev21", "R")],
)
def test_the_section_of_social_work_moves(scheme: str, section: str) -> None:
    division = "85" if scheme == "nace-bel-2003" else "88"
    assert linked(scheme, division, "skos:broader+") == {f"{scheme}/{section}"}


def test_a_belgian_code_is_linked_to_the_european_code_that_it_equals() -> None:
    assert "nace-rev21/8899" in linked("nace-bel-2025", "8899", "skos:exactMatch")
    assert "nace-rev2/8899" in linked("nace-bel-2008", "8899", "skos:exactMatch")
    below = linked("nace-bel-2025", "88993", "skos:exactMatch")
    assert not [match for match in below if match.startswith("nace-rev")]


def test_a_class_without_group_is_below_its_division() -> None:
    assert linked("nace-bel-2025", "1107", "skos:broader") == {"nace-bel-2025/11"}
    assert linked("nace-rev21", "1107", "skos:broader") == {"nace-rev21/110"}


def test_titles_are_compared_by_their_letters() -> None:
    assert same_title("Other builders’ carpentry", "OTHER BUILDERS? CARPENTRY")
    assert not same_title("Growing of rice", "Growing of sugar cane")


def test_validity_ends_on_the_day_after_the_last() -> None:
    assert day_after("2007-12-31") == "2008-01-01"
    assert day_after(None) is None


# Territory


def test_a_municipality_lies_in_a_province_or_in_brussels() -> None:
    liege = linked("refnis-municipality", "62063", "skos:broader+")
    assert liege == {"refnis-province/60000", "refnis-region/03000", "refnis-region/01000"}
    ixelles = linked("refnis-municipality", "21009", "skos:broader+")
    assert ixelles == {"refnis-region/04000", "refnis-region/01000"}


def test_a_postal_code_keeps_all_its_municipalities() -> None:
    assert linked("postal-code-be", "1050", "skos:relatedMatch") == {
        "refnis-municipality/21004",
        "refnis-municipality/21009",
    }
    query = """SELECT ?code WHERE { ?code skos:inScheme ?scheme ; skos:relatedMatch ?municipality
        FILTER(STRENDS(STR(?scheme), "/postal-code-be")) }
        GROUP BY ?code HAVING (COUNT(?municipality) > 1)"""
    shared = {row[0].rpartition("/")[2] for row in select(query)}
    assert shared == {"1040", "1050", "1804"}


@pytest.mark.parametrize(
    ("municipality", "district"),
    [("52011", "BE32B"), ("62096", "BE332"), ("63023", "BE336"), ("63080", "BE335")],
)
def test_a_municipality_lies_in_one_nuts_region(municipality: str, district: str) -> None:
    found = linked("refnis-municipality", municipality, "skos:broadMatch")
    assert found == {f"nuts-2024/{district}"}


def test_every_municipality_has_a_nuts_region_in_its_own_province() -> None:
    agreed = """SELECT ?m WHERE { ?m skos:broader ?above ; skos:broadMatch/skos:broader+ ?nuts .
        ?above skos:exactMatch ?nuts }"""
    assert len(set(select(agreed))) == 565


def test_a_contradiction_of_the_postal_table_is_noted() -> None:
    notes = linked("refnis-municipality", "62096", "skos:editorialNote")
    assert notes == {"Eurostat's table of postal codes places 4100 in BE224, not in BE332."}


# Subclasses of NACE-BEL 2008 in NACE-BEL 2025


def test_most_subclasses_of_2008_have_one_of_2025_with_their_titles() -> None:
    whole = book().schemes["nace-bel-2008"]
    became = successors()
    before = {code for code in whole if len(code) == 5}
    assert became.keys() < before
    assert len(became) == 663
    # No two became one: that would be another title.
    assert len(set(became.values())) == len(became)
    assert set(became.values()) <= set(book().schemes["nace-bel-2025"])


def test_a_subclass_and_its_successor_share_titles_in_two_languages() -> None:
    for code, other in successors().items():
        one, two = labels("nace-bel-2008", code), labels("nace-bel-2025", other)
        same = [language for language in one if same_title(one[language], two[language])]
        assert len(same) >= 2, (code, other)


@pytest.mark.parametrize(
    ("code", "became"),
    [
        ("94991", "94991"),
        # Numbers that were given to something else.
        ("88994", "88992"),
        ("88995", "88993"),
        ("93291", None),
        # Other divisions.
        ("41101", "68121"),
        ("45205", "95315"),
        ("70210", "73300"),
        # The same number, and other titles in all languages but one.
        ("88912", None),
        ("91020", None),
        # No more than its English title is alike, or its titles are those of several.
        ("86901", None),
    ],
)
def test_titles_tell_what_became_of_a_subclass(code: str, became: str | None) -> None:
    assert successors().get(code) == became
