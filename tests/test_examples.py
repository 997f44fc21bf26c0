"""The worked examples of the vocabulary are valid data beside the real code lists."""

from __future__ import annotations

from pathlib import Path

import ontology
from loaders.description.describe import collect
from queries.release import Home, current
from shapes import gate


def test_the_worked_examples_pass_the_gate(published: Home, tmp_path: Path) -> None:
    release = current(published)
    assert release is not None
    lines: set[str] = set()
    for triples in ontology.examples().values():
        said = ((t.subject, t.predicate, t.object) for t in triples)
        collect(said, lines, "examples")  # type: ignore[arg-type]
    file = tmp_path / "examples.nt"
    file.write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="utf-8")
    codes = {one.name: one for one in release.path.glob("sources/*_codes.public.nt")}
    codes |= {one.name: one for one in release.path.glob("sources/[nr]*.public.nt")}
    graphs = {"examples": file, **codes}
    # As a partner sees them: they show employments and contacts too.
    visibility = {name: "partner" if name == "examples" else "public" for name in graphs}
    report = gate.examine(graphs, visibility, minimums=False)
    assert report.violations("examples") == ()
