"""Statistical disclosure control: which cells a publication withholds, and the proof that it may.

``protect`` decides, ``audit`` proves by other means; both are pure functions of tables of unit
records. Nothing here reads the graph or writes a release.
"""
