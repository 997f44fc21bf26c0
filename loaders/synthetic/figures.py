"""Employment and annual accounts of the employers of an invented register, as they are delivered.

What one file says, the others say too: an employer's jobs are those of its workplaces together,
and its accounts pay the staff that it reports.
"""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from loaders.kbo import municipalities
from loaders.synthetic import defects, public_lists, update
from loaders.synthetic.full import Progress, opened
from loaders.synthetic.update import Update

# Codes of the register: activities that the social security office told it of, and main ones.
TOLD_BY_ONSS, MAIN = "006", "MAIN"
EMPLOYERS = (
    "period", "employer_number", "establishment_number", "refnis", "nace_version", "nace",
    "joint_committee", "status", "sex", "posts", "fte",
)  # fmt: skip
CELLS = (
    "period", "refnis", "nace_version", "nace", "legal_form_group", "sector", "joint_committee",
    "status", "sex", "posts", "fte", "local_units", "scope", "suppressed",
)  # fmt: skip
FAMILIES = {"0": "cooperative", "5": "company-social-purpose", "7": "cooperative"}
ASSOCIATIONS, FOUNDATIONS = ("017", "125", "020", "023", "028"), ("026", "029", "018")
MUTUALS = ("019", "021")
COMPANIES = ("cooperative", "company-social-purpose")
# Fewer units than that in a cell of an aggregate, and the office withholds it.
FEWEST_UNITS = 3
WOMEN, HOURS = 0.66, 1_480
# Deposits begin behind those that the web service could have given.
FIRST_DEPOSIT = 99_000_000
WITHOUT_ACCOUNTS = 0.12
MARKET, GROUPS = 0.35, 0.04
# How many companies keep stocks of what they make, and employers make assets for themselves.
STOCKS, OWN_WORK = 0.3, 0.12


@dataclass(frozen=True)
class Employer:
    """An enterprise with staff: its number, form, main activity, seat and workplaces."""

    number: str
    name: str
    form: str
    nace: tuple[str, str]
    municipality: str
    workplaces: tuple[tuple[str, str], ...]

    @property
    def family(self) -> str:
        """The legal family, as the aggregates group it."""
        if self.form in ASSOCIATIONS:
            return "association"
        if self.form in FOUNDATIONS:
            return "foundation"
        return "mutual" if self.form in MUTUALS else FAMILIES.get(self.form[0], "cooperative")


@dataclass(frozen=True)
class Staff:
    """Jobs and full-time equivalents by workplace (empty at the seat) and sex."""

    rows: tuple[tuple[str, str, str, int, float], ...]

    @property
    def jobs(self) -> int:
        """All jobs."""
        return sum(row[3] for row in self.rows)

    @property
    def fte(self) -> float:
        """All full-time equivalents."""
        return round(sum(row[4] for row in self.rows), 2)


def generate(
    extract: Path, years: Sequence[int], seed: int, folder: Path, tell: Progress
) -> list[Path]:
    """Write the deliveries, a folder each, for some years; return the folders."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".synthetic-", dir=folder) as scratch:
        work = Path(scratch)
        with closing(opened(work)) as database:
            tell("reading the register for the figures")
            update.read(database, Update(extract, 0, seed), work)
            known = list(employers(database))
    tell("writing figures")
    staff = {(one.number, year): engaged(one, year, seed) for one in known for year in years}
    written: dict[str, Callable[[Path], None]] = {
        "onss_employers": lambda to: write_employers(to, known, years, staff),
        "onss_centralised": lambda to: write_cells(to, centralised(known, years, staff)),
        "onss_decentralised": lambda to: write_cells(to, decentralised(known, years, staff)),
        "nbb_accounts": lambda to: write_accounts(to, known, years, staff, seed),
        "contracts": lambda to: public_lists.write_contracts(to, known, years, seed),
        "volunteers": lambda to: public_lists.write_volunteers(to, known, years, seed),
    }
    for name, write in written.items():
        (folder / name).mkdir(exist_ok=True)
        write(folder / name)
    return [folder / name for name in written]


def employers(database: duckdb.DuckDBPyConnection) -> Iterator[Employer]:
    """Yield the enterprises of the social economy of which the register knows staff."""
    defects.prepare_forms(database)
    right = "97 - replace({0}, '.', '')[:8]::BIGINT % 97 = replace({0}, '.', '')[9:]::BIGINT"
    rows = database.execute(f"""
WITH staffed AS (
  SELECT DISTINCT ON (EntityNumber) EntityNumber AS entity, NaceVersion AS version, NaceCode AS nace
  FROM activity_csv WHERE ActivityGroup = '{TOLD_BY_ONSS}'
  ORDER BY EntityNumber, NaceVersion DESC, Classification = '{MAIN}' DESC, NaceCode
), located AS (
  SELECT DISTINCT ON (EntityNumber) EntityNumber AS entity, Zipcode AS zip,
    MunicipalityNL AS nl, MunicipalityFR AS fr
  FROM address_csv WHERE DateStrikingOff IS NULL ORDER BY ALL
), called AS (
  SELECT EntityNumber AS entity, min(Denomination) AS name FROM denomination_csv
  WHERE TypeOfDenomination = '001' GROUP BY ALL
)
SELECT e.EnterpriseNumber, coalesce(called.name, ''), e.JuridicalForm, s.version, s.nace,
  l.zip, l.nl, l.fr,
  (SELECT list({{'n': b.EstablishmentNumber, 'zip': p.zip, 'nl': p.nl, 'fr': p.fr}}
     ORDER BY b.EstablishmentNumber)
   FROM establishment_csv AS b LEFT JOIN located AS p ON p.entity = b.EstablishmentNumber
   WHERE b.EnterpriseNumber = e.EnterpriseNumber)
FROM enterprise_csv AS e JOIN staffed AS s ON s.entity = e.EnterpriseNumber
LEFT JOIN located AS l ON l.entity = e.EnterpriseNumber
LEFT JOIN called ON called.entity = e.EnterpriseNumber
WHERE e.JuridicalForm IN (SELECT code FROM social) AND {right.format("e.EnterpriseNumber")}
ORDER BY e.EnterpriseNumber""").fetchall()
    for number, name, form, version, nace, postcode, dutch, french, places in rows:
        found = [(one["n"], place(one["zip"], one["nl"], one["fr"])) for one in places or ()]
        yield Employer(
            number=number.replace(".", ""), name=name, form=form, nace=(version, nace),
            municipality=place(postcode, dutch, french),
            workplaces=tuple((one.replace(".", ""), where) for one, where in found),
        )  # fmt: skip


def place(postcode: str | None, dutch: str | None, french: str | None) -> str:
    """Return the municipality of an address, empty where it cannot be told."""
    found = municipalities.find(postcode, dutch, french)
    return found.refnis if found else ""


def dice(seed: int, *about: object) -> random.Random:
    """Return choices that follow from a seed and from what they are about."""
    return random.Random("/".join(map(str, (seed, *about))))  # noqa: S311 nothing secret


def engaged(one: Employer, year: int, seed: int) -> Staff:
    """Return the staff of an employer in a year: its size, moved a little from year to year."""
    size = dice(seed, "size", one.number)
    usual = 1 + size.lognormvariate(1.7, 1.35)
    jobs = max(1, round(usual * (1 + dice(seed, "move", one.number, year).gauss(0.02, 0.06))))
    women = min(0.95, max(0.05, size.gauss(WOMEN, 0.2)))
    part_time = min(1.0, max(0.4, size.gauss(0.78, 0.1)))
    places = list(one.workplaces) or [("", one.municipality)]
    weights = [3.0, *(size.random() + 0.2 for _ in places[1:])]
    draw = dice(seed, "staff", one.number, year)
    spread: Counter[tuple[str, str, str]] = Counter()
    for _ in range(jobs):
        number, where = draw.choices(places, weights)[0]
        spread[number, where, "F" if draw.random() < women else "M"] += 1
    return Staff(
        tuple(
            (number, where, sex, posts, round(posts * part_time, 2))
            for (number, where, sex), posts in sorted(spread.items())
        )
    )


Employed = dict[tuple[str, int], Staff]


def write_employers(
    folder: Path, known: Sequence[Employer], years: Sequence[int], staff: Employed
) -> None:
    """Write what each employer reports: at its seat, and at each workplace."""
    with (folder / "employers.csv").open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(EMPLOYERS)
        for year in years:
            for one in known:
                out.writerows(reported(one, year, staff[one.number, year]))


def reported(one: Employer, year: int, staff: Staff) -> Iterator[tuple[object, ...]]:
    """Yield the rows of an employer: by sex at the seat, by workplace and sex where there are."""
    version, nace = one.nace
    start = (f"{year}-Q4", one.number)
    by_sex: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for _, _, sex, posts, fte in staff.rows:
        by_sex[sex] = (by_sex[sex][0] + posts, by_sex[sex][1] + fte)
    for sex, (posts, fte) in sorted(by_sex.items()):
        seat = ("", one.municipality, version, nace, "", "", sex)
        yield (*start, *seat, posts, round(fte, 2))
    for number, where, sex, posts, fte in staff.rows:
        if number:
            yield (*start, number, where, version, nace, "", "", sex, posts, fte)


Cell = tuple[str, str, str, int, float, int, str]


def centralised(known: Sequence[Employer], years: Sequence[int], staff: Employed) -> Iterator[Cell]:
    """Yield the cells of the aggregate by seat: municipality and legal family."""
    for year in years:
        sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0, 0])
        for one in known:
            if one.municipality:
                found = staff[one.number, year]
                add(sums[one.municipality, one.family], found.jobs, found.fte)
        yield from cells(year, sums, "centralised")


def decentralised(
    known: Sequence[Employer], years: Sequence[int], staff: Employed
) -> Iterator[Cell]:
    """Yield the cells of the aggregate by place of work: municipality and legal family."""
    for year in years:
        sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0, 0])
        for one in known:
            by_place: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])
            for _, where, _, posts, fte in staff[one.number, year].rows:
                by_place[where][0] += posts
                by_place[where][1] += fte
            for where, total in by_place.items():
                if where:
                    add(sums[where, one.family], total[0], total[1])
        yield from cells(year, sums, "decentralised")


def add(total: list[float], posts: float, fte: float) -> None:
    """Add one unit to a cell."""
    total[0] += posts
    total[1] += fte
    total[2] += 1


def cells(year: int, sums: dict[tuple[str, str], list[float]], scope: str) -> Iterator[Cell]:
    """Yield the cells of a year in order."""
    for (refnis, family), (posts, fte, units) in sorted(sums.items()):
        yield f"{year}-Q4", refnis, family, int(posts), round(fte, 2), int(units), scope


def write_cells(folder: Path, found: Iterator[Cell]) -> None:
    """Write an aggregate, its small cells withheld."""
    with (folder / "figures.csv").open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(CELLS)
        for period, refnis, family, posts, fte, units, scope in found:
            small = units < FEWEST_UNITS
            figures = ("", "", "") if small else (posts, fte, units)
            out.writerow(
                (period, refnis, "", "", family, "", "", "", "", *figures, scope,
                 "true" if small else "false")
            )  # fmt: skip


def write_accounts(
    folder: Path, known: Sequence[Employer], years: Sequence[int], staff: Employed, seed: int
) -> None:
    """Write the references of deposits, and the accounting data of each."""
    references, accounts = [], []
    for year in years:
        for place, one in enumerate(known):
            if dice(seed, "files", one.number).random() < WITHOUT_ACCOUNTS:
                continue
            number = f"{year + 1}-{FIRST_DEPOSIT + place:08}"
            references.append(reference(one, year, number))
            found = rubrics(one, year, staff[one.number, year], seed)
            said = [
                {"Code": code, "Value": f"{value:.2f}", "Period": "N"}
                for code, value in found.items()
            ]
            document: dict[str, object] = {"ReferenceNumber": number, "Rubrics": said}
            # Now and then one employer holds the majority of the next one in the register.
            if dice(seed, "group", one.number).random() < GROUPS and place + 1 < len(known):
                document["ParticipatingInterests"] = [interest(known[place + 1], seed)]
            accounts.append(document)
    for name, content in (("references", references), ("accounts", accounts)):
        text = json.dumps(content, indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def interest(held: Employer, seed: int) -> dict[str, object]:
    """Return a participating interest of a majority, as the web service gives it."""
    part = f"{dice(seed, 'held', held.number).uniform(0.51, 1):.4f}"
    return {
        "Entity": {"Name": held.name, "Identifier": held.number},
        "ParticipatingInterestHeld": [
            {"Nature": "Parts", "Line": "1", "PercentageDirectlyHeld": part}
        ],
    }


def reference(one: Employer, year: int, number: str) -> dict[str, object]:
    """Return the reference of a deposit, as the web service gives it."""
    model = "m05-f" if one.family in ("association", "foundation") else "m82-f"
    return {
        "ReferenceNumber": number,
        "DepositDate": date(year + 1, 6, 20).isoformat(),
        "ExerciseDates": {"startDate": f"{year}-01-01", "endDate": f"{year}-12-31"},
        "ModelType": model,
        "DepositType": "Initial",
        "Language": "FR",
        "Currency": "EUR",
        "EnterpriseNumber": one.number,
        "EnterpriseName": one.name,
        "LegalForm": one.form,
        "LegalSituation": "000",
        "DataVersion": "Authentic",
    }


def unsold(one: Employer, year: int, seed: int, sales: float, bought: float) -> dict[str, float]:
    """Return what is made and not sold: put into stocks, or taken out, and made for oneself.

    What is made for oneself is among the assets acquired.
    """
    draw, kind = dice(seed, "unsold", one.number, year), dice(seed, "makes", one.number)
    found = {}
    if kind.random() < STOCKS and one.family in COMPANIES:
        found["71"] = round(sales * draw.uniform(-0.04, 0.06), 2)
    if kind.random() < OWN_WORK:
        found["72"] = round(min(bought * draw.uniform(0.1, 0.6), sales / 2), 2)
    return found


def rubrics(one: Employer, year: int, staff: Staff, seed: int) -> dict[str, float]:
    """Return the accounts of a year: what is earned covers what is spent, but for the result."""
    draw, kind = dice(seed, "accounts", one.number, year), dice(seed, "market", one.number)
    company = one.family in COMPANIES
    market = company or kind.random() < MARKET
    pay = round(staff.fte * draw.uniform(46_000, 62_000), 2)
    goods = round(pay * (draw.uniform(0.2, 0.9) if market else draw.uniform(0, 0.12)), 2)
    services = round(pay * draw.uniform(0.18, 0.5), 2)
    wear = round(pay * draw.uniform(0.02, 0.1), 2)
    bought, sold = (round(wear * draw.uniform(*range_), 2) for range_ in ((0.5, 1.9), (0, 0.4)))
    heads = staff.jobs * dice(seed, "average", one.number, year).uniform(0.92, 1.04)
    average = round(max(heads, staff.fte + 0.1), 1)
    part_time = round(average * kind.uniform(0.2, 0.75), 1)
    other = round(pay * draw.uniform(0.002, 0.02), 2)
    costs = pay + goods + services + wear + other
    result = round(costs * draw.gauss(0.012, 0.03), 2)
    earned = costs + result
    share = kind.uniform(0.6, 0.97) if market else kind.uniform(0.04, 0.4)
    sales = round(earned * share, 2)
    support = round((earned - sales) * kind.uniform(0.5, 0.9), 2)
    gifts = 0.0 if company else round((earned - sales - support) * 0.6, 2)
    rest = round(earned - sales - support - gifts, 2)
    kept = unsold(one, year, seed, sales, bought)
    found = {
        "70": sales - sum(kept.values()), **kept, "73": gifts, "74": support + rest, "740": support,
        "70/76A": sales + gifts + support + rest,
        "60": goods, "61": services, "62": pay, "630": wear, "640/8": other, "60/66A": costs,
        "9901": result, "9903": result, "9904": result,
        "10/15": round(earned * kind.uniform(0.1, 0.8), 2),
        "20/58": round(earned * kind.uniform(0.9, 1.8), 2),
        "9086": float(staff.jobs), "9087": staff.fte, "9088": round(staff.fte * HOURS),
        "8169": bought, "8179": sold, "8029": round(wear * kind.uniform(0, 0.1), 2),
        "1001": round(average - part_time, 1), "1002": part_time,
        "1003": staff.fte, "1013": round(staff.fte * HOURS), "1023": pay,
    }  # fmt: skip
    return {code: round(value, 2) for code, value in found.items()}
