"""A reviewer's own tasks."""
