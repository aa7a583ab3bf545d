"""Addresses for machines: health and numbers."""
