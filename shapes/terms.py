"""The gate's own terms, which `gate.ttl` defines."""

from typing import Final

from pyoxigraph import NamedNode

GATE: Final = "https://w3id.org/maillage/shapes/gate#"

MINIMUM_FOCUS_NODES: Final = NamedNode(GATE + "minimumFocusNodes")
REASON: Final = NamedNode(GATE + "reason")
HIDES_VALUE: Final = NamedNode(GATE + "hidesValue")
UNKNOWN_TERM: Final = NamedNode(GATE + "unknownTerm")
UNEXAMINED: Final = NamedNode(GATE + "unexamined")
