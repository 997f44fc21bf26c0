"""Documentation is part of the code: what exists is documented, what is documented exists."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import ontology
from loaders.records.source import sources
from queries.catalogue import catalogue
from server.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        place = page.parent / target if target else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), f"{target}#{anchor}"


def anchors(page: Path) -> set[str]:
    """Return where links into a page may lead: its headings, named as GitHub names them."""
    content = FENCED.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in HEADING.findall(content)
    }


@pytest.mark.parametrize("name", sources())
def test_every_source_is_documented(name: str) -> None:
    assert f"`{name}`" in text("docs/sources.md")


@pytest.mark.parametrize("name", catalogue())
def test_every_question_is_documented(name: str) -> None:
    assert f"**{name}**" in text("docs/queries.md")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    shown = f"{default:g}" if isinstance(default, float) else str(default)
    assert f"| `{PREFIX}{name.upper()}` | `{shown}` |" in text("docs/http.md")


def test_every_command_is_documented() -> None:
    help_text = subprocess.run(
        [sys.executable, "-m", "maillage", "--help"], capture_output=True, text=True, check=True
    ).stdout
    commands = re.findall(r"^  ([a-z]+)  ", help_text.split("Commands:")[1], re.MULTILINE)
    assert len(commands) >= 9
    for command in commands:
        assert f"`maillage {command}" in text("docs/operating.md")


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_version_is_the_same_everywhere() -> None:
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)} ", text("CHANGELOG.md"), re.MULTILINE)
    assert f"version: {version}" in text("CITATION.cff")
    (stated,) = (
        t.object.value  # type: ignore[union-attr]
        for t in ontology.vocabulary()
        if t.predicate.value.endswith("owl#versionInfo")
    )
    assert stated == version


def test_every_term_is_used_by_a_shape_a_loader_or_a_question() -> None:
    terms = {
        t.subject.value.removeprefix(ontology.NAMESPACE)  # type: ignore[union-attr]
        for t in ontology.vocabulary()
        if t.predicate.value.endswith("#isDefinedBy")
    }
    folders = ("shapes", "loaders", "queries", "server")
    files = [f for folder in folders for f in (ROOT / folder).rglob("*")]
    used = {
        name
        for file in files
        if file.suffix in {".ttl", ".py", ".rq"} and "examples" not in file.parts
        for name in re.findall(r"\bse[.:]([A-Za-z]\w*)", file.read_text(encoding="utf-8"))
    }
    assert len(terms) > 200
    assert terms - used == set()
