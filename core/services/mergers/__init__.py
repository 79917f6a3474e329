"""Parties that are one, registered twice: found, merged by a pointer, parted again."""
