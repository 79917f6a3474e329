"""A table looked at before it is taken: its values as they were read, and what comes of them."""
