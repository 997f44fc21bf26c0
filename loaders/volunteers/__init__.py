"""Funding awards, under the field names of the 360Giving standard."""
