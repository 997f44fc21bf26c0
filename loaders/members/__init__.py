"""Members of a federation, as the federation lists them."""
