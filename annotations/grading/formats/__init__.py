"""Rubrics as values and as files; pure Python."""
