"""Classifications of economic activities: NACE-BEL 2003, 2008 and 2025, NACE Rev. 2 and 2.1."""
