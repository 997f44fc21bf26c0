"""Every text of the pages exists in every language."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from queries.catalogue import catalogue
from server.language import COMPLETE, LANGUAGES, language, preferred
from server.pages.page import TOPICS

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "ngettext": (1, 2)}


# What exists in languages that are not complete: some pages, and what is around all of them.
FOUR_LANGUAGES = (
    "cubes/", "charts/", "territories/", "routes/statistics.py", "routes/cubes.py",
    "routes/territories.py", "questions/reserved.py", "questions/parameters.py", "pages/page.py",
    "templates/base.html", "templates/charts/", "templates/parts.html", "templates/problem.html",
    "templates/statistic.html", "templates/statistics.html", "templates/observation.html",
    "templates/rules.html", "templates/territories.html", "templates/territory.html",
)  # fmt: skip


def texts(*starts: str) -> set[str]:
    """Return the texts that the code and the templates show, all or those of some files."""
    folder = str(files("server"))
    found = extract_from_dir(folder, method_map=METHODS, keywords=KEYWORDS)
    messages = (message for file, _line, message, _comments, _context in found
                if not starts or file.startswith(starts))  # fmt: skip
    return {message if isinstance(message, str) else message[0] for message in messages}


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_is_missing(code: str) -> None:
    known = language(code).texts
    wanted = texts() if code in COMPLETE else texts(*FOUR_LANGUAGES)
    assert wanted
    missing = sorted(text for text in wanted if not known.get(text))
    assert not missing, f"add these to server/locales/{code}/LC_MESSAGES/maillage.po: {missing}"


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_is_left_over(code: str) -> None:
    assert not language(code).texts.keys() - texts()


@pytest.mark.parametrize("code", LANGUAGES)
def test_translations_keep_their_blanks(code: str) -> None:
    for text, said in language(code).texts.items():
        for form in [said] if isinstance(said, str) else said:
            assert set(re.findall(r"%\(\w+\)s", form)) == set(re.findall(r"%\(\w+\)s", text)), text


def test_every_topic_of_questions_has_a_name() -> None:
    assert {query.topic for query in catalogue().values()} <= TOPICS.keys()


def test_no_page_loads_anything_from_elsewhere() -> None:
    for file in Path(str(files("server"))).rglob("*.html"):
        loaded = re.findall(r'(?:src|<link[^>]*href)="(https?:[^"]*)"', file.read_text("utf-8"))
        assert not loaded, file.name
    styles = (Path(str(files("server"))) / "static" / "maillage.css").read_text("utf-8")
    assert "http" not in styles


def test_plurals_follow_the_language() -> None:
    french, english = language("fr"), language("en")
    assert french.ngettext("%(count)s row", "%(count)s rows", 0) == "%(count)s ligne"
    assert english.ngettext("%(count)s row", "%(count)s rows", 0) == "%(count)s rows"
    assert french.number(1234567.5) == "1\u202f234\u202f567,5"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "fr"),
        ("en-GB,en;q=0.9", "en"),
        ("it", "fr"),
        ("de-AT, en;q=0.5", "de"),
        ("fr;q=0, en;q=0.1", "en"),
        ("*", "fr"),
    ],
)
def test_the_preferred_language_is_one_of_ours(header: str, expected: str) -> None:
    assert preferred(header) == expected
