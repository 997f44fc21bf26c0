"""Who asks, and what they may take: callers, keys, rates and limits."""
