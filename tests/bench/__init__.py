"""Speed as ratios against named references, measured in one run; never asserted in tests."""
