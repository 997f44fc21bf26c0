"""Invented registers and lists in the layouts of the real ones, for tests and measures of size.

Everything follows from a size and a seed. Names are made of parts, numbers lie in blocks that the
register cannot reach, telephones and addresses of the web lead nowhere.
"""
