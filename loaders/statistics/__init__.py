"""Statistical cubes: from what graphs say of units to tables that may be published."""
