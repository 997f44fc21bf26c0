"""Where invented entities are, as address.csv says it."""

# ruff: noqa: S608  Statements are made of this package's own texts, never of data.

from __future__ import annotations

from loaders.synthetic.parts import Parts
from loaders.synthetic.population import OLD_PLACE_NAME
from loaders.synthetic.randomness import Dice

ABROAD = "form IN ('030', '230', '265')"
OLDEST_ESTABLISHMENT = 0.045
STRUCK_OFF = 0.004
BOXED = 0.12


def selections(parts: Parts, dice: Dice) -> list[str]:
    """Return the queries of address.csv: seats, establishments, branches."""
    return [
        addressed(
            parts, dice, "enterprise", "i", "CASE WHEN k = 0 THEN 'REGO' ELSE 'OBAD' END",
            abroad=f"({ABROAD})", join="has_address",
            twice=dice.chance(OLDEST_ESTABLISHMENT, "obad"),
        ),
        addressed(parts, dice, "establishment", "j", "'BAET'"),
        addressed(parts, dice, "branch", "b", "'ABBR'"),
    ]  # fmt: skip


def addressed(
    parts: Parts,
    dice: Dice,
    table: str,
    index: str,
    kind: str,
    *,
    abroad: str = "false",
    join: str = "true",
    twice: str = "false",
) -> str:
    """Return the addresses of the entities of a table, in their order."""

    def own(what: str) -> str:
        return f"{table} {what}"

    street = dice.below(parts.counts["street_fr"], own("street"), index)
    old = f"({dice.chance(OLD_PLACE_NAME, own('old name'), index)})"
    place = "place + 1"
    local_nl = "getvariable('street_nl')[street + 1]"
    local_fr = "getvariable('street_fr')[street + 1]"
    bilingual = f"getvariable('place_bilingual')[{place}]"
    tongue = f"getvariable('place_language')[{place}]"
    in_dutch = f"CASE WHEN {bilingual} OR {tongue} = '2' THEN {local_nl} ELSE {local_fr} END"
    in_french = f"CASE WHEN {bilingual} OR {tongue} <> '2' THEN {local_fr} ELSE {local_nl} END"
    struck = dice.chance(STRUCK_OFF, own("struck"), index)
    day = f"DATE '2024-01-01' + {dice.below(600, own('struck on'), index)}::INTEGER"

    def name(column: str) -> str:
        usual = f"getvariable('{column}')[{place}]"
        former = f"coalesce(getvariable('place_old')[{place}], {usual})"
        return f"CASE WHEN {old} THEN {former} ELSE {usual} END"

    return f"""
SELECT number, {kind},
  CASE WHEN {abroad} AND k = 0 THEN 'Frankrijk' END,
  CASE WHEN {abroad} AND k = 0 THEN 'France' END,
  CASE WHEN {abroad} AND k = 0 THEN '59000' ELSE getvariable('postcode')[{place}] END,
  CASE WHEN {abroad} AND k = 0 THEN 'Lille' ELSE {name("place_nl")} END,
  CASE WHEN {abroad} AND k = 0 THEN 'Lille' ELSE {name("place_fr")} END,
  {in_dutch}, {in_french},
  ({dice.below(240, own("house"), index)} + 1 + k)::VARCHAR,
  CASE WHEN {dice.chance(BOXED, own("boxed"), index)}
       THEN ({dice.below(40, own("box"), index)} + 1)::VARCHAR ELSE '' END,
  '',
  CASE WHEN k = 0 AND {struck} THEN strftime({day}, '%d-%m-%Y') END
FROM (
  SELECT *, {street} AS street, unnest(CASE WHEN {twice} THEN [0, 1] ELSE [0] END) AS k
  FROM (SELECT * FROM {table} WHERE {join} ORDER BY {index})
)"""
