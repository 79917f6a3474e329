"""Lists as files: streamed at once, or long ones made by a worker."""
