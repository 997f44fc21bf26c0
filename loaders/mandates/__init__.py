"""Mandates in bodies that represent, advise or decide."""
