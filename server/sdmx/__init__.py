"""Cubes as SDMX: structures and data in every version of its formats, and its web services."""
