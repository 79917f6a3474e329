"""Everything that the register holds about whoever asks, as one download."""
