"""Annotations for the Web: the W3C's data model and protocol over the same rows and rules."""
