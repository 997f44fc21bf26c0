"""Portfolios of financers: loans, shares and guarantees."""
