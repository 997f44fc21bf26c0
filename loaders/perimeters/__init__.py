"""Which organisations belong to which perimeter of the social economy, by declared rules."""
