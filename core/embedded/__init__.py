"""The PostgreSQL server that comes along: its programs, its folder, who uses it."""
