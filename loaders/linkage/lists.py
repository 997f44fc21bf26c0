"""The lists of a home, as the graphs that they are built to."""

from __future__ import annotations

from collections.abc import Iterator

from loaders import delivery
from loaders.description import graphs
from loaders.linkage.records import ListGraph
from loaders.records.codes import CodeBook
from queries.release import Home


def list_graphs(home: Home) -> Iterator[ListGraph]:
    """Yield the public and partner graphs of the newest delivery of every sender's list.

    Confidential graphs are not linked: what they hold is known by number, or not at all.
    """
    book = CodeBook()
    for source in delivery.feeds(home):
        if not (source.codes or source.sender):
            continue
        for newest in delivery.accepted(home, source)[:1]:
            built = graphs.build(home, source, newest, book)
            for graph in built.graphs:
                if source.codes:
                    book.learn(graph.lines())
                elif graph.visibility != "confidential":
                    yield ListGraph(source.name, graph.visibility, graph.file)
