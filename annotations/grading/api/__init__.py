"""Rubrics, works, marks and grades in the API."""
