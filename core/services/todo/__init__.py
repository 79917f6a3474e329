"""What waits for whom, and the digest of it."""
