"""The terms of SHACL and of the gate that the other modules of this folder read."""

from typing import Final

from pyoxigraph import NamedNode

SHACL: Final = "http://www.w3.org/ns/shacl#"
GATE: Final = "https://w3id.org/maillage/shapes/gate#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def sh(name: str) -> NamedNode:
    """Return a term of SHACL."""
    return NamedNode(SHACL + name)


TYPE: Final = NamedNode(RDF + "type")
FIRST: Final = NamedNode(RDF + "first")
REST: Final = NamedNode(RDF + "rest")
LABEL: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
IMPORTS: Final = NamedNode("http://www.w3.org/2002/07/owl#imports")
IS_REPLACED_BY: Final = NamedNode("http://purl.org/dc/terms/isReplacedBy")

NODE_SHAPE: Final = sh("NodeShape")
PROPERTY_SHAPE: Final = sh("PropertyShape")
TARGET_CLASS: Final = sh("targetClass")
TARGET_SUBJECTS_OF: Final = sh("targetSubjectsOf")
PROPERTY: Final = sh("property")
PATH: Final = sh("path")
ALTERNATIVE_PATH: Final = sh("alternativePath")
INVERSE_PATH: Final = sh("inversePath")
MESSAGE: Final = sh("message")
NAME: Final = sh("name")
SEVERITY: Final = sh("severity")
SPARQL: Final = sh("sparql")
SELECT: Final = sh("select")
MIN_COUNT: Final = sh("minCount")
MAX_COUNT: Final = sh("maxCount")
LESS_THAN: Final = sh("lessThan")
LESS_THAN_OR_EQUALS: Final = sh("lessThanOrEquals")

MINIMUM_FOCUS_NODES: Final = NamedNode(GATE + "minimumFocusNodes")
REASON: Final = NamedNode(GATE + "reason")
HIDES_VALUE: Final = NamedNode(GATE + "hidesValue")
UNKNOWN_TERM: Final = NamedNode(GATE + "unknownTerm")
UNEXAMINED: Final = NamedNode(GATE + "unexamined")
