"""The administration: scoped lists on Flask-Admin, and the pages that changes are made on."""
