"""The register itself: knows how to accredit, and no programme by name."""
