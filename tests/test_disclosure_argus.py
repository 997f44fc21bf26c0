"""A second opinion on which cells are unsafe: the engine of τ-ARGUS, which we did not write."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pytauargus import protect as argus

from loaders.disclosure.cells import system
from loaders.disclosure.model import Contribution, Table
from loaders.disclosure.primary import LARGEST, unsafe
from loaders.disclosure.rules import Rules

AREAS = {"_T": None, "A": "_T", "B": "_T", "C": "_T", "D": "_T"}
KINDS = {"_T": None, "X": "_T", "Y": "_T", "Z": "_T"}


def invented(seed: int) -> Table:
    draw = random.Random(seed)
    units = [
        Contribution(
            str(n), (draw.choice("ABBBCCCD"), draw.choice("XXYYYZ")),
            float(round(draw.lognormvariate(4, 1.3))) + 1,
        )
        for n in range(140)
    ]  # fmt: skip
    return Table("main", ("AREA", "KIND"), {"AREA": AREAS, "KIND": KINDS}, units)


@pytest.mark.parametrize(
    ("rules", "theirs"),
    [
        (Rules(percent=15, share=90), "P(15,1)|NK(2,90)|FREQ(4,12)"),
        (Rules(minimum=6, percent=30, dominant=1, share=60), "P(30,1)|NK(1,60)|FREQ(6,12)"),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_the_rules_call_the_same_cells_unsafe(
    seed: int, rules: Rules, theirs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It writes where it is called.
    monkeypatch.chdir(tmp_path)
    table = invented(seed)
    rows = [
        {**dict(zip(table.dimensions, one.codes, strict=True)), "value": one.value}
        for one in table.contributions
    ]
    result = argus(
        rows, list(table.dimensions), response="value", safety_rules=theirs,
        suppress="MOD(1)", workdir=str(tmp_path),
    )  # fmt: skip
    columns = result.tables[0].dataframe()
    keys = zip(columns["AREA"], columns["KIND"], result.tables[0].status(), strict=True)
    there = {
        tuple("_T" if code.strip() in ("Total", "") else code.strip() for code in (area, kind))
        for area, kind, status in keys
        if status == "U"
    }
    whole = system([table], LARGEST)
    view = whole.views["main"]
    found = unsafe(whole, rules).flags
    here = {view.codes_at(n) for n, cell in enumerate(view.cells) if found[cell]}
    assert here == there
