"""Who is in an invented register: one row per enterprise, establishment and branch."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

from datetime import date

import duckdb

from loaders.synthetic import denominations, numbers
from loaders.synthetic.parts import Parts
from loaders.synthetic.randomness import Dice

NATURAL = 0.43
ESTABLISHMENTS_PER_ENTERPRISE = 0.863
BRANCHES_PER_ENTERPRISE = 0.0038
# One establishment in seven belongs to one of the few enterprises that have many.
IN_CHAINS = 0.15
CHAIN_EVERY = 50

NO_ADDRESS = 0.004
NO_MAIN = 0.36
NO_MAIN_SOCIAL = 0.03
TWO_MAIN = 0.01
ONLY_OLD_NACE = 0.02
ONLY_NEW_NACE = 0.03
BOTH_LANGUAGES = 0.06
BOTH_LANGUAGES_IN_BRUSSELS = 0.35
HOMONYM = 0.006
OLD_PLACE_NAME = 0.15
WRONG_CHECK = 0.00005
READ_AS_KNOWN = 0.7


def populate(
    database: duckdb.DuckDBPyConnection, parts: Parts, dice: Dice, entities: int, snapshot: date
) -> None:
    """Fill the tables ``enterprise``, ``establishment`` and ``branch`` for a register's size."""
    database.execute(enterprises(parts, dice, entities, snapshot))
    database.execute(denominated(parts, dice))
    database.execute(establishments(parts, dice, entities))
    database.execute(branches(dice, entities))


def enterprises(parts: Parts, dice: Dice, entities: int, snapshot: date) -> str:
    """Return the SQL that makes the enterprises, in the order of their numbers."""
    block = numbers.block(numbers.ENTERPRISES, entities)
    beginning = numbers.sql_beginning("i", entities, block, dice.draw("stride"))
    wrong = f"({dice.chance(WRONG_CHECK, 'wrong')} OR i = {entities // 2})"
    place = slot_by_kind("place_slots", "place_slots_social", parts, dice, "social", "i")
    age = (
        "form_youngest + floor((form_oldest - form_youngest) * "
        f"pow({dice.fraction('age')}, 2.4))::INTEGER"
    )
    return f"""
CREATE TABLE enterprise AS
WITH drawn AS (
  SELECT i, {beginning} AS beginning, {dice.chance(NATURAL, "person")} AS is_person,
         {dice.pick("form_slots", parts.counts["form_slots"], "form")} + 1 AS form
  FROM range({entities}) AS numbered(i)
), formed AS (
  SELECT i, beginning, is_person,
    CASE WHEN is_person THEN NULL ELSE getvariable('form_code')[form] END AS form,
    NOT is_person AND getvariable('form_social')[form] AS social,
    CASE WHEN NOT is_person AND {dice.chance(READ_AS_KNOWN, "read")}
         THEN getvariable('form_read_as')[form] END AS read_as,
    CASE WHEN is_person THEN 0 ELSE getvariable('form_youngest')[form] END AS form_youngest,
    CASE WHEN is_person THEN 15000 ELSE getvariable('form_oldest')[form] END AS form_oldest
  FROM drawn
), placed AS (
  SELECT *, {place} AS place, {age} AS age,
    {theme(parts, dice, "i")} AS theme
  FROM formed
)
SELECT i, {numbers.sql_dotted("beginning", wrong=wrong)} AS number,
  is_person, form, social, read_as, place, theme,
  DATE '{snapshot}' - age AS start_date,
  getvariable('place_language')[place + 1] AS place_language,
  CASE WHEN getvariable('place_bilingual')[place + 1] AND {dice.chance(0.35, "tongue")} THEN '2'
       ELSE getvariable('place_language')[place + 1] END AS language,
  getvariable('place_bilingual')[place + 1] AND {dice.chance(BOTH_LANGUAGES_IN_BRUSSELS, "both")}
    OR {dice.chance(BOTH_LANGUAGES, "both")} AS both_languages,
  NOT is_person AND NOT ({dice.chance(NO_ADDRESS, "addressless")}) AS has_address,
  {versions(dice, "age")} AS versions,
  {dice.chance(NO_MAIN_SOCIAL, "no main")}
    OR (NOT social AND {dice.chance(NO_MAIN, "no main")}) AS no_main,
  {dice.chance(TWO_MAIN, "two main")} AS two_main
FROM placed ORDER BY i"""


def denominated(parts: Parts, dice: Dice) -> str:
    """Return the SQL of the table ``named``: what each enterprise is called, in two languages.

    A few legal persons bear the name of another: homonyms.
    """
    return f"""
CREATE TABLE named AS
WITH own AS (
  SELECT i, is_person, {denominations.in_french(parts, dice)} AS fr,
    {denominations.in_dutch(parts, dice)} AS nl
  FROM enterprise
), other AS (
  SELECT i, {dice.below("greatest(i, 1)", "namesake")} AS like_i FROM enterprise
  WHERE NOT is_person AND {dice.chance(HOMONYM, "homonym")}
)
SELECT own.i, coalesce(namesake.fr, own.fr) AS fr, coalesce(namesake.nl, own.nl) AS nl
FROM own LEFT JOIN other USING (i)
LEFT JOIN own AS namesake ON namesake.i = other.like_i AND NOT namesake.is_person
ORDER BY own.i"""


def slot_by_kind(
    usual: str, social: str, parts: Parts, dice: Dice, is_social: str, index: str
) -> str:
    """Return SQL that picks from one list for the social economy and from another otherwise."""
    return (
        f"CASE WHEN {is_social} THEN {dice.pick(social, parts.counts[social], usual, index)} "
        f"ELSE {dice.pick(usual, parts.counts[usual], usual, index)} END"
    )


def theme(parts: Parts, dice: Dice, index: str) -> str:
    """Return SQL of the field of activity."""
    chosen = {
        kind: dice.pick(f"theme_slots_{kind}", parts.counts[f"theme_slots_{kind}"], "theme", index)
        for kind in ("social", "company", "person")
    }
    return (
        f"CASE WHEN social THEN {chosen['social']} WHEN is_person THEN {chosen['person']} "
        f"ELSE {chosen['company']} END"
    )


def versions(dice: Dice, age: str) -> str:
    """Return SQL of the versions of NACE in which an entity's activities are written."""
    since_2025 = "280"
    since_2008 = "6480"
    return f"""CASE
    WHEN {dice.chance(ONLY_NEW_NACE, "new nace")} OR {age} < {since_2025} THEN ['2025']
    WHEN {dice.chance(ONLY_OLD_NACE, "old nace")}
      THEN CASE WHEN {age} < {since_2008} THEN ['2008'] ELSE ['2003', '2008'] END
    WHEN {age} < {since_2008} THEN ['2008', '2025']
    ELSE ['2003', '2008', '2025'] END"""


def establishments(parts: Parts, dice: Dice, entities: int) -> str:
    """Return the SQL that makes the establishments; most are where their enterprise is."""
    count = round(entities * ESTABLISHMENTS_PER_ENTERPRISE)
    block = numbers.block(numbers.ESTABLISHMENTS, count)
    beginning = numbers.sql_beginning("j", count, block, dice.draw("est stride", "j"))
    chains = max(1, entities // CHAIN_EVERY)
    elsewhere = slot_by_kind(
        "place_slots", "place_slots_social", parts, dice, "e.social", f"j + {2 * entities}"
    )
    return f"""
CREATE TABLE establishment AS
WITH owned AS (
  SELECT j, {beginning} AS beginning,
    CASE WHEN {dice.chance(IN_CHAINS, "chain", "j")}
         THEN {dice.below(chains, "chain of", "j")} * {entities // chains}
         ELSE {dice.below(entities, "owner", "j")} END AS i
  FROM range({count}) AS numbered(j)
)
SELECT j, {numbers.sql_dotted("beginning", establishment=True)} AS number,
  e.i, e.number AS enterprise,
  e.is_person, e.social, e.form, e.language, e.theme, e.versions, e.no_main, e.two_main,
  e.start_date + floor((DATE '2025-09-30' - e.start_date)
    * pow({dice.fraction("opened", "j")}, 2))::INTEGER AS start_date,
  CASE WHEN {dice.chance(0.7, "at seat", "j")} THEN e.place ELSE {elsewhere} END AS place
FROM owned JOIN enterprise AS e USING (i) ORDER BY j"""


def branches(dice: Dice, entities: int) -> str:
    """Return the SQL that makes the branches, of foreign enterprises only in reality."""
    count = max(1, round(entities * BRANCHES_PER_ENTERPRISE))
    block = numbers.block(numbers.BRANCHES, count)
    beginning = numbers.sql_beginning("b", count, block, dice.draw("branch stride", "b"))
    return f"""
CREATE TABLE branch AS
WITH owned AS (
  SELECT b, {beginning} AS beginning, {dice.below(entities, "branch of", "b")} AS i
  FROM range({count}) AS numbered(b)
)
SELECT b, {numbers.sql_dotted("beginning", establishment=True)} AS number,
  e.i, e.number AS enterprise,
  e.language, e.place, e.start_date
FROM owned JOIN enterprise AS e USING (i) ORDER BY b"""
