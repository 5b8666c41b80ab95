"""How a list's texts were separated, and how a workbook made of it remembers that."""

SEPARATOR_PROPERTY = "tracseq_separator"
"""Workbook property: how the list sent before was separated, which says what its commas mean."""
