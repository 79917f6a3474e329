"""Names of people and bodies: how they are read, and the order of a list of them."""
