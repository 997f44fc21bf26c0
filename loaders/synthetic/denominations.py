"""What invented entities are called: SQL that puts the parts of names together."""

from __future__ import annotations

from loaders.synthetic.parts import Parts
from loaders.synthetic.randomness import Dice

SHAPES = 8


def in_french(parts: Parts, dice: Dice) -> str:
    """Return SQL of the French name of the enterprise with index ``i``."""
    head = heads(parts, dice, "fr")
    proper = dice.pick("proper", parts.counts["proper"], "proper")
    quality = dice.pick("quality_fr", parts.counts["quality_fr"], "quality")
    topic = "getvariable('theme_fr')[theme + 1]"
    place = "getvariable('place_fr')[place + 1]"
    of_place = "getvariable('place_of_fr')[place + 1]"
    return shaped(dice, parts, {
        0: f"{head} || ' ' || {proper} || ' ' || {of_place}",
        1: f"{proper} || ' ' || {topic}",
        2: f"{head} || ' ' || {quality} || ' ' || {of_place}",
        3: f"{topic} || ' ' || {quality} || ' ' || {proper}",
        4: f"{head} || ' ' || {proper}",
        5: f"{proper} || ' ' || {place}",
        6: f"{topic} || ' et ' || {proper}",
        7: f"{head} || ' ' || {quality} || ' ' || {proper}",
    })  # fmt: skip


def in_dutch(parts: Parts, dice: Dice) -> str:
    """Return SQL of the Dutch name of the enterprise with index ``i``."""
    head = heads(parts, dice, "nl")
    proper = dice.pick("proper", parts.counts["proper"], "proper")
    quality = dice.pick("quality_nl", parts.counts["quality_nl"], "quality")
    topic = "getvariable('theme_nl')[theme + 1]"
    place = "getvariable('place_nl')[place + 1]"
    return shaped(dice, parts, {
        0: f"{head} || ' ' || {proper} || ' ' || {place}",
        1: f"{proper} || ' ' || {topic}",
        2: f"{head} || ' ' || {quality} || ' ' || {place}",
        3: f"{topic} || ' ' || {quality} || ' ' || {proper}",
        4: f"{head} || ' ' || {proper}",
        5: f"{proper} || ' ' || {place}",
        6: f"{topic} || ' en ' || {proper}",
        7: f"{head} || ' ' || {quality} || ' ' || {proper}",
    })  # fmt: skip


def heads(parts: Parts, dice: Dice, language: str) -> str:
    """Return SQL of the word that says what kind of place it is."""
    social, company = f"social_head_{language}", f"company_head_{language}"
    return (
        f"CASE WHEN social THEN {dice.pick(social, parts.counts[social], 'head')} "
        f"ELSE {dice.pick(company, parts.counts[company], 'head')} END"
    )


def shaped(dice: Dice, parts: Parts, shapes: dict[int, str]) -> str:
    """Return SQL of one of the shapes of names; natural persons have surname and forename."""
    surname = dice.pick("proper", parts.counts["proper"], "proper")
    forename = dice.pick("forename", parts.counts["forename"], "forename")
    cases = " ".join(f"WHEN {number} THEN {shape}" for number, shape in shapes.items())
    return (
        f"CASE WHEN is_person THEN {surname} || ', ' || {forename} "
        f"ELSE CASE {dice.below(SHAPES, 'shape')} {cases} END END"
    )
