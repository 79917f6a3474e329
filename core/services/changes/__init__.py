"""Changes of what the register vouches for: asked for with proof, decided, carried out."""
