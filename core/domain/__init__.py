"""The field's own logic without frameworks: facts, profiles, roles, lifecycle, calendar, identifiers."""
