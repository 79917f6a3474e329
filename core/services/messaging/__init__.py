"""What the register writes to people, and their inbox."""
