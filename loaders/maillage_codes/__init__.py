"""The short code lists of the platform itself, kept by hand."""
