"""National Social Security Office: employment per employer, confidential."""
