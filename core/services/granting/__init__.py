"""From the beginning of an application to the status: decisions, notices, numbers, inclusion by tables."""
