"""National Social Security Office: aggregate employment, decentralised."""
