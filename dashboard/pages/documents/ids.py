"""Ids of the Documents page."""

LIST = "documents-list"
READ = "documents-read"
