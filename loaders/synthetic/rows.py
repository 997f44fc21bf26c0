"""The rows of each file of a full extract, as SQL over the population."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

from loaders.synthetic import addresses, layout
from loaders.synthetic.layout import File
from loaders.synthetic.parts import Parts
from loaders.synthetic.randomness import Dice

NOT_IN_NORMAL_SITUATION = 0.03
ABBREVIATED = 0.2
TRADES_UNDER_ANOTHER_NAME = 0.19
SPOILT = 0.01
ESTABLISHMENT_NAMED = 0.35
MAIL, TELEPHONE, SITE = 0.16, 0.14, 0.07
ESTABLISHMENT_TELEPHONE = 0.03
EMPLOYS = 0.22


def selections(parts: Parts, dice: Dice, old_layout: bool) -> dict[File, list[str]]:
    """Return for each file the queries whose rows it holds, one after the other."""
    enterprise = layout.ENTERPRISE_BEFORE_CAC if old_layout else layout.ENTERPRISE
    return {
        enterprise: [enterprises(dice, old_layout)],
        layout.ESTABLISHMENT: [
            f"SELECT number, {written('start_date')}, enterprise FROM establishment ORDER BY j"
        ],
        layout.DENOMINATION: [
            enterprise_denominations(parts, dice),
            establishment_denominations(dice),
            branch_denominations(),
        ],
        layout.ADDRESS: addresses.selections(parts, dice),
        layout.CONTACT: [enterprise_contacts(parts, dice), establishment_contacts(dice)],
        layout.ACTIVITY: [
            activities(dice, "enterprise", "i", parts.every_theme, 4.1),
            activities(dice, "establishment", "j", parts.every_theme, 3.6),
        ],
        layout.BRANCH: [
            f"SELECT number, {written('start_date')}, enterprise FROM branch ORDER BY b"
        ],
    }


def written(day: str) -> str:
    """Return SQL of a date as files have it."""
    return f"strftime({day}, '%d-%m-%Y')"


def enterprises(dice: Dice, old_layout: bool) -> str:
    """Return the rows of enterprise.csv."""
    situation = (
        f"CASE WHEN {dice.chance(NOT_IN_NORMAL_SITUATION, 'situation')} "
        f"THEN ['010', '012', '040', '050'][{dice.below(4, 'which situation')} + 1] ELSE '000' END"
    )
    read_as = "" if old_layout else "read_as,"
    return (
        f"SELECT number, 'AC', {situation}, CASE WHEN is_person THEN '1' ELSE '2' END, form, "
        f"{read_as} {written('start_date')} FROM enterprise ORDER BY i"
    )


def struct(language: str, kind: str, name: str) -> str:
    """Return SQL of one denomination."""
    return f"{{'l': {language}, 't': '{kind}', 'd': {name}}}"


def contact(kind: str, value: str) -> str:
    """Return SQL of one contact of an enterprise."""
    return struct("'ENT'", kind, value)


def unnested(key: str, rows: list[str], source: str, order: str) -> str:
    """Return a query with one row for each of the structures that are not null."""
    fields = "u.l, u.t, u.d"
    listed = ", ".join(rows)
    return (
        f"SELECT number, {fields} FROM (SELECT {key} AS number, "
        f"unnest(list_filter([{listed}], lambda one: one IS NOT NULL)) AS u FROM {source} "
        f"ORDER BY {order})"
    )


def enterprise_denominations(parts: Parts, dice: Dice) -> str:
    """Return the names of enterprises: in one language or two, short, of trade, and spoilt."""
    other = "CASE WHEN language = '2' THEN '1' ELSE '2' END"
    own = "CASE WHEN language = '2' THEN nl ELSE fr END"
    foreign = "CASE WHEN language = '2' THEN fr ELSE nl END"
    short = (
        f"upper(regexp_replace(regexp_replace(strip_accents({own}), "
        "'(\\w)\\w*', '\\1', 'g'), '[^A-Za-z]', '', 'g'))"
    )
    trade = (
        f"{dice.pick('proper', parts.counts['proper'], 'trade')} || ' ' || "
        f"{dice.below(90, 'trade number')}::VARCHAR"
    )
    spoilt = f"translate(strip_accents({own}), 'Il', 'lI')"
    rows = [
        struct("language", "001", own),
        f"CASE WHEN both_languages AND NOT is_person THEN {struct(other, '001', foreign)} END",
        f"CASE WHEN NOT is_person AND {dice.chance(ABBREVIATED, 'short')} AND length({short}) > 1 "
        f"THEN {struct('language', '002', short)} END",
        f"CASE WHEN {dice.chance(TRADES_UNDER_ANOTHER_NAME, 'trades')} "
        f"THEN {struct('language', '003', trade)} "
        f"WHEN NOT is_person AND {dice.chance(SPOILT, 'spoilt')} AND {spoilt} <> {own} "
        f"THEN {struct('language', '003', spoilt)} END",
    ]
    return unnested("number", rows, "enterprise JOIN named USING (i)", "i")


def establishment_denominations(dice: Dice) -> str:
    """Return the names under which some establishments trade."""
    name = (
        "CASE WHEN e.language = '2' THEN n.nl ELSE n.fr END || ' ' || "
        "CASE WHEN e.language = '2' THEN getvariable('place_nl')[e.place + 1] "
        "ELSE getvariable('place_fr')[e.place + 1] END"
    )
    return (
        f"SELECT e.number, e.language, '003', {name} "
        "FROM establishment AS e JOIN named AS n USING (i) "
        f"WHERE {dice.chance(ESTABLISHMENT_NAMED, 'est named', 'e.j')} ORDER BY e.j"
    )


def branch_denominations() -> str:
    """Return the names of branches."""
    return (
        "SELECT b.number, b.language, '004', CASE WHEN b.language = '2' THEN n.nl || ' bijkantoor' "
        "ELSE 'Succursale ' || n.fr END FROM branch AS b JOIN named AS n USING (i) ORDER BY b.b"
    )


def enterprise_contacts(parts: Parts, dice: Dice) -> str:
    """Return how some enterprises can be reached: nowhere, as these domains do not exist."""
    domain = (
        f"lower({dice.pick('proper', parts.counts['proper'], 'proper')}) || '-' || i || '.example'"
    )
    person = f"lower({dice.pick('forename', parts.counts['forename'], 'contact')})"
    telephone = (
        f"printf('0%d/000.%02d.%02d', {dice.below(9, 'zone')} + 1, {dice.below(100, 'tel a')}, "
        f"{dice.below(100, 'tel b')})"
    )
    site = f"'www.' || {domain}"
    mail = f"CASE WHEN is_person THEN {person} ELSE 'info' END || '@' || {domain}"
    rows = [
        f"CASE WHEN {dice.chance(TELEPHONE, 'tel')} THEN {contact('TEL', telephone)} END",
        f"CASE WHEN {dice.chance(MAIL, 'mail')} THEN {contact('EMAIL', mail)} END",
        f"CASE WHEN NOT is_person AND {dice.chance(SITE, 'site')} THEN {contact('WEB', site)} END",
    ]
    return unnested("number", rows, "enterprise", "i")


def establishment_contacts(dice: Dice) -> str:
    """Return the telephones of some establishments."""
    return (
        "SELECT number, 'EST', 'TEL', "
        f"printf('0%d/000.%04d', {dice.below(9, 'est zone', 'j')} + 1, "
        f"{dice.below(10000, 'est tel', 'j')}) FROM establishment "
        f"WHERE {dice.chance(ESTABLISHMENT_TELEPHONE, 'est has tel', 'j')} ORDER BY j"
    )


def activities(dice: Dice, table: str, index: str, every_theme: int, mean: float) -> str:
    """Return the activities of entities: runs of codes of their theme, in each version.

    The number of activities falls off exponentially around ``mean``; the few entities with more
    than their theme has take from all codes. Employers repeat the main one in the group of ONSS.
    """
    own = f"{table} "
    count = f"(1 + floor(-ln({dice.fraction(own + 'count', index)}) * {mean}))::BIGINT"
    wide = f"CASE WHEN n > 12 THEN {every_theme} ELSE theme END"
    group = "'003'" if table == "establishment" else "'001'"
    employs = dice.chance(EMPLOYS, own + "employs", index)
    code = " ".join(
        f"WHEN '{version}' THEN getvariable('nace_{version}')["
        f"getvariable('nace_start_{version}')[t] + 1"
        f" + (run + k) % getvariable('nace_count_{version}')[t]]"
        for version in ("2003", "2008", "2025")
    )
    most = " ".join(
        f"WHEN '{version}' THEN getvariable('nace_count_{version}')[t]"
        for version in ("2003", "2008", "2025")
    )
    return f"""
SELECT number, g, v, CASE v {code} END,
  CASE WHEN k = 0 AND NOT no_main OR k = 1 AND two_main AND NOT no_main THEN 'MAIN'
       WHEN k = 7 THEN 'ANCI' ELSE 'SECO' END
FROM (
  SELECT number, run, t, no_main, two_main, g, v,
    unnest(range(least(CASE WHEN g = '006' THEN 1 ELSE n END, CASE v {most} END))) AS k
  FROM (
    SELECT number, run, t, n, no_main, two_main, g, unnest(versions) AS v
    FROM (
      SELECT number, {dice.below(100_000, own + "run", index)} AS run, {wide} + 1 AS t, n,
        no_main, two_main, versions,
        unnest(CASE WHEN {employs} THEN [{group}, '006'] ELSE [{group}] END) AS g
      FROM (SELECT *, {count} AS n FROM {table} ORDER BY {index})
    )
  )
)"""
