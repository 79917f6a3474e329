"""A register filled with a made-up past: every kind of party, case and ending, through the services."""
