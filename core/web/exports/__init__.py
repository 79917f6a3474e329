"""Lists as files: short ones at once, long ones by a worker."""
