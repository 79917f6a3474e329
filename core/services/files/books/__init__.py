"""Workbooks: each format of them read into sheets of plain cells, as a spreadsheet shows them."""
