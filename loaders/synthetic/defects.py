"""How often each defect stands in an extract, counted in the files themselves."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from loaders.synthetic import layout, places
from loaders.synthetic.layout import File
from loaders.synthetic.parts import forms

# Letters that machines and typists take for one another.
FOLDED = "translate(lower(strip_accents(Denomination)), 'l1|0', 'iiio')"
COUNTS: Mapping[str, str] = {
    "natural_persons": "FROM enterprise_csv WHERE TypeOfEnterprise = '1'",
    "social_economy_forms": "FROM enterprise_csv WHERE JuridicalForm IN (SELECT code FROM social)",
    "missing_address": """FROM enterprise_csv WHERE TypeOfEnterprise = '2' AND EnterpriseNumber
      NOT IN (SELECT EntityNumber FROM address_csv WHERE TypeOfAddress = 'REGO')""",
    "foreign_address": "FROM address_csv WHERE CountryFR <> ''",
    "struck_off_address": "FROM address_csv WHERE DateStrikingOff <> ''",
    "merged_municipality_name": """FROM address_csv JOIN merged
      ON Zipcode = postcode AND MunicipalityNL = old""",
    "postcode_of_two_municipalities": """FROM address_csv
      WHERE TypeOfAddress = 'REGO' AND Zipcode IN (SELECT postcode FROM shared)""",
    "no_main_activity": """FROM enterprise_csv WHERE EnterpriseNumber NOT IN
      (SELECT EntityNumber FROM activity_of WHERE mains > 0)""",
    "several_main_activities": """FROM enterprise_csv WHERE EnterpriseNumber IN
      (SELECT EntityNumber FROM activity_of WHERE mains > 1)""",
    "two_main_in_one_group_and_version": """FROM enterprise_csv WHERE EnterpriseNumber IN
      (SELECT EntityNumber FROM activity_of WHERE mains > places)""",
    "only_old_nace": """FROM enterprise_csv WHERE EnterpriseNumber IN
      (SELECT EntityNumber FROM activity_of WHERE newest < '2025')""",
    "only_new_nace": """FROM enterprise_csv WHERE EnterpriseNumber IN
      (SELECT EntityNumber FROM activity_of WHERE oldest = '2025')""",
    "names_in_french_and_dutch": """FROM (SELECT EntityNumber FROM denomination_csv
      WHERE TypeOfDenomination = '001' AND Language IN ('1', '2')
      GROUP BY EntityNumber HAVING count(DISTINCT Language) = 2)""",
    "homonyms": """FROM (SELECT lower(Denomination) FROM denomination_csv JOIN enterprise_csv
        ON EntityNumber = EnterpriseNumber
      WHERE TypeOfDenomination = '001' AND TypeOfEnterprise = '2'
      GROUP BY ALL HAVING count(DISTINCT EntityNumber) > 1)""",
    "spoilt_names": f"""FROM (SELECT EntityNumber, {FOLDED} AS folded FROM denomination_csv
      WHERE TypeOfDenomination IN ('001', '003') AND EntityNumber < '2'
      GROUP BY ALL HAVING count(DISTINCT TypeOfDenomination) = 2)""",
    "social_purpose_read_as_cooperative": """FROM enterprise_csv
      WHERE JuridicalForm LIKE '5__' AND JuridicalFormCAC = '706'""",
    "wrong_check_digits": """FROM enterprise_csv
      WHERE 97 - replace(EnterpriseNumber, '.', '')[:8]::BIGINT % 97
        <> replace(EnterpriseNumber, '.', '')[9:]::BIGINT""",
}


def counted(
    database: duckdb.DuckDBPyConnection, bodies: Mapping[File, Sequence[Path]]
) -> dict[str, dict[str, int]]:
    """Return the rows by file and the defects by kind of a full extract without headers."""
    for file, paths in bodies.items():
        view(database, file, paths, f"{file.name}_csv")
    without = layout.ENTERPRISE_BEFORE_CAC in bodies
    rows = {file.name: number(database, f"FROM {file.name}_csv") for file in bodies}
    prepare(database)
    found = {
        name: number(database, query)
        for name, query in COUNTS.items()
        if not (without and "JuridicalFormCAC" in query)
    }
    return {"rows": rows, "counts": found}


def view(
    database: duckdb.DuckDBPyConnection,
    file: File,
    paths: Sequence[Path],
    name: str,
    *,
    header: bool = False,
) -> None:
    """Make the rows of files readable under a name."""
    listed = ", ".join(f"'{path}'" for path in paths)
    columns = ", ".join(f"'{column}': 'VARCHAR'" for column in file.columns)
    database.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_csv([{listed}], "
        f"header = {header}, delim = ',', quote = '\"', escape = '\"', auto_detect = false, "
        f"columns = {{{columns}}})"
    )


def number(database: duckdb.DuckDBPyConnection, source: str) -> int:
    """Return how many rows a FROM clause has."""
    found = database.execute(f"SELECT count(*) {source}").fetchone()
    return int(found[0]) if found else 0


def prepare(database: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the counts refer to beside the files."""
    found = places.places()
    prepare_forms(database)
    old = sorted({(one.postcode, one.old) for one in found if one.old and one.old != one.name_nl})
    fill(database, "merged", ("postcode", "old"), old)
    fill(database, "shared", ("postcode",), sorted({(p.postcode,) for p in found if p.shared}))
    database.execute(
        "CREATE OR REPLACE TEMP TABLE activity_of AS SELECT EntityNumber, "
        "count(*) FILTER (Classification = 'MAIN') AS mains, "
        "count(DISTINCT ActivityGroup || NaceVersion) FILTER (Classification = 'MAIN') AS places, "
        "min(NaceVersion) AS oldest, max(NaceVersion) AS newest "
        "FROM activity_csv WHERE EntityNumber < '2' GROUP BY EntityNumber"
    )


def prepare_forms(database: duckdb.DuckDBPyConnection) -> None:
    """Make the table of the legal forms of the social economy."""
    fill(database, "social", ("code",), [(form.code,) for form in forms() if form.social])


def fill(
    database: duckdb.DuckDBPyConnection,
    name: str,
    columns: Sequence[str],
    values: Sequence[tuple[str | None, ...]],
) -> None:
    """Make a small table of texts."""
    typed = ", ".join(f"{column} VARCHAR" for column in columns)
    database.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({typed})")
    marks = ", ".join("?" for _ in columns)
    database.executemany(f"INSERT INTO {name} VALUES ({marks})", values)
