"""Indicator sets as cubes: directory, public contracts, volunteers, working time, groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from loaders.description import packets
from loaders.description.graphs import BuiltDelivery
from loaders.disclosure.rules import Rules
from loaders.errors import LoadError
from loaders.statistics import cubes, dataflows, facts
from loaders.statistics.computing import Computation
from loaders.statistics.cubes import Made
from loaders.statistics.dataflows import flows
from loaders.statistics.given import Given
from loaders.statistics.groups import head
from loaders.statistics.relations import RELATIONS
from ontology import DEFAULT_BASE
from ontology.outside import RDF
from queries.cubes import structures
from tests import integrity
from tests.accounted import account, delivered, employment, enterprise, perimeter, said
from tests.test_account import IXELLES, LIEGE, number, unprotected
from tests.test_cube_release import parts, triples

DIRECTORY, PROCUREMENT = "DF_SE_DIRECTORY", "DF_SE_PROCUREMENT"
VOLUNTEERS, TIME, MAIN = "DF_SESA_VOLUNTEER", "DF_SESA_WORKING_TIME", "DF_SESA_MAIN"
WHOLE = {
    "REF_AREA": "BE", "SE_FAMILY": "_T", "ACTIVITY": "_T", "ACCREDITATION": "_T",
    "BUYER_KIND": "_T", "SOCIAL_CLAUSE": "_T", "RESERVED": "_T", "ACTIVITY_TSO": "_T",
}  # fmt: skip


def found(made: Made, flow: str, **key: str) -> Decimal | None:
    """The value of the one observation with a key, the whole of what it does not name."""
    file = made.folder / f"{flow}.parquet"
    columns = [name for name, *_ in duckdb.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()]
    wanted = {name: code for name, code in WHOLE.items() if name in columns} | key
    where = " AND ".join(f'"{name}" = ?' for name in wanted)
    rows = duckdb.execute(f"SELECT OBS_VALUE FROM '{file}' WHERE {where}", list(wanted.values()))
    values = rows.fetchall()
    assert len(values) < 2
    return values[0][0] if values else None


def organisation(name: str, **values: object) -> Iterator[str]:
    unit = f"id/organisation/{name}"
    yield f"<{DEFAULT_BASE}{unit}> <{RDF.type.value}> <{DEFAULT_BASE}ns#Organisation> ."
    yield from said(unit, **values)


def accreditation(name: str, unit: str, scheme: str, **more: object) -> Iterator[str]:
    yield from said(
        f"id/accreditation/{name}", accreditedOrganisation=f"id/organisation/{unit}",
        accreditationScheme=f"code/accreditation-scheme/{scheme}",
        **{"accreditationStatus": "code/accreditation-status/granted", **more},
    )  # fmt: skip


def contract(
    name: str, winner: str, amount: int | None = None, day: str = "2024-05-01", **more: object
) -> Iterator[str]:
    values = {"amount": amount, "currency": "code/currency/EUR"} if amount is not None else {}
    yield from said(
        f"id/contract/contracts-a-{name}", buyer="id/organisation/contracts-a-town",
        winner=f"id/organisation/{winner}", noticeNumber=name, awardedOn=day, **values, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("directory")
    register: list[str] = []
    verdicts: list[str] = []
    for n in range(1, 5):
        family = "cooperative" if n == 4 else "association"
        register += enterprise(number(n), LIEGE if n < 3 else IXELLES)
        register += organisation(f"kbo-{number(n)}", legalFamily=f"code/legal-family/{family}",
                                 country="code/country/BE")  # fmt: skip
        verdicts += perimeter(number(n), family) if n != 3 else []
    register += organisation("kbo-gone", dissolvedOn="2020-01-01")
    register += organisation("kbo-town", ecosystemRole="code/ecosystem-role/public-authority")
    register += organisation("siren-1", country="code/country/FR")
    listed = [
        *accreditation("1", f"kbo-{number(1)}", "IES"),
        *accreditation("2", f"kbo-{number(1)}", "EI"),
        *accreditation("3", f"kbo-{number(2)}", "IES", validTo="2024-06-30"),
        *accreditation("4", f"kbo-{number(3)}", "IES",
                       accreditationStatus="code/accreditation-status/withdrawn"),
    ]  # fmt: skip
    given = {
        name: delivered(folder / "graphs", name, lines)
        for name, lines in (
            ("kbo", register), ("perimeters", verdicts), ("accreditations-a", listed)
        )
    }  # fmt: skip
    return cubes.make(Given(given), folder / "cubes")


class TestDirectory:
    def test_counts_what_public_graphs_describe_and_nobody_says_has_ended(
        self, directory: Made
    ) -> None:
        assert found(directory, DIRECTORY, SE_PERIMETER="ANY") == 4
        assert found(directory, DIRECTORY, SE_PERIMETER="ANY", REF_AREA="FR") == 1
        assert found(directory, DIRECTORY, SE_PERIMETER="ANY", REF_AREA=LIEGE) == 2
        assert found(directory, DIRECTORY, SE_PERIMETER="ANY", SE_FAMILY="COOP") == 1

    def test_counts_in_each_perimeter(self, directory: Made) -> None:
        assert found(directory, DIRECTORY, SE_PERIMETER="OBS") == 3
        assert found(directory, DIRECTORY, SE_PERIMETER="OBS", REF_AREA="BE1") == 1

    def test_counts_an_organisation_under_each_accreditation_that_holds(
        self, directory: Made
    ) -> None:
        assert found(directory, DIRECTORY, SE_PERIMETER="ANY", ACCREDITATION="IES") == 1
        assert found(directory, DIRECTORY, SE_PERIMETER="ANY", ACCREDITATION="EI") == 1
        assert found(directory, DIRECTORY, SE_PERIMETER="ANY", ACCREDITATION="NONE") == 3
        assert found(directory, DIRECTORY, SE_PERIMETER="ANY", ACCREDITATION="_T") == 4

    def test_withholds_nothing_and_names_its_sources(self, directory: Made) -> None:
        rows = duckdb.execute(
            f"SELECT DISTINCT CONF_STATUS FROM '{directory.folder}/{DIRECTORY}.parquet'"
        ).fetchall()
        assert rows == [("F",)]
        (told,) = duckdb.execute(
            f"SELECT RULES, GRAPHS FROM '{directory.folder}/{DIRECTORY}.lineage.parquet' "
            "WHERE SE_PERIMETER = 'OBS' AND REF_AREA = 'BE' AND SE_FAMILY = '_T' "
            "AND ACCREDITATION = '_T' AND ACTIVITY = '_T'"
        ).fetchall()
        assert {"R-DIR-1/1", "R-DIR-2/1", "R-TEST/1"} <= set(told[0].split())
        assert "kbo/2024" in told[1]


def test_what_only_an_invented_list_describes_does_not_stand_beside_real_organisations(
    tmp_path: Path,
) -> None:
    invented = [*organisation("kbo-1900000168"), *organisation("members-a-unnumbered")]
    real = [*organisation("concertes-report-2019-1"), *organisation("members-b-unnumbered")]
    given = {
        name: delivered(tmp_path / "graphs", name, lines)
        for name, lines in (("members-a", invented), ("members-b", real))
    }
    made = cubes.make(Given(given), tmp_path / "cubes")
    assert found(made, DIRECTORY, SE_PERIMETER="ANY") == 2
    assert made.remarks == ("directory: 2 invented units are left out",)
    alone = cubes.make(Given({"members-a": given["members-a"]}), tmp_path / "alone")
    assert found(alone, DIRECTORY, SE_PERIMETER="ANY") == 2


@pytest.fixture(scope="module")
def procurement(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("procurement")
    social, other = f"kbo-{number(1)}", "contracts-a-firm"
    lines = [
        *said("id/organisation/contracts-a-town",
              municipality=f"code/refnis-municipality/{LIEGE}"),
        *contract("1", social, 1000, socialClause="code/social-clause/insertion",
                  reservedParticipation="code/reserved-procurement/res-ws",
                  buyerKind="code/buyer-kind/la"),
        *contract("2", other, 3000, socialClause="code/social-clause/none",
                  buyerKind="code/buyer-kind/la"),
        *contract("3", other, None), *contract("4", social, 500, day="2023-02-01"),
        # Several winners, one of them of a perimeter; several clauses.
        *contract("5", other, 4000, socialClause=["code/social-clause/training",
                                                  "code/social-clause/insertion"]),
        *contract("5", social),
        *said("id/contract/contracts-a-6", buyer="id/organisation/contracts-a-town",
              winner=f"id/organisation/{other}", noticeNumber="6", awardedOn="2024-01-01",
              amount=700, currency="code/currency/GBP"),
    ]  # fmt: skip
    # What another sender lists too is counted once.
    again = [one.replace("contracts-a-1", "contracts-b-1") for one in contract("1", social, 9)]
    given = {
        name: delivered(folder / "graphs", name, content)
        for name, content in (
            ("kbo", [*enterprise(number(1))]), ("perimeters", [*perimeter(number(1))]),
            ("contracts-a", lines), ("contracts-b", again),
        )
    }  # fmt: skip
    return cubes.make(Given(given), folder / "cubes")


class TestProcurement:
    def value(self, procurement: Made, sto: str, unit: str, **key: str) -> Decimal | None:
        wanted = {"TIME_PERIOD": "2024", "SE_PERIMETER": "ANY", "STO": sto, "UNIT_MEASURE": unit}
        return found(procurement, PROCUREMENT, **{**wanted, **key})

    def test_counts_lots_once_and_adds_up_euros_only(self, procurement: Made) -> None:
        assert self.value(procurement, "CONTR", "PN") == 5
        assert self.value(procurement, "CONTRV", "EUR") == 8000
        assert self.value(procurement, "CONTR", "PN", TIME_PERIOD="2023") == 1

    def test_gives_the_share_of_each_perimeter_beside_its_two_figures(
        self, procurement: Made
    ) -> None:
        assert self.value(procurement, "CONTR", "PN", SE_PERIMETER="OBS") == 2
        assert self.value(procurement, "CONTR", "PC", SE_PERIMETER="OBS") == 40
        assert self.value(procurement, "CONTRV", "PC", SE_PERIMETER="OBS") == Decimal("62.5")
        assert self.value(procurement, "CONTR", "PC") is None
        assert self.value(procurement, "CONTR", "PC", SE_PERIMETER="OBS", BUYER_KIND="LA") == 50

    def test_tells_contracts_with_a_clause_from_those_without(self, procurement: Made) -> None:
        assert self.value(procurement, "CONTR", "PN", SOCIAL_CLAUSE="WITH") == 2
        assert self.value(procurement, "CONTR", "PN", SOCIAL_CLAUSE="NONE") == 1
        assert self.value(procurement, "CONTR", "PN", SOCIAL_CLAUSE="_U") == 2
        assert self.value(procurement, "CONTR", "PN", SOCIAL_CLAUSE="OTHER", REF_AREA="BE3") == 1
        assert self.value(procurement, "CONTR", "PN", RESERVED="RES") == 1
        assert self.value(procurement, "CONTR", "PC", SE_PERIMETER="OBS", RESERVED="RES") == 100

    def test_is_where_the_buyer_is(self, procurement: Made) -> None:
        assert self.value(procurement, "CONTR", "PN", REF_AREA=LIEGE) == 5
        assert self.value(procurement, "CONTR", "PN", REF_AREA="BE1") is None

    def test_a_share_comes_from_what_both_its_figures_come_from(self, procurement: Made) -> None:
        ((graphs, rules),) = duckdb.execute(
            f"SELECT GRAPHS, RULES FROM '{procurement.folder}/{PROCUREMENT}.lineage.parquet' WHERE "
            "UNIT_MEASURE = 'PC' AND STO = 'CONTR' AND SE_PERIMETER = 'OBS' AND REF_AREA = 'BE' "
            "AND BUYER_KIND = '_T' AND SOCIAL_CLAUSE = '_T' AND RESERVED = '_T' "
            "AND TIME_PERIOD = '2024'"
        ).fetchall()
        assert {"contracts-a/2024", "perimeters/2024"} <= set(graphs.split())
        assert {"R-CTR-1/1", "R-CTR-2/1", "R-TEST/1"} <= set(rules.split())


def volunteering(n: int, persons: int, hours: float | None) -> Iterator[str]:
    given = {"volunteerHours": hours} if hours is not None else {}
    yield from said(
        f"id/observation/volunteers-a-{number(n)}-2024", referencePeriod=2024, volunteers=persons,
        observedUnit=f"id/organisation/kbo-{number(n)}", **given,
    )  # fmt: skip


def test_volunteers_are_counted_and_valued_by_the_rules(tmp_path: Path) -> None:
    lines = [*volunteering(1, 20, 3400), *volunteering(2, 10, 1700), *volunteering(3, 5, None)]
    register = [line for n in (1, 2, 3) for line in enterprise(number(n))]
    verdicts = [line for n in (1, 2, 3) for line in perimeter(number(n))]
    given = {
        "kbo": delivered(tmp_path / "graphs", "kbo", register),
        "perimeters": delivered(tmp_path / "graphs", "perimeters", verdicts),
        "volunteers-a": delivered(tmp_path / "graphs", "volunteers-a", lines, "confidential"),
    }
    made = unprotected(tmp_path, given, "volunteering")
    key = {"SE_PERIMETER": "OBS", "TIME_PERIOD": "2024"}
    assert found(made, VOLUNTEERS, STO="VOL", UNIT_MEASURE="PS", **key) == 35
    assert found(made, VOLUNTEERS, STO="VOL", UNIT_MEASURE="HW", **key) == 5100
    assert found(made, VOLUNTEERS, STO="VOL", UNIT_MEASURE="FTE", **key) == 3
    assert found(made, VOLUNTEERS, STO="VOLV", UNIT_MEASURE="EUR", **key) == Decimal(130050)
    protected = cubes.make(Given(given), tmp_path / "cubes")
    assert found(protected, VOLUNTEERS, STO="VOL", UNIT_MEASURE="PS", **key) is None


def test_only_a_supplement_may_have_volunteers() -> None:
    text = structures.dataflows()["volunteer.toml"]
    assert flows()[VOLUNTEERS].supplement
    with pytest.raises(LoadError, match="VOL is a supplement"):
        dataflows.parse("volunteer.toml", text.replace("supplement = true\n", ""))


def test_shares_of_protected_figures_are_refused() -> None:
    text = structures.dataflows()["procurement.toml"]
    protected = text.replace('confidentiality = "public-microdata"', "")
    with pytest.raises(LoadError, match="would tell what is withheld"):
        dataflows.parse("procurement.toml", protected)


def test_investment_is_what_was_acquired_less_what_was_disposed_of(tmp_path: Path) -> None:
    end = "2024-12-31"
    lines = [
        *account(number(1), end, r9087=3, r8169=500, r8179=120, r8029=40, r1001=3, r1002=2),
        *account(number(2), end, r9087=3, r8179=50, r1002=4), *account(number(3), end, r9087=3),
    ]  # fmt: skip
    given = {
        "kbo": delivered(tmp_path / "graphs", "kbo",
                         [line for n in (1, 2, 3) for line in enterprise(number(n))]),
        "perimeters": delivered(tmp_path / "graphs", "perimeters",
                                [line for n in (1, 2, 3) for line in perimeter(number(n))]),
        "nbb_accounts": delivered(tmp_path / "graphs", "nbb_accounts", lines),
    }  # fmt: skip
    made = unprotected(tmp_path, given, "accounts")
    key = {"SE_PERIMETER": "OBS", "REF_SECTOR": "S1", "SIZE_CLASS": "_T"}
    assert found(made, MAIN, STO="P51G", UNIT_MEASURE="EUR", **key) == 500 - 120 + 40 - 50
    for sto, count in (("SAL", 9), ("SALFT", 3), ("SALPT", 6)):
        assert found(made, TIME, STO=sto, UNIT_MEASURE="PS", **key) == count
    assert found(made, TIME, STO="SALPT", UNIT_MEASURE="PS", REF_AREA=LIEGE, **key) == 6


def control(owner: int, held: int, year: int) -> Iterator[str]:
    yield from said(
        f"id/relationship/nbb-accounts-{owner}-{held}-{year}",
        relationKind="code/relation-kind/controls",
        relationFrom=f"id/organisation/kbo-{number(owner)}",
        relationTo=f"id/organisation/kbo-{number(held)}",
        validFrom=f"{year}-01-01", validTo=f"{year + 1}-01-01",
    )  # fmt: skip


class TestGroups:
    def given(self, folder: Path, links: Iterator[str]) -> Mapping[str, BuiltDelivery]:
        numbers = range(1, 5)
        content = {
            "kbo": [line for n in numbers for line in enterprise(number(n))],
            "perimeters": [line for n in numbers for line in perimeter(number(n))],
            "onss_employers": [line for n in numbers for line in employment(number(n), 2024, 9, 8)],
            "nbb_accounts": list(links),
        }
        hidden = {"onss_employers": "confidential"}
        return {
            name: delivered(folder / "graphs", name, lines, hidden.get(name, "public"))
            for name, lines in content.items() if lines
        }  # fmt: skip

    def holdings(self, folder: Path, links: Iterator[str]) -> dict[str, str]:
        given = Given(self.given(folder, links))
        flow = [flows()["DF_SESA_LABOUR"]]
        with facts.opened(folder) as connection:
            Computation(given, ("employers",), flow, []).read(connection, "employers", folder)
            return dict(connection.execute(
                "SELECT DISTINCT unit[-2:], holding[-2:] FROM employers").fetchall())  # fmt: skip

    def test_units_of_a_group_are_one_holding_under_its_head(self, tmp_path: Path) -> None:
        links = [*control(1, 2, 2024), *control(2, 3, 2023)]
        held = self.holdings(tmp_path, iter(links))
        assert held == {"01": "01", "02": "01", "03": "01", "04": "04"}

    def test_what_old_accounts_say_of_a_group_holds_no_longer(self, tmp_path: Path) -> None:
        held = self.holdings(tmp_path, control(1, 2, 2021))
        assert held["02"] == "02"

    def test_a_circle_has_one_head_whoever_asks(self) -> None:
        owners = {"a": "b", "b": "c", "c": "a", "d": "c"}
        assert {head(one, owners) for one in "abcd"} == {"a"}

    def test_four_units_of_one_group_are_too_few_to_be_shown(self, tmp_path: Path) -> None:
        def shown(folder: Path, links: Iterator[str]) -> Decimal | None:
            made = cubes.make(Given(self.given(folder, links), rules=Rules()), folder / "cubes")
            return found(made, "DF_SESA_OBSERVATORY_CENTRAL", STO="ENTR", UNIT_MEASURE="PN",
                         SE_PERIMETER="OBS", SIZE_CLASS="_T")  # fmt: skip

        assert shown(tmp_path / "apart", iter(())) == 4
        linked = [line for n in (2, 3, 4) for line in control(1, n, 2024)]
        assert shown(tmp_path / "together", iter(linked)) is None


def test_every_relation_is_read_and_every_dataflow_has_one() -> None:
    assert {flow.relation for flow in flows().values()} == RELATIONS.keys()


@pytest.mark.parametrize("name", ["directory", "procurement"])
def test_their_graphs_hold_all_constraints(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    made: Made = request.getfixturevalue(name)
    found = parts(tmp_path / "assembled", made)
    assert {part.graph.visibility for part in found} == {"public"}
    assert integrity.broken(integrity.normalised(triples(found, made))) == {}


def test_a_register_is_read_as_its_updates_left_it(tmp_path: Path) -> None:
    def packet(n: int, **more: object) -> bytes:
        lines = sorted([*organisation(f"kbo-{number(n)}", country="code/country/BE", **more)])
        return "".join(f"{line}\n" for line in lines).encode()

    state = {f"{n:04d}": packet(n) for n in range(600)}
    former = packets.write(tmp_path / "kbo.nt", sorted(state.items()))
    updated = packets.splice(
        former, tmp_path / "updated.nt", {"0300": packet(300, dissolvedOn="2024-05-01")}
    )
    # The first file alone still says what the last full extract said.
    assert not updated.straight
    register = delivered(tmp_path / "graphs", "kbo", []).graphs[0]
    graph = replace(
        register, file=updated.file, sha256=updated.digest, triples=updated.triples, packed=True
    )
    made = cubes.make(Given({"kbo": BuiltDelivery((graph,), {}, {}, ())}), tmp_path / "cubes")
    assert found(made, DIRECTORY, SE_PERIMETER="ANY") == 599
