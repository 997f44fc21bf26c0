"""What holds for every source folder; `UPDATE_EXPECTED=1 pytest tests/test_sources.py` rewrites."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest
from pyoxigraph import RdfFormat, parse

from loaders.description.describe import Described, describe
from loaders.description.register import Selection
from loaders.records.codes import CodeBook
from loaders.records.source import Source, sources

UPDATE = os.environ.get("UPDATE_EXPECTED") == "1"
ALL = pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.name)


def sample(source: Source) -> Path:
    """The folder of a source's bundled tables or of its sample."""
    return source.folder if source.bundled or source.generator else source.folder / "sample"


@cache
def codes() -> CodeBook:
    book = CodeBook()
    for source in sources().values():
        if source.codes:
            for lines in describe(source, sample(source), book).lines.values():
                book.learn(lines)
    return book


def described(source: Source) -> Described:
    if source.register:
        return registered(source)
    # The bounds hold for real deliveries, not for samples.
    unbounded = source if source.bundled else replace(source, expect_rows={}, expect_classes={})
    files = tuple(derived_inputs()) if source.derived else ()
    sent = unbounded.sent_by("example") if source.senders else unbounded
    return describe(sent, sample(source), codes(), files, period="2026-06")


def registered(source: Source) -> Described:
    """What a register says of all that it selects of its sample."""
    found: dict[str, list[str]] = {visibility: [] for visibility in source.visibilities}
    opened = source.loader().open_register
    with TemporaryDirectory() as folder, opened(Path(folder) / "register") as register:
        register.replace(sample(source), lambda _: None)
        for packet in register.packets(Selection(), codes()):
            for visibility, lines in packet.lines.items():
                found[visibility] += lines
    return Described(lines={visibility: sorted(lines) for visibility, lines in found.items()})


@cache
def derived_inputs() -> list[Path]:
    """The public graphs of everything that is not derived, from bundled tables and samples."""
    folder = Path(mkdtemp(prefix="maillage-"))
    atexit.register(shutil.rmtree, folder)
    files = []
    for source in sources().values():
        if source.derived or source.register:
            continue
        if lines := described(source).lines.get("public"):
            files.append(folder / f"{source.name}.nt")
            files[-1].write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return files


def quads(result: Described) -> Iterator[str]:
    for visibility, lines in result.lines.items():
        for line in lines:
            yield f"{line[:-1]}<urn:{visibility}> ."


@ALL
def test_a_source_gives_its_expected_graph(source: Source) -> None:
    found = list(quads(described(source)))
    if source.generator:
        # A whole classification is summed up: its package is pinned and has tests of its own.
        digest = hashlib.sha256("\n".join(found).encode()).hexdigest()
        expected, content = source.folder / "expected.txt", f"{len(found)} lines\n{digest}\n"
    else:
        expected, content = source.folder / "expected.nq", "".join(f"{line}\n" for line in found)
    if UPDATE:
        expected.write_text(content, encoding="utf-8")
    assert content == expected.read_text(encoding="utf-8")


@ALL
def test_describing_twice_gives_the_same(source: Source) -> None:
    assert described(source).lines == described(source).lines


@ALL
def test_lines_are_valid_and_in_the_form_that_a_store_gives_back(source: Source) -> None:
    for lines in described(source).lines.values():
        text = "".join(f"{line}\n" for line in lines)
        parsed = sorted(f"{q.triple} ." for q in parse(text, format=RdfFormat.N_TRIPLES))
        assert parsed == lines


@ALL
def test_a_source_says_what_it_is(source: Source) -> None:
    assert source.title
    assert source.title_fr
    assert source.description
    assert source.licence.startswith("https://")
    assert (source.folder / "__init__.py").is_file()


def test_code_lists_come_first() -> None:
    order = [source.codes for source in sources().values()]
    assert order == sorted(order, reverse=True)
