"""`accredit trail`: what keeps the audit trail from being changed unseen, by hand."""
