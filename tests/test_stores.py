"""What each tier's store holds: its own graphs and those of the tier before, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from loaders.building import stores as making
from loaders.building.stores import Stores
from loaders.description.graphs import BuiltGraph

LINE = "<https://example.org/{0}> <https://example.org/says> <https://example.org/{0}> .\n"


def graph(folder: Path, visibility: str, triples: int) -> BuiltGraph:
    """A graph of some triples, whose subjects begin with its visibility."""
    file = folder / f"{visibility}-{triples}.nt"
    file.write_text("".join(LINE.format(f"{visibility}-{triples}-{n}") for n in range(triples)))
    iri = f"https://example.org/graph/{visibility}-{triples}"
    return BuiltGraph(
        iri, "test", "test", visibility, "Test", "Test", "Test", "", "2019", "", "", file, triples,
        "",
    )  # fmt: skip


def test_each_store_holds_its_tiers_graphs_in_whatever_order_and_size_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "TOGETHER", 3)
    # The names put those that are not public first.
    graphs = [
        graph(tmp_path, visibility, triples)
        for visibility in ("confidential", "partner", "public")
        for triples in (2, 5)
    ]
    stores = Stores(tmp_path / "release")
    stores.load(graphs)
    tiers = {"public": {"public"}, "partner": {"public", "partner"}}
    for tier, held in tiers.items():
        names = {f"https://example.org/graph/{one}-{n}" for one in held for n in (2, 5)}
        store = stores.store(tier)
        assert {one.value for one in store.named_graphs() if isinstance(one, NamedNode)} == names
        # Each statement stands in its graph and in the union.
        assert len(store) == 2 * (2 + 5) * len(held)
    stores.let_go()
