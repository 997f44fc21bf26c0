"""Belgian territory: regions, provinces, districts, municipalities, postal codes, NUTS."""
