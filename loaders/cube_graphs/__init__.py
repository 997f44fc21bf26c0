"""Cubes as linked data: RDF Data Cube, with a cube.link view of the same nodes, and the way back.

A cell whose value is withheld is no ``qb:Observation``, for that has a value for its measure; it
is a ``se:WithheldObservation`` with the same key and the reason.
"""
