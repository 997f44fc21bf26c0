"""Ecosystem maps: a view is one pair of files here, and what turns it into a graph."""
