"""Rubrics, works, marks and grades: commentary judged by people, each point traceable to a note."""
