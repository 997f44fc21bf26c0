"""Which records of which sources are the same thing: decisions, reversible, kept as data."""
