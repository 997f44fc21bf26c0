"""National Social Security Office (ONSS/RSZ): what its sources have in common."""
