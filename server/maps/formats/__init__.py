"""The formats of maps: one module each, found by being here."""
