"""Territories: where they are, what is counted in them, and who works there."""
