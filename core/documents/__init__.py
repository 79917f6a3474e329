"""Documents as bytes out of plain values: PDF, docx and zip, set in fonts of our own. No database."""
