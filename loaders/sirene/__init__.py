"""SIRENE, the French register of legal units: those of the social economy."""
