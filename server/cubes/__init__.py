"""Cubes of a release for people: what is chosen of one, how it is shown, how it is taken out."""
