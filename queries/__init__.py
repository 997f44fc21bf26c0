"""Every question the platform answers, one file each, and the release they are asked of."""
