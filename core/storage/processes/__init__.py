"""What processes that share a database owe each other: turns, one time, and patience while it is away."""
