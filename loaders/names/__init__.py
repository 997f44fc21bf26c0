"""Names for organisations that only lists know."""
