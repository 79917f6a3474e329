"""The hooks that programmes implement, and the catalogue of the programmes that were loaded."""
