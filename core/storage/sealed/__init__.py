"""Personal numbers and codes at rest: sealed in their columns, opened where a row is read."""
