"""Figures that others published of the social economy, to set ours beside."""
