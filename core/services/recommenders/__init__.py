"""Associations and departments that recommend beside the divisions, and whom each may recommend."""
