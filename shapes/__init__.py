"""What valid data is, as SHACL, and the gate that lets only such data into a release."""

from shapes.reading import ShapesError, ShapesGraph, load

__all__ = ["ShapesError", "ShapesGraph", "load"]
