"""Decisions that wait to be issued, their recall, and the correction of those that were mistaken."""
