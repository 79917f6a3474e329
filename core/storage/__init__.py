"""The only place that speaks SQL: models, queries, rules as SQL, the audit log."""
