"""Messages of SDMX read into cubes: in every version that is written here, and by others.

Nothing of the writers is used here, so that reading what they wrote says something of it.
"""
