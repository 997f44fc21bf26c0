"""National Social Security Office: aggregate employment, centralised."""
