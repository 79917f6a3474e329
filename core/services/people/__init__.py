"""Users, their accounts and roles, and the parties that they act for."""
