"""The Crossroads Bank for Enterprises (KBO/BCE): its open data as a register of all entities."""
