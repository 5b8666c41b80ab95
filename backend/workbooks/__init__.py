"""Uploaded workbooks: what stands in their columns, and what differs between two versions."""
