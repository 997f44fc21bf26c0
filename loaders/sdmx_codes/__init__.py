"""Code lists of the structures in which statistics are exchanged (SDMX)."""
