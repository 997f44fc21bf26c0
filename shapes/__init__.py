"""What valid data is, as SHACL, and the gate that lets only such data into a release."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from shapes.lint import problems
from shapes.reading import ShapesError, ShapesGraph, read, turtle_files

__all__ = ["ShapesError", "ShapesGraph", "load"]


@cache
def load(folder: Traversable | None = None) -> ShapesGraph:
    """Return the shapes of this folder, read and linted once; ShapesError lists every problem."""
    shapes = read(turtle_files(folder or files(__name__)))
    if found := problems(shapes):
        raise ShapesError(found)
    return shapes
