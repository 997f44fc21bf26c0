"""Lists of partners on an invented register, and the truth about each of their rows."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from loaders.synthetic import defects, distort, lists, names, update
from loaders.synthetic.distort import Known
from loaders.synthetic.full import Progress, opened
from loaders.synthetic.randomness import Dice

RIGHT, NONE, MISTYPED, OTHERS = "right", "none", "wrong check digits", "another's"
NUMBERS = {RIGHT: 560, NONE: 400, MISTYPED: 30, OTHERS: 10}
HOMONYMS_FAVOURED = 4
UNREGISTERED, NAMESAKE_ELSEWHERE = 0.05, 0.02
TRUTH = ("list", "row", "enterprise_number", "number_as", "name_as", "address_as")


@dataclass(frozen=True)
class Entry:
    """One organisation on one list: as it is written, and what is true of it."""

    number: str
    written_as: str
    name: str
    legal_form: str
    street: str
    postcode: str
    municipality: str
    number_as: str
    name_as: str
    address_as: str
    form: str


@dataclass
class Written:
    """The files that were written, the truth, and how often each thing was done."""

    truth: list[tuple[str, ...]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def generate(extract: Path, rows: int, seed: int, folder: Path, tell: Progress) -> list[Path]:
    """Write lists with some ``rows`` in all on a full extract, and ``truth.csv``; return the files.

    Of each list that has wrong check digits there is also how it was first sent, ``….first.csv``:
    a list that has to be refused.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".synthetic-", dir=folder) as scratch:
        work = Path(scratch)
        with closing(opened(work)) as database:
            tell("reading the register for the lists")
            update.read(database, update.Update(extract, 0, seed), work)
            known = list(chosen(database, Dice(seed), rows))
    tell("writing lists")
    dice = random.Random(f"{seed}/partners")  # noqa: S311 nothing secret
    written = Written()
    files = []
    for planned in lists.PLANNED:
        there = [one for one in known if planned.covers(one.postcode or "")]
        found = entries(there, round(rows * planned.share), dice)
        files += lists.write(planned, found, folder, written, dice)
    files.append(saved(folder / "truth.csv", TRUTH, written.truth))
    counts = folder / "partners.counts.json"
    counts.write_text(json.dumps(dict(sorted(written.counts.items())), indent=2) + "\n")
    return [*files, counts]


def saved(path: Path, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Path:
    """Write a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def chosen(database: duckdb.DuckDBPyConnection, dice: Dice, count: int) -> Iterator[Known]:
    """Yield enterprises of the social economy as the dice fall, homonyms more than others."""
    defects.prepare_forms(database)
    digits = "replace(EnterpriseNumber, '.', '')[:8]::BIGINT"
    database.execute(f"""
CREATE TEMP TABLE listable AS
SELECT EnterpriseNumber AS number, JuridicalForm AS form, {dice.draw("listed", digits)} AS drawn
FROM enterprise_csv WHERE JuridicalForm IN (SELECT code FROM social)
  AND 97 - {digits} % 97 = replace(EnterpriseNumber, '.', '')[9:]::BIGINT""")
    database.execute("""
CREATE TEMP TABLE called AS
SELECT EntityNumber AS number,
  arg_min(Denomination, Language) FILTER (TypeOfDenomination = '001') AS name,
  max(Language) FILTER (TypeOfDenomination = '001') AS last_language,
  arg_max(Denomination, Language) FILTER (TypeOfDenomination = '001') AS other,
  any_value(Denomination) FILTER (TypeOfDenomination = '002') AS short,
  min(Denomination) FILTER (TypeOfDenomination = '003') AS trade
FROM denomination_csv SEMI JOIN listable ON number = EntityNumber GROUP BY EntityNumber""")
    rows = database.execute(f"""
SELECT l.number, l.form, c.name, nullif(c.other, c.name), c.short, c.trade,
  a.StreetFR, a.StreetNL, a.HouseNumber, a.Zipcode, a.MunicipalityFR, a.MunicipalityNL
FROM listable AS l JOIN called AS c USING (number)
LEFT JOIN address_csv AS a ON a.EntityNumber = l.number AND a.TypeOfAddress = 'REGO'
  AND a.DateStrikingOff IS NULL AND a.CountryFR IS NULL
ORDER BY CASE WHEN count(*) OVER (PARTITION BY lower(c.name)) > 1
  THEN l.drawn // {HOMONYMS_FAVOURED} ELSE l.drawn END, l.number
LIMIT {count}""").fetchall()
    for number, *rest in rows:
        yield Known(number.replace(".", ""), *rest)


def entries(known: list[Known], count: int, dice: random.Random) -> list[Entry]:
    """Return the organisations of one list, each once, some of them not in the register."""
    found: list[Entry] = []
    keys: set[tuple[str, ...]] = set()
    sampled = dice.sample(known, min(count, len(known)))
    here = {one.number for one in sampled}
    # A number that stands on a list twice with different names has the whole list refused.
    absent = [one for one in known if one.number not in here] or [sampled[0]]
    dice.shuffle(absent)
    for one in sampled:
        made = entry(one, dice.choice(known), absent, dice)
        # Two rows of a list that say the same are one organisation to everybody.
        key = (made.name.casefold(), made.postcode, made.municipality.casefold())
        if key not in keys:
            keys.add(key)
            found.append(made)
    return found


def entry(one: Known, other: Known, absent: list[Known], dice: random.Random) -> Entry:
    """Return how a list writes an enterprise, or one that the register does not have.

    ``absent`` are enterprises that are not on the list; the number of one may be mistaken for it.
    """
    (number_as,) = dice.choices(list(NUMBERS), weights=list(NUMBERS.values()))
    if number_as == OTHERS and len(absent) < 2:
        number_as = NONE
    fate = dice.random()
    if fate < UNREGISTERED + NAMESAKE_ELSEWHERE:
        one = (
            replace(other, number="", name=unheard_of(dice), short=None, trade=None)
            if fate < UNREGISTERED
            else replace(other, number="", name=one.name, form=one.form, other_language=None)
        )
        number_as = NONE
    name_as, name = distort.name(one, dice)
    address_as, (street, postcode, municipality) = distort.address(one, other, dice)
    return Entry(
        number=one.number,
        written_as=written_number(one, absent, number_as, dice),
        name=name,
        legal_form=distort.legal_form(one, dice),
        street=street,
        postcode=postcode,
        municipality=municipality,
        number_as=number_as if one.number else "not in the register",
        name_as=name_as,
        address_as=address_as,
        form=one.form,
    )


def unheard_of(dice: random.Random) -> str:
    """Return a name that no enterprise of the register has but by chance."""
    proper = "".join(dice.choice(names.french(part)) for part in ("first", "middle", "last"))
    head, quality = (dice.choice(names.french(kind)) for kind in ("social head", "quality"))
    return f"{head} {proper} {quality}"


def written_number(one: Known, absent: list[Known], number_as: str, dice: random.Random) -> str:
    """Return what stands in the cell for the number when the list is first sent."""
    if number_as == RIGHT:
        return distort.number(one.number, dice)
    if number_as == MISTYPED:
        return distort.wrong_number(one.number)
    return absent.pop().number if number_as == OTHERS else ""
