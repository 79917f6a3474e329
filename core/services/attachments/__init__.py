"""A party's own files beside its applications, and photos."""
