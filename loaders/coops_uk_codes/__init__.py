"""Code lists of the Co-operatives UK open data: sector, ownership and legal form."""
