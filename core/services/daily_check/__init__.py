"""The daily check: what time alone brings about, every day by itself and whenever it is asked for."""
