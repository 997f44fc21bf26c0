"""What changes in an invented register from one day to the next."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from loaders.synthetic import defects, layout, numbers
from loaders.synthetic.layout import File
from loaders.synthetic.parts import Parts
from loaders.synthetic.randomness import Dice

FOUNDED = 0.08
# Of those that exist. What cannot happen to an enterprise becomes a change of its activities.
SHARES: Mapping[str, float] = {
    "ended": 0.09, "moved": 0.22, "renamed": 0.12, "converted": 0.02, "reached": 0.13,
    "extended": 0.10, "active": 0.32,
}  # fmt: skip
# The file of which a change replaces the rows of its enterprise.
FILES: Mapping[str, File] = {
    "moved": layout.ADDRESS,
    "renamed": layout.DENOMINATION,
    "converted": layout.ENTERPRISE,
    "reached": layout.CONTACT,
    "active": layout.ACTIVITY,
}
SOCIAL = "JuridicalForm IN (SELECT code FROM social)"
DIGITS = "replace({}, '.', '')[:8]::BIGINT"


def change(
    database: duckdb.DuckDBPyConnection,
    parts: Parts,
    dice: Dice,
    changed: int,
    social: bool,
    day: date,
) -> dict[str, int]:
    """Make the tables ``…_gone`` and ``…_new`` of every file; return the changes by kind."""
    defects.prepare_forms(database)
    founded = round(changed * FOUNDED)
    database.execute(choose(dice, changed - founded, SOCIAL if social else "true"))
    database.execute(touched())
    for file in layout.ENTITIES:
        keep(database, file)
    found(database, parts, dice, founded, social, day)
    extend(database, parts, dice, day)
    for file, query in replaced(database, parts, dice).items():
        database.execute(f"INSERT INTO {file.name}_new {query}")
    kinds = database.execute("SELECT kind, count(*) FROM changed GROUP BY kind").fetchall()
    return dict(sorted([*kinds, ("founded", founded)]))


def choose(dice: Dice, count: int, among: str) -> str:
    """Return the SQL of the table of the enterprises that change, and how."""
    bounds, reached = [], 0.0
    for kind, share in SHARES.items():
        reached += share
        bounds.append(f"WHEN fate < {reached} THEN '{kind}'")
    digits = DIGITS.format("EnterpriseNumber")
    return f"""
CREATE TEMP TABLE changed AS
WITH chosen AS (
  SELECT EnterpriseNumber AS number, TypeOfEnterprise = '1' AS person, JuridicalForm AS form,
    {digits} AS beginning
  FROM enterprise_csv WHERE {among}
  ORDER BY {dice.draw("chosen", digits)}, EnterpriseNumber LIMIT {count}
), fated AS (
  SELECT *, CASE {" ".join(bounds)} ELSE 'active' END AS kind
  FROM (SELECT *, {dice.fraction("fate", "beginning")} AS fate FROM chosen)
)
SELECT number, person, form, beginning, CASE
    WHEN kind = 'converted' AND coalesce(form, '') NOT LIKE '5__' THEN 'active'
    WHEN kind IN ('moved', 'renamed') AND person THEN 'active'
    WHEN form LIKE '5__' AND kind = 'active' THEN 'converted'
    WHEN kind = 'moved' AND number NOT IN
      (SELECT EntityNumber FROM address_csv WHERE TypeOfAddress = 'REGO') THEN 'active'
    ELSE kind END AS kind
FROM fated ORDER BY number"""


def touched() -> str:
    """Return the SQL of the entities whose rows an update holds: also parts of what ended."""
    return """
CREATE TEMP TABLE touched AS
SELECT number, kind, beginning FROM changed
UNION ALL SELECT EstablishmentNumber, 'ended', 0 FROM establishment_csv
  JOIN changed ON number = EnterpriseNumber WHERE kind = 'ended'
UNION ALL SELECT Id, 'ended', 0 FROM branch_csv
  JOIN changed ON number = EnterpriseNumber WHERE kind = 'ended'"""


def keep(database: duckdb.DuckDBPyConnection, file: File) -> None:
    """Keep the rows of a file that an update deletes, its keys, and a table for the new rows."""
    kinds = [kind for kind, own in FILES.items() if own.name == file.name]
    listed = ", ".join(f"'{kind}'" for kind in [*kinds, "ended"])
    database.execute(
        f"CREATE TEMP TABLE {file.name}_old AS SELECT c.*, t.kind AS _kind, "
        f"t.beginning AS _beginning FROM {file.name}_csv AS c JOIN touched AS t "
        f"ON t.number = c.{file.key} WHERE t.kind IN ({listed})"
    )
    # The row that a change adds may be the first one: there is then nothing to delete.
    database.execute(
        f"CREATE TEMP TABLE {file.name}_gone AS SELECT DISTINCT {file.key} FROM {file.name}_old"
    )
    database.execute(
        f"CREATE TEMP TABLE {file.name}_new AS SELECT * FROM {file.name}_csv WHERE false"
    )


def place(parts: Parts, dice: Dice, index: str) -> str:
    """Return SQL of a place for something new."""
    return dice.pick("place_slots", parts.counts["place_slots"], "new place", index)


def address(kind: str, place_sql: str, dice: Dice, parts: Parts, index: str) -> str:
    """Return SQL of the columns of a new Belgian address."""
    street = dice.below(parts.counts["street_fr"], "new street", index)
    dutch, french = (f"getvariable('street_{one}')[{street} + 1]" for one in ("nl", "fr"))
    language = f"getvariable('place_language')[{place_sql} + 1]"
    local = f"CASE WHEN {language} = '2' THEN {dutch} ELSE {french} END"
    return f"""'{kind}' AS TypeOfAddress, NULL AS CountryNL, NULL AS CountryFR,
  getvariable('postcode')[{place_sql} + 1] AS Zipcode,
  getvariable('place_nl')[{place_sql} + 1] AS MunicipalityNL,
  getvariable('place_fr')[{place_sql} + 1] AS MunicipalityFR,
  {local} AS StreetNL, {local} AS StreetFR,
  ({dice.below(200, "new house", index)} + 1)::VARCHAR AS HouseNumber,
  '' AS Box, '' AS ExtraAddressInfo, NULL AS DateStrikingOff"""


def replaced(database: duckdb.DuckDBPyConnection, parts: Parts, dice: Dice) -> dict[File, str]:
    """Return for each file the complete rows that its changed enterprises have from now on."""
    b = "_beginning"
    name = f"{dice.pick('proper', parts.counts['proper'], 'renamed', b)} || ' ' || " + (
        dice.pick("theme_fr", parts.counts["theme_fr"], "renamed theme", b)
    )
    has_cac = "JuridicalFormCAC" in columns(database, "enterprise_csv")
    cac = ", NULL AS JuridicalFormCAC" if has_cac else ""
    code = dice.pick("nace_2025", parts.counts["nace_2025"], "new activity", "beginning")
    seat = address("REGO", place(parts, dice, "beginning"), dice, parts, "beginning")
    tel = dice.below(10_000, "new tel", "beginning")
    return {
        layout.ENTERPRISE: f"SELECT * EXCLUDE (_kind, _beginning) REPLACE ('706' AS JuridicalForm"
        f"{cac}) FROM enterprise_old WHERE _kind = 'converted'",
        layout.DENOMINATION: f"SELECT * EXCLUDE (_kind, _beginning) REPLACE (CASE WHEN "
        f"TypeOfDenomination = '001' THEN {name} ELSE Denomination END AS Denomination) "
        "FROM denomination_old WHERE _kind = 'renamed'",
        layout.ADDRESS: "SELECT * EXCLUDE (_kind, _beginning) FROM address_old "
        "WHERE _kind = 'moved' AND TypeOfAddress <> 'REGO' "
        f"UNION ALL SELECT number, {seat} "
        "FROM changed WHERE kind = 'moved'",
        layout.ACTIVITY: "SELECT * EXCLUDE (_kind, _beginning) FROM activity_old "
        "WHERE _kind = 'active' UNION SELECT number, '001', '2025', "
        f"{code}, 'ANCI' FROM changed WHERE kind = 'active'",
        layout.CONTACT: "SELECT * EXCLUDE (_kind, _beginning) FROM contact_old "
        "WHERE _kind = 'reached' AND ContactType <> 'TEL' "
        f"UNION ALL SELECT number, 'ENT', 'TEL', printf('02/000.%04d', {tel}) "
        "FROM changed WHERE kind = 'reached'",
    }  # fmt: skip


def columns(database: duckdb.DuckDBPyConnection, table: str) -> Sequence[str]:
    """Return the columns of a table."""
    return [row[0] for row in database.execute(f"DESCRIBE {table}").fetchall()]


def next_number(file: File) -> str:
    """Return SQL of the beginning after the highest one that a file has."""
    return f"(SELECT max({DIGITS.format(file.key)}) + 1 FROM {file.name}_csv)"


def found(
    database: duckdb.DuckDBPyConnection,
    parts: Parts,
    dice: Dice,
    count: int,
    social: bool,
    day: date,
) -> None:
    """Add new enterprises, whose numbers are the highest."""
    slot = dice.pick("form_slots", parts.counts["form_slots"], "new form")
    form = f"getvariable('form_code')[{slot} + 1]"
    database.execute(f"""
CREATE TEMP TABLE founded AS
SELECT i, {numbers.sql_dotted("beginning")} AS number, {"'017'" if social else form} AS form,
  {place(parts, dice, "beginning")} AS place, beginning,
  {dice.pick("proper", parts.counts["proper"], "new name", "beginning")} || ' ' ||
    {dice.pick("theme_fr", parts.counts["theme_fr"], "new theme", "beginning")} AS name
FROM (SELECT i, {next_number(layout.ENTERPRISE)} + i AS beginning FROM range({count}) AS n(i))""")
    database.execute(
        "INSERT INTO enterprise_new BY NAME SELECT number AS EnterpriseNumber, 'AC' AS Status, "
        "'000' AS JuridicalSituation, '2' AS TypeOfEnterprise, form AS JuridicalForm, "
        f"'{day:%d-%m-%Y}' AS StartDate FROM founded"
    )
    database.execute(
        "INSERT INTO denomination_new SELECT number, getvariable('place_language')[place + 1], "
        "'001', name FROM founded"
    )
    seat = address("REGO", "place", dice, parts, "beginning")
    database.execute(
        f"INSERT INTO address_new BY NAME SELECT number AS EntityNumber, {seat} FROM founded"
    )
    code = dice.pick("nace_2025", parts.counts["nace_2025"], "founded activity", "beginning")
    database.execute(
        f"INSERT INTO activity_new SELECT number, '001', '2025', {code}, 'MAIN' FROM founded"
    )


def extend(database: duckdb.DuckDBPyConnection, parts: Parts, dice: Dice, day: date) -> None:
    """Add an establishment, with address and activity, to each enterprise that extends."""
    beginning = f"{next_number(layout.ESTABLISHMENT)} + row_number() OVER (ORDER BY number)"
    database.execute(f"""
CREATE TEMP TABLE extension AS
SELECT {numbers.sql_dotted("beginning", establishment=True)} AS number, owner, beginning,
  {place(parts, dice, "beginning")} AS place
FROM (SELECT number AS owner, {beginning} AS beginning FROM changed WHERE kind = 'extended')""")
    database.execute(
        f"INSERT INTO establishment_new SELECT number, '{day:%d-%m-%Y}', owner FROM extension"
    )
    unit = address("BAET", "place", dice, parts, "beginning")
    database.execute(
        f"INSERT INTO address_new BY NAME SELECT number AS EntityNumber, {unit} FROM extension"
    )
    code = dice.pick("nace_2025", parts.counts["nace_2025"], "extension activity", "beginning")
    database.execute(
        f"INSERT INTO activity_new SELECT number, '003', '2025', {code}, 'MAIN' FROM extension"
    )
