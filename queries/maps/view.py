"""A view of the ecosystem: what one file says of its groups, relations, colours and texts.

A view is a pair of files: ``<view>.rq`` says in a CONSTRUCT which ties there are, ``<view>.toml``
how they are shown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

LANGUAGES = ("fr", "nl", "de", "en")
# The view that is asked for one organisation at a time, and so is not drawn at build.
EGO = "network"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Texts = Mapping[str, Annotated[str, Field(min_length=1)]]
Colour = Literal[
    "teal", "blue", "violet", "rose", "red", "orange", "amber", "green", "olive", "grey",
]  # fmt: skip
Layout = Literal["boxes", "layers", "network", "rings"]


class ViewError(Exception):
    """A view file that does not keep to the rules: which one, and what is wrong."""


class Part(BaseModel):
    """A piece of a view file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(Part):
    """Which things a group takes: those that fit every list that is given.

    Kinds are classes of the vocabulary; roles, families, countries and territories are codes.
    ``-`` in a list stands for things that have no value at all. Of ties, ``from <relation>`` are
    those that go out of a thing, ``to <relation>`` those that come to it.
    """

    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()


class Group(Part):
    """Things that are drawn alike and together; a thing belongs to the first group it fits.

    ``rank`` is the row of its box, or the column of its layer; ``place`` where in its row a box is
    wanted: below zero towards the left, above towards the right. Things with the very same ties are
    drawn as one where there are more than ``fold`` of them.
    """

    id: Name
    title: Texts
    colour: Colour
    rank: int = 1
    place: int = 0
    fold: Annotated[int, Field(ge=2)] = 12
    when: Condition = Condition()


class Relation(Part):
    """Ties that are drawn alike: those of the named properties or codes.

    ``title`` reads from the first thing to the second. ``directed`` draws an arrow.
    """

    id: Name
    title: Texts
    properties: Annotated[tuple[str, ...], Field(min_length=1)]
    colour: Colour = "grey"
    dashed: bool = False
    directed: bool = True


class View(Part):
    """One view, as its file says."""

    id: Name
    order: int
    layout: Layout
    title: Texts
    text: Texts
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    relations: Annotated[tuple[Relation, ...], Field(min_length=1)]
    isolated: bool = False
    limit: Annotated[int, Field(ge=10, le=20_000)] = 300
    query: str

    @model_validator(mode="after")
    def names_are_unique(self) -> View:
        """Refuse a view in which two things have one name, or a text lacks a language."""
        for names in ([one.id for one in self.groups], [one.id for one in self.relations]):
            if len(set(names)) != len(names):
                raise ValueError("two groups or relations have the same id")
        listed = [name for one in self.relations for name in one.properties]
        if len(set(listed)) != len(listed):
            raise ValueError("two relations name the same property")
        ways = {f"{way} {one.id}" for one in self.relations for way in ("from", "to")}
        if wrong := {tie for one in self.groups for tie in one.when.ties} - ways:
            raise ValueError(
                f"a condition names ties that there are not: {', '.join(sorted(wrong))}"
            )
        titles = [self.title, self.text, *(one.title for one in self.groups)]
        titles += [one.title for one in self.relations]
        if any(set(one) != set(LANGUAGES) for one in titles):
            raise ValueError(f"a text is not in all of {', '.join(LANGUAGES)}")
        return self

    def group(self, name: str) -> Group:
        """Return a group by its id."""
        return next(one for one in self.groups if one.id == name)

    def relation(self, name: str) -> Relation:
        """Return a relation by its id."""
        return next(one for one in self.relations if one.id == name)


@cache
def views() -> dict[str, View]:
    """Return every view by name, in the order in which they are offered."""
    found = [read_view(file) for file in views_files()]
    return {view.id: view for view in sorted(found, key=lambda one: (one.order, one.id))}


def views_files() -> list[Traversable]:
    """Return the files of the views."""
    folder = files("queries") / "maps"
    named = (one for one in folder.iterdir() if one.name.endswith(".toml"))
    return sorted((one for one in named if one.name != "words.toml"), key=lambda one: one.name)


def read_view(file: Traversable) -> View:
    """Read one view; raises ViewError where a file breaks the rules."""
    name = file.name.removesuffix(".toml")
    query = files("queries") / "maps" / f"{name}.rq"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        text = query.read_text(encoding="utf-8")
        return View.model_validate({**content, "id": name, "query": text})
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise ViewError(f"queries/maps/{file.name}: {error}") from error


@cache
def words() -> dict[str, Mapping[str, str]]:
    """Return the words that stand in every picture, by language."""
    text = (files("queries") / "maps" / "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
