"""The audit trail: what is recorded, what of it is shown, and the chain that holds it together."""
